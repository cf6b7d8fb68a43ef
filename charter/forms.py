"""Forms of the provider's own pages: wording and shape of input, no rules."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from charter.errors import ScanError
from charter.rules import Period
from charter.scans import ACCEPT, Scan, read_scan

AUTHORITIES = {
    "entitled": _("Entitled to sign by the articles or the business register (tegningsberettiget)"),
    "mandate": _("Mandate from the management or the board (fuldmagt)"),
}


def describe_period(period: Period) -> str:
    """Return a period in words: "2026 (21 November – 31 December 2026)"."""
    span = pgettext("period", "%(first)s – %(last)s") % {
        "first": formats.date_format(period.first_day),
        "last": formats.date_format(period.last_day),
    }
    return f"{period.name} ({span})" if period.name else span


class ScanField(forms.FileField):
    """A PDF, JPG or PNG, told by its content. Its cleaned value is a `Scan`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "widget": forms.FileInput(attrs={"accept": ACCEPT}),
                "max_length": 200,
                "error_messages": {
                    "required": ScanError.message,
                    "empty": ScanError.message,
                    "invalid": ScanError.message,
                    "max_length": _("The name of the file is too long. Give it a shorter one."),
                    **options.pop("error_messages", {}),
                },
                **options,
            }
        )

    def clean(self, data: Any, initial: Any = None) -> Scan | None:
        """Return what is to be kept, or nothing."""
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return read_scan(file)
        except ScanError as error:
            raise forms.ValidationError(str(error), code=error.code) from error


class SigningForm(forms.Form):
    """Page 1 of signing: who signs, in which role, by which authority, and what they declare."""

    period = forms.ChoiceField(
        label=_("Which period do you sign for?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose which period you sign for."),
            "invalid_choice": _("Choose one of the periods on the list."),
        },
    )
    signer_name = forms.CharField(
        label=_("Your full name"),
        max_length=120,
        help_text=_("You sign by typing your name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": _("Write your full name."),
            "max_length": _("Write your name in at most 120 characters."),
        },
    )
    signer_role = forms.CharField(
        label=_("Your role in the organisation"),
        max_length=120,
        help_text=_("For example director, chair or head of department."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={
            "required": _("Write your role in the organisation."),
            "max_length": _("Write your role in at most 120 characters."),
        },
    )
    authority = forms.ChoiceField(
        label=_("What entitles you to sign?"),
        choices=list(AUTHORITIES.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what entitles you to sign."),
            "invalid_choice": _("Choose what entitles you to sign."),
        },
    )
    authority_document = ScanField(
        label=_("Document of your authority"),
        required=False,
        help_text=_(
            "For example a mandate or minutes. PDF, JPG or PNG of at most 10 MB. Only the team sees it."
        ),
    )
    text_sha256 = forms.CharField(widget=forms.HiddenInput, required=False)
    text_language = forms.CharField(widget=forms.HiddenInput, required=False, max_length=5)

    def __init__(
        self, *args: Any, periods: Sequence[Period], statements: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.periods = list(periods)
        self.statements = list(statements)
        choices = [(period.first_day.isoformat(), describe_period(period)) for period in self.periods]
        period_field = self.fields["period"]
        period_field.choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if choices:
            period_field.initial = choices[0][0]
        if len(choices) == 1:
            # Nothing to choose: said in the text of the page, sent along unseen.
            period_field.widget = forms.HiddenInput()
        for number, statement in enumerate(self.statements, start=1):
            self.fields[f"statement_{number}"] = forms.BooleanField(
                label=statement,
                error_messages={"required": _("Tick the box: “%(statement)s”") % {"statement": statement}},
            )

    @property
    def period_first_day(self) -> date:
        """The chosen period."""
        return date.fromisoformat(self.cleaned_data["period"])

    @property
    def authority_text(self) -> str:
        """The chosen authority, word for word as displayed."""
        return str(AUTHORITIES[self.cleaned_data["authority"]])


class CodeForm(forms.Form):
    """Page 2 of signing: the one-time code."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=40,
        help_text=_("Six digits. You find them in the e-mail we have just sent you."),
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "input-width-s",
                "spellcheck": "false",
            }
        ),
        error_messages={
            "required": _("Write the six digits from the e-mail."),
            "max_length": _("Write the six digits from the e-mail."),
        },
    )


class WithdrawalForm(forms.Form):
    """A provider ends the charter itself."""

    ends_on = forms.DateField(
        label=_("From which day?"),
        help_text=_("The first day you are no longer covered."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input-width-s"}),
        error_messages={
            "required": _("Write the first day you are no longer covered."),
            "invalid": _("Write the day as day, month and year, for example 31-12-2026."),
        },
    )
    confirmed = forms.BooleanField(
        label=_("I understand that our dates from that day cannot be booked."),
        error_messages={"required": _("Tick the box to say that you know what it means.")},
    )
