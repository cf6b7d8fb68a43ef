"""Forms of the administration for providers and charter versions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.rich_text import get_rich_text_editor_widget
from wagtail.admin.widgets import AdminDateInput

from charter.enums import AuthorityOutcome, MemberRole, Transition
from charter.forms import ScanField, describe_period
from charter.models import CharterPeriod, CharterVersion, Provider
from charter.rules import SERIOUS, TRANSITIONS, Period

CHARTER_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul"]


class ProviderForm(WagtailAdminModelForm):
    """The plain facts of a provider. Its state changes on its own page."""

    class Meta:
        model = Provider
        fields = [
            "name",
            "kind",
            "cvr",
            "p_number",
            "presentation",
            "website",
            "contact_name",
            "contact_email",
            "contact_phone",
        ]
        error_messages = {
            "name": {
                "required": _("Write the provider's name."),
                "unique": _("Another provider has this name."),
            },
            "kind": {"required": _("Choose what kind of provider it is.")},
            "contact_email": {"invalid": _("Write the e-mail address like this: name@example.dk.")},
        }


class StepForm(forms.Form):
    """Reason and file of a decision about a provider, who made it, and what the provider is told."""

    initiative = forms.ChoiceField(
        label=_("Who wants to stop?"),
        choices=[
            ("provider", _("The organisation itself has asked for it")),
            ("municipality", _("We do: the organisation has been heard")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who wants to stop."),
            "invalid_choice": _("Choose who wants to stop."),
        },
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Kept with the provider. Write facts, nothing about a person's belief or politics."),
    )
    note = forms.CharField(
        label=_("What the provider reads about the reason on its own pages (optional)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Not in the e-mail. Leave it empty, and only the new status is shown."),
    )
    decision_reference = forms.CharField(
        label=_("Reference of the decision (F2 or eDoc)"), required=False, max_length=60
    )
    decision_maker = forms.CharField(
        label=_("Who decided (optional)"),
        required=False,
        max_length=120,
        help_text=_("If it was somebody else than you, for example the head of department or the committee."),
    )
    decided_on = forms.DateField(
        label=_("Date of the decision (optional)"),
        required=False,
        widget=AdminDateInput,
        help_text=_("Today if you leave it empty."),
        error_messages={"invalid": _("Write the day as day, month and year, for example 31-12-2026.")},
    )

    def __init__(
        self, *args: Any, transition: Transition, asks_initiative: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        step = TRANSITIONS[transition]
        labels = {
            Transition.ASK_EXPLANATION: _("What do you ask the organisation to explain?"),
            Transition.RECEIVE_EXPLANATION: _("What did the organisation answer?"),
        }
        self.fields["reason"].label = labels.get(transition, _("Reason"))
        # Marks only: the rule itself is asked by the operation, once (charter.rules.check_transition).
        self.fields["reason"].widget.attrs["aria-required"] = str(step.needs_reason).lower()
        if not step.needs_reason:
            self.fields["reason"].label = _("Reason (optional)")
        if not step.needs_reference:
            self.fields["decision_reference"].label = _("Reference of the decision (F2 or eDoc, optional)")
        if not asks_initiative:
            del self.fields["initiative"]
        if transition not in SERIOUS:
            del self.fields["note"]
        if not step.needs_reference:
            del self.fields["decision_maker"], self.fields["decided_on"]


class MemberForm(forms.Form):
    """A person who is to act for a provider."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Write the person's e-mail address."),
            "invalid": _("Write the e-mail address like this: name@example.dk."),
        },
    )
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=MemberRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role.")},
    )


