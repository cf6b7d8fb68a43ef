"""Forms of the administration for applications, members, vetting and agreements."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from charter.enums import MemberRole, ProviderKind
from charter.models import Agreement, Provider, ProviderInvitation
from charter.organisation.forms import EXTERNAL_KINDS, NumberField, UploadField, email_field
from charter.validators import validate_cvr

NO_PERSONS = _("Write facts. Write nothing about a person’s belief, politics or health.")
_DAY = {
    "required": _("Choose a day."),
    "invalid": _("Write the day as day, month and year, for example 31-12-2026."),
}


class AcceptForm(forms.Form):
    """How an applicant becomes a provider."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        error_messages={"required": _("Write the provider's name.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=EXTERNAL_KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what kind of provider it is.")},
    )
    may_sign = forms.BooleanField(
        label=_("The applicant becomes signatory too, not only coordinator"),
        required=False,
        help_text=_("A signatory can sign the charter for the organisation. Be sure that they may."),
    )


class AttachForm(forms.Form):
    """Which provider an applicant belongs to."""

    provider = forms.ModelChoiceField(
        label=_("Provider"),
        queryset=Provider.objects.none(),
        error_messages={
            "required": _("Choose the provider the applicant belongs to."),
            "invalid_choice": _("Choose the provider the applicant belongs to."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Provider.objects.exclude(  # type: ignore[attr-defined]  # ModelChoiceField
            kind=ProviderKind.MUNICIPAL_TEAM
        )


class ReasonForm(forms.Form):
    """Why something is turned down."""

    reason = forms.CharField(
        label=_("Reason, as the applicant reads it"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=NO_PERSONS,
        error_messages={"required": _("Write the reason. The applicant gets it by e-mail.")},
    )


class ProviderInvitationForm(WagtailAdminModelForm):
    """An organisation that is invited to apply."""

    cvr = NumberField(
        label=_("CVR number"),
        required=False,
        max_length=20,
        validators=[validate_cvr],
        help_text=_("If you know it."),
    )

    class Meta:
        model = ProviderInvitation
        fields = ["organisation", "kind", "cvr", "contact_name", "email", "language"]
        error_messages = {
            "organisation": {"required": _("Write the name of the organisation.")},
            "email": {
                "required": _("Write the e-mail address the invitation goes to."),
                "invalid": _("Write the e-mail address like this: name@example.dk."),
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = EXTERNAL_KINDS


class StaffInviteForm(forms.Form):
    """A person whom the administration invites to act for a provider."""

    email = email_field(_("E-mail address"), _("Write the person's e-mail address."))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=MemberRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role.")},
    )


class CaseTextForm(forms.Form):
    """A text that is added to a vetting case."""

    text = forms.CharField(
        label=_("Text"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=NO_PERSONS,
        error_messages={
            "required": _("Write the text."),
            "max_length": _("Write it in at most 8,000 characters."),
        },
    )


class CaseRequestForm(CaseTextForm):
    """A question or a hearing with its deadline."""

    due_on = forms.DateField(label=_("Answer by"), widget=AdminDateInput, error_messages=_DAY)


class CaseAnswerForm(CaseTextForm):
    """An answer that came by letter or phone."""

    file = UploadField(label=_("Attach a file"), required=False)


class DeadlineForm(forms.Form):
    """A new deadline."""

    due_on = forms.DateField(label=_("Answer by"), widget=AdminDateInput, error_messages=_DAY)


class DecisionFactsForm(forms.Form):
    """Who decided what, when, and in which file."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Kept with the provider. Write facts, nothing about a person's belief or politics."),
        error_messages={"required": _("Write the reason for the decision.")},
    )
    decision_reference = forms.CharField(
        label=_("Reference of the decision (F2 or eDoc, optional)"), required=False, max_length=60
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
        error_messages=_DAY,
    )


class AgreementForm(WagtailAdminModelForm):
    """A cooperation agreement with its document."""

    upload = UploadField(label=_("Document"), required=False)
    removes_document = forms.BooleanField(label=_("Delete the document"), required=False)

    class Meta:
        model = Agreement
        fields = ["provider", "programme", "title", "signed_on", "first_day", "last_day", "file_reference"]
        widgets = {"signed_on": AdminDateInput, "first_day": AdminDateInput, "last_day": AdminDateInput}
        error_messages = {
            "provider": {"required": _("Choose the provider.")},
            "programme": {"required": _("Choose the programme.")},
            "title": {"required": _("Write what the agreement is called.")},
            "first_day": _DAY | {"required": _("Choose the first day of the agreement.")},
            "last_day": _DAY,
            "signed_on": _DAY,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.document:
            del self.fields["removes_document"]
