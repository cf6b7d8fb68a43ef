"""Forms of the public and the provider's pages about joining: wording and shape of input, no rules."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.enums import MemberRole, ProviderKind
from charter.organisation.errors import UploadError
from charter.organisation.uploads import ACCEPT, check_upload
from charter.validators import validate_cvr, validate_p_number

EXTERNAL_KINDS = [
    (ProviderKind.SUPPLIER.value, _("A company or an independent supplier")),
    (ProviderKind.CIVIL_SOCIETY.value, _("An association or another part of civil society")),
]
NO_PERSONS = _(
    "Write about the organisation. Write nothing about single persons’ belief, politics or health."
)


class NumberField(forms.CharField):
    """A number of an organisation: spaces, dots and a country code in front do not matter."""

    def to_python(self, value: Any) -> str:
        """Return the digits alone, or what was typed if something else is in it."""
        typed = str(super().to_python(value)).strip()
        bare = typed.upper().removeprefix("DK")
        return "".join(character for character in bare if character not in " .-\u00a0")


def cvr_field(**options: Any) -> NumberField:
    """Return a field for a CVR number with its check digit."""
    return NumberField(
        label=_("CVR number"),
        max_length=20,
        validators=[validate_cvr],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-width-s"}),
        **options,
    )


def p_number_field(**options: Any) -> NumberField:
    """Return a field for a P number."""
    return NumberField(
        label=_("P number"),
        max_length=20,
        validators=[validate_p_number],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-width-s"}),
        **options,
    )


def email_field(label: Any, missing: Any) -> forms.EmailField:
    """Return a field for somebody's address."""
    return forms.EmailField(
        label=label,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": missing,
            "invalid": _("Write the e-mail address like this: name@example.dk."),
            "max_length": _("Write the e-mail address like this: name@example.dk."),
        },
    )


class UploadField(forms.FileField):
    """A file of the kinds and size we take, checked by its content."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("PDF, Word or OpenDocument text, at most 10 MB."))
        super().__init__(
            **{
                "widget": forms.FileInput(attrs={"accept": ACCEPT}),
                "max_length": 200,
                "error_messages": {
                    "empty": _("The file is empty. Choose another one."),
                    "max_length": _("The name of the file is too long. Give it a shorter one."),
                },
                **options,
            }
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse what is not one of the kinds we take."""
        file = super().clean(data, initial)
        if file:
            try:
                check_upload(file)
            except UploadError as error:
                raise forms.ValidationError(str(error), code=error.code) from error
        return file


class ApplicationForm(forms.Form):
    """«Bliv udbyder»: the organisation, and who to talk to."""

    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={
            "required": _("Write the name of the organisation."),
            "max_length": _("Write the name in at most 200 characters."),
        },
    )
    kind = forms.ChoiceField(
        label=_("What kind of organisation are you?"),
        choices=EXTERNAL_KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what kind of organisation you are."),
            "invalid_choice": _("Choose what kind of organisation you are."),
        },
    )
    cvr = cvr_field(required=False, help_text=_("Eight digits."))
    has_no_cvr = forms.BooleanField(label=_("We are an association without a CVR number"), required=False)
    p_number = p_number_field(
        required=False, help_text=_("Ten digits. Only if it is one unit of a larger organisation.")
    )
    website = forms.URLField(
        label=_("Website"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "spellcheck": "false"}),
        error_messages={"invalid": _("Write the address of the website like this: www.example.dk.")},
    )
    presentation = forms.CharField(
        label=_("What would you like to offer, and to whom?"),
        max_length=1500,
        help_text=NO_PERSONS,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": _("Write a few lines about what you would like to offer."),
            "max_length": _("Write it in at most 1,500 characters."),
        },
    )
    contact_name = forms.CharField(
        label=_("Your full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": _("Write your full name."),
            "max_length": _("Write your name in at most 120 characters."),
        },
    )
    contact_email = email_field(_("Your e-mail address"), _("Write your e-mail address."))
    contact_phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "input-width-s"}),
        error_messages={
            "required": _("Write a phone number we can reach you on."),
            "max_length": _("Write the phone number in at most 30 characters."),
        },
    )
    may_sign = forms.BooleanField(
        label=_("I may sign for the organisation (tegningsberettiget or by mandate)"),
        required=False,
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission_key"].initial = uuid4

    def clean(self) -> dict[str, Any]:
        """Ask for the CVR number, unless an association says that it has none."""
        data = super().clean() or {}
        has_number, has_none = bool(data.get("cvr")), bool(data.get("has_no_cvr"))
        if "cvr" in self.errors:
            return data
        if has_number and has_none:
            self.add_error("cvr", _("Delete the CVR number, or take the tick away below."))
        elif has_none and data.get("kind") == ProviderKind.SUPPLIER:
            self.add_error(
                "cvr", _("A company has a CVR number. Write it, or choose that you are an association.")
            )
        elif not has_number and not has_none:
            self.add_error("cvr", _("Write the CVR number, or tick that you are an association without one."))
        if data.get("p_number") and has_none:
            self.add_error("p_number", _("A P number belongs to a CVR number. Delete it, or write both."))
        return data


class InviteMemberForm(forms.Form):
    """A colleague who is asked to take part."""

    email = email_field(_("Your colleague’s e-mail address"), _("Write your colleague’s e-mail address."))
    role = forms.ChoiceField(
        label=_("What is your colleague to do?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what your colleague is to do."),
            "invalid_choice": _("Choose what your colleague is to do."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (role, f"{MemberRole(role).label}: {ROLE_TEXTS[role]}") for role in MemberRole.values
        ]


ROLE_TEXTS: dict[str, Any] = {
    MemberRole.SIGNATORY.value: _("signs the charter for you"),
    MemberRole.COORDINATOR.value: _("looks after dates, bookings and colleagues, and gets our e-mails"),
    MemberRole.FACILITATOR.value: _("sees dates and bookings"),
}


class RolesForm(forms.Form):
    """Which roles a member has."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one role. You remove somebody further down."),
            "invalid_choice": _("Choose among the roles on the list."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (role, f"{MemberRole(role).label}: {ROLE_TEXTS[role]}") for role in MemberRole.values
        ]


class AnswerForm(forms.Form):
    """What the organisation answers in a vetting case."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=8000,
        help_text=NO_PERSONS,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": _("Write your answer."),
            "max_length": _("Write it in at most 8,000 characters, or attach a file."),
        },
    )
    file = UploadField(label=_("Attach a file"), required=False)