class TextForm(forms.Form):
    """The charter's text in one language."""

    title = forms.CharField(
        label=_("Title"), max_length=200, error_messages={"required": _("Write the charter's title.")}
    )
    notice = forms.CharField(
        label=_("Notice shown above the text"),
        max_length=200,
        required=False,
        help_text=_("For example that the text is a draft."),
    )
    body = forms.CharField(label=_("Text"), error_messages={"required": _("Write the charter's text.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget = get_rich_text_editor_widget(features=CHARTER_FEATURES)


class PublishForm(forms.Form):
    """From when a version must be signed."""

    required_from = forms.DateField(
        label=_("From which day must this version be signed?"),
        widget=AdminDateInput,
        help_text=_(
            "Signatures of the version before cover until the day before. Providers can sign this one at once."
        ),
        error_messages={
            "required": _("Choose the day from which the version must be signed."),
            "invalid": _("Write the day as day, month and year, for example 31-12-2026."),
        },
    )


class PeriodForm(WagtailAdminModelForm):
    """A charter period: no day lies in two of them."""

    class Meta:
        model = CharterPeriod
        fields = ["name", "first_day", "last_day", "signing_opens_on"]
        widgets = {
            "first_day": AdminDateInput,
            "last_day": AdminDateInput,
            "signing_opens_on": AdminDateInput,
        }
        help_texts = {
            "name": _("As signers see it, for example 2027."),
            "signing_opens_on": _(
                "From this day the period can be signed, so that its dates can be booked early. By custom 1 June before."
            ),
            "last_day": _("What has been signed already keeps its own days, whatever you change here."),
        }
        error_messages = {
            "name": {
                "required": _("Write the period's name, for example the year."),
                "unique": _("Another period has this name. Choose another one."),
            },
            "first_day": {
                "required": _("Choose the period's first day."),
                "unique": _("Another period begins on this day. Choose another one."),
            },
            "last_day": {"required": _("Choose the period's last day.")},
            "signing_opens_on": {"required": _("Choose the day from which the period can be signed.")},
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a period that shares days with another."""
        data: dict[str, Any] = super().clean()
        first, last = data.get("first_day"), data.get("last_day")
        if first and last:
            others = CharterPeriod.objects.filter(first_day__lte=last, last_day__gte=first)
            if other := others.exclude(pk=self.instance.pk).first():
                self.add_error(
                    "first_day",
                    gettext(
                        "The period %(name)s has some of these days. Choose days that no other period has."
                    )
                    % {"name": other},
                )
        return data


class WithdrawForm(forms.Form):
    """The administration withdraws a signature."""

    ends_on = forms.DateField(
        label=_("First day without cover"),
        widget=AdminDateInput,
        error_messages={
            "required": _("Choose the first day without cover."),
            "invalid": _("Write the day as day, month and year, for example 31-12-2026."),
        },
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the log. Write nothing about a person's belief or politics."),
        error_messages={"required": _("Write the reason for the decision.")},
    )


PAPER_AUTHORITIES = {
    "entitled": _("Entitled to sign by the articles or CVR"),
    "mandate": _("Mandate from the management or the board"),
}
"""What entitles somebody who signed on paper, in a caseworker's words."""


class PaperForm(forms.Form):
    """A signature that was given on paper or in another system, as it stands there."""

    period = forms.ChoiceField(
        label=_("Which period does it cover?"),
        error_messages={"required": _("Choose the period."), "invalid_choice": _("Choose the period.")},
    )
    version = forms.ModelChoiceField(
        label=_("Which version of the charter was signed?"),
        queryset=CharterVersion.objects.none(),
        error_messages={
            "required": _("Choose the version that was signed."),
            "invalid_choice": _("Choose the version that was signed."),
        },
    )
    signer_name = forms.CharField(
        label=_("Who signed?"),
        max_length=120,
        error_messages={"required": _("Write the signer's name as it stands there.")},
    )
    signer_role = forms.CharField(
        label=_("The signer's role in the organisation"),
        max_length=120,
        error_messages={"required": _("Write the signer's role.")},
    )
    authority = forms.ChoiceField(
        label=_("What entitles the signer to sign?"),
        choices=list(PAPER_AUTHORITIES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what entitles the signer to sign.")},
    )
    signed_on = forms.DateField(
        label=_("When was it signed?"),
        widget=AdminDateInput,
        error_messages={
            "required": _("Write the day it was signed."),
            "invalid": _("Write the day as day, month and year, for example 31-12-2026."),
        },
    )
    system_name = forms.CharField(
        label=_("Signed in which system?"),
        max_length=120,
        required=False,
        help_text=_("For example the name of a signing service. Leave it empty when it was signed on paper."),
    )
    scan = ScanField(
        label=_("The signed document"),
        help_text=_("PDF, JPG or PNG of at most 10 MB. No CPR numbers: cover them before you scan."),
        error_messages={"required": _("Choose the scanned document.")},
    )

    def __init__(self, *args: Any, periods: Sequence[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (period.last_day.isoformat(), describe_period(period)) for period in periods
        ]
        versions = self.fields["version"]
        versions.queryset = CharterVersion.objects.published()  # type: ignore[attr-defined]  # a ModelChoiceField
        versions.initial = versions.queryset.first()  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """Why a registered signature is not accepted."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The colleague who registered it sees it."),
        error_messages={"required": _("Write the reason for the decision.")},
    )


class AuthorityForm(forms.Form):
    """What a caseworker found about the signer's right to sign."""

    outcome = forms.ChoiceField(
        label=_("What did you find?"),
        choices=AuthorityOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you found.")},
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you looked at, for example the business register on that day. No CPR numbers."),
    )
