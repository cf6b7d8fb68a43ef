"""The booking forms as staff fill them in for someone who phones (S24)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.errors import (
    BookingRefusedError,
    GroupTooLargeError,
    GroupTooSmallError,
    SchoolCannotBookError,
    SessionFullError,
)
from booking.forms import PHONE, SchoolBookingForm, SeatsForm
from booking.presentation import refusal_text
from workshops.enums import Audience
from workshops.models import Session

_WHY_SCHOOL = {
    "type": _("The offer is not for this kind of school."),
    "municipality": _("The offer is only for schools in the municipality."),
    "closes": _("The school closes, or becomes part of another, before that day."),
    "unit": _("This unit cannot book by itself. Choose the school or department where the class belongs."),
}


def phone_field() -> forms.CharField:
    """Return the field for a number to call back."""
    return forms.CharField(
        label=_("Phone"),
        help_text=_("Needed when there is no e-mail address."),
        max_length=30,
        required=False,
        validators=[PHONE],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


def speak_of_the_caller(form: forms.Form) -> None:
    """Let the box for text messages say whose yes it is."""
    if "wants_sms" in form.fields:
        form.fields["wants_sms"].label = _("The contact has said yes to text messages")
        form.fields["wants_sms"].help_text = _("The day before, and if the date is moved or cancelled.")
        form.fields["sms_phone"].widget.attrs["autocomplete"] = "off"


class _CallerForm(forms.Form):
    """What differs on the phone: the words, an e-mail one need not have, and a phone to call back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_name"].label = _("Name of the one who calls")
        self.fields["contact_name"].error_messages["required"] = _("Enter the name of the one who calls.")
        email = self.fields["contact_email"]
        email.label = _("E-mail")
        email.help_text = _(
            "The receipt goes here. Leave it empty for someone without e-mail, and print the receipt."
        )
        email.required = False
        self.fields["contact_phone"] = phone_field()
        speak_of_the_caller(self)
        for name in ("contact_name", "contact_email", "phone_on_day", "organisation"):
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Ask for one way to reach the caller."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        reachable = data.get("contact_email") or data.get("contact_phone") or data.get("phone_on_day")
        if not reachable and not self.errors.keys() & {"contact_email", "contact_phone", "phone_on_day"}:
            self.add_error("contact_phone", _("Enter an e-mail address or a phone number."))
        return data


class CallerSchoolForm(_CallerForm, SchoolBookingForm):
    """A class, booked by phone."""


class CallerSeatsForm(_CallerForm, SeatsForm):
    """Seats, booked by phone."""


CallerForm = CallerSchoolForm | CallerSeatsForm


def caller_form_for(session: Session, *args: Any, **kwargs: Any) -> CallerForm:
    """Return the form for a caller that fits a session's audience."""
    form_class = CallerSchoolForm if session.audience == Audience.SCHOOL else CallerSeatsForm
    return form_class(*args, session=session, **kwargs)


def show_refusal(form: CallerForm, refusal: BookingRefusedError) -> None:
    """Put a refusal where it can be mended: at its field, else over the form."""
    party = form.party()
    text: Any = refusal_text(refusal, party, to_insider=True)
    if isinstance(form, SchoolBookingForm) and form.add_class_refusal(refusal, text):
        return
    field: str | None = None
    match refusal:
        case GroupTooSmallError() | GroupTooLargeError():
            field = "seats"
        case SessionFullError() if len(party.classes) < 2:
            field = "pupils" if party.classes else "seats"
        case SchoolCannotBookError():
            field, text = "school_query", _WHY_SCHOOL.get(str(refusal.facts.get("why")), text)
    form.add_error(field, text)
