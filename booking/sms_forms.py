"""Saying yes to text messages in a booking's form; not there while the portal has no gateway (ADR 15)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.outbox import sms


class SmsForm(forms.Form):
    """A tick, and the number it is about. Without the tick no number is kept."""

    asks_sms = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self.asks_sms and sms.is_on()):
            return
        self.fields["wants_sms"] = forms.BooleanField(
            label=_("Send me a text message too: the day before, and if the date is moved or cancelled"),
            help_text=_(
                "We use the number for nothing else. You can take the tick away again when you change your details."
            ),
            required=False,
        )
        self.fields["sms_phone"] = forms.CharField(
            label=_("Mobile number for text messages"),
            max_length=30,
            required=False,
            widget=forms.TextInput(
                attrs={"autocomplete": "tel-national", "inputmode": "tel", "class": "input-width-m"}
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for a Danish mobile number where the box is ticked."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("wants_sms") and not sms.mobile_number(data.get("sms_phone", "")):
            self.add_error(
                "sms_phone", _("Enter a Danish mobile number of eight digits, or take the tick away.")
            )
        return data

    @property
    def sms_phone(self) -> str:
        """The number that texts may go to; empty where nobody said yes."""
        data = self.cleaned_data
        return sms.mobile_number(data.get("sms_phone", "")) if data.get("wants_sms") else ""


def sms_initial(number: str) -> dict[str, Any]:
    """Return how the form is filled in for a booking that has a number, or none."""
    return {"wants_sms": bool(number), "sms_phone": sms.shown_number(number)}
