"""Forms of amounts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from charter.models import Agreement
from portal.reporting.costs.enums import Basis
from workshops.models import Offer

MOST = 100_000_000
"""Kroner: more than any frame; what is above is a slip of the keyboard."""

_AMOUNT: dict[str, Any] = {
    "min_value": 0,
    "max_value": MOST,
    "widget": forms.NumberInput(attrs={"inputmode": "numeric", "step": "1"}),
    "error_messages": {
        "required": _("Write the amount in whole kroner. Write 0 if it costs nothing."),
        "invalid": _("Write the amount as a whole number, without dots and commas."),
        "min_value": _("Write an amount of 0 or more."),
        "max_value": _("Write an amount of at most 100 million."),
    },
}


class AgreedAmountForm(forms.Form):
    """A price per session, or a fixed amount, of one agreement."""

    basis = forms.ChoiceField(
        label=_("What do you enter?"),
        choices=Basis.choices,
        initial=Basis.PER_SESSION,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a price per session or a fixed amount.")},
    )
    amount_dkk = forms.IntegerField(
        label=_("Amount in kroner"), help_text=_("Whole kroner without VAT."), **_AMOUNT
    )
    first_day = forms.DateField(
        label=_("From"),
        help_text=_(
            "A price holds for sessions from this day on; earlier ones keep theirs. A fixed amount counts on this day. The same day "
            "once more corrects what you entered: a fixed amount of 0 takes it away."
        ),
        widget=AdminDateInput,
        error_messages={"required": _("Choose the day it holds from."), "invalid": _("Write a date.")},
    )
    offer = forms.ModelChoiceField(
        label=_("Offer"),
        queryset=Offer.objects.none(),
        required=False,
        empty_label=_("All the provider's offers"),
        help_text=_("Only for a price per session: when one offer costs something else than the others."),
        error_messages={"invalid_choice": _("Choose an offer from the list.")},
    )

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers: Any = self.fields["offer"]
        offers.queryset = Offer.objects.filter(
            provider=agreement.provider_id, programme=agreement.programme_id
        ).order_by("title", "pk")

    def clean(self) -> dict[str, Any]:
        """Refuse a fixed amount for one offer."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("basis") == Basis.ONCE and values.get("offer"):
            self.add_error(
                "offer", _("A fixed amount is for the whole agreement. Choose all the provider's offers.")
            )
        return values


class SessionPriceForm(forms.Form):
    """The price of one session; empty where the agreement's counts."""

    amount_dkk = forms.IntegerField(
        label=_("This session's own price in kroner"),
        required=False,
        help_text=_("Whole kroner without VAT. Leave it empty to let the agreement's price count."),
        **_AMOUNT,
    )
