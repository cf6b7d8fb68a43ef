"""The forms by which a booking is changed (S10): what can be changed, filled in with how it is now."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict

from booking.caller_forms import phone_field, speak_of_the_caller
from booking.class_rows import initial_rows
from booking.enums import BookingKind
from booking.forms import SchoolBookingForm, SeatsForm
from booking.models import Booking
from booking.party import Contact, Party
from booking.sms_forms import sms_initial
from workshops.models import School, Session

_NOT_HERE = ("submission_key", "contact_email", "school_query", "school", "kind")


class ChangeForm(forms.Form):
    """What both kinds share: how the booking is now, and which state of it the form shows.

    School and kind stay what they are; the address is handed over, after it is proven (S26).
    """

    seen = forms.IntegerField(widget=forms.HiddenInput)
    numbers: tuple[str, ...] = ()
    """The fields that count places: shown first, the rest folded away."""

    def __init__(
        self, data: QueryDict | None = None, *, booking: Booking, session: Session, by_staff: bool = False
    ) -> None:
        self.booking = booking
        super().__init__(data, session=session, initial=_initial(booking))  # type: ignore[call-arg]  # the other base
        for name in _NOT_HERE:
            self.fields.pop(name, None)
        if by_staff:
            self.fields["contact_phone"] = phone_field()
            speak_of_the_caller(self)

    def contact(self) -> Contact:
        """Return who answers for the booking; what the form does not show stays."""
        contact: Contact = super().contact()  # type: ignore[misc]  # the other base
        phone = self.cleaned_data.get("contact_phone", self.booking.contact_phone)
        sms_phone = contact.sms_phone if "wants_sms" in self.fields else self.booking.sms_phone
        return replace(contact, phone=phone, sms_phone=sms_phone)

    @property
    def number_field(self) -> str | None:
        """Where a refusal for lack of places is shown; None = over the form, when there are several numbers."""
        counts = [name for name in self.numbers if name.startswith(("pupils", "seats"))]
        return counts[0] if len(counts) == 1 else None

    @property
    def details(self) -> list[forms.BoundField]:
        """The visible fields that are not numbers."""
        return [field for field in self.visible_fields() if field.name not in self.numbers]

    @property
    def has_error_in_details(self) -> bool:
        """Whether what is folded away must be shown."""
        return any(field.errors for field in self.details)


class ChangeSchoolForm(ChangeForm, SchoolBookingForm):
    """A school's booking: classes, room, phone on the day, name."""

    asks_evening = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = tuple(field.name for row in self.class_rows for field in row.fields)

    def _candidates(self) -> list[School]:
        """Look no school up: it stays what it is."""
        return []

    def party(self) -> Party:
        """Return the classes as they should be."""
        return Party(kind=BookingKind.SCHOOL, school_id=self.booking.school_id, classes=self.class_sizes())


class ChangeSeatsForm(ChangeForm, SeatsForm):
    """A sign-up: seats, needs, name."""

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        super().__init__(*args, booking=booking, **kwargs)
        self.numbers = ("seats", *(field.name for field in self.heads_fields))
        if booking.kind != BookingKind.ORGANISATION and not self.asks_occupations:
            self.fields.pop("organisation", None)
        elif "organisation" in self.fields:
            self.fields["organisation"].help_text = ""

    @property
    def kind_of_party(self) -> BookingKind:
        """The kind it was made as."""
        return BookingKind(self.booking.kind)


AnyChangeForm = ChangeSchoolForm | ChangeSeatsForm


def change_form_for(
    booking: Booking, session: Session, data: QueryDict | None = None, *, by_staff: bool = False
) -> AnyChangeForm:
    """Return the form that fits a booking."""
    form_class = ChangeSchoolForm if booking.kind == BookingKind.SCHOOL else ChangeSeatsForm
    return form_class(data, booking=booking, session=session, by_staff=by_staff)


def _initial(booking: Booking) -> dict[str, Any]:
    return {
        "seen": booking.changes,
        "contact_name": booking.contact_name,
        "contact_phone": booking.contact_phone,
        "organisation": booking.organisation or _department(booking),
        "room": booking.room,
        "entrance": booking.entrance,
        "phone_on_day": booking.phone_on_day,
        **sms_initial(booking.sms_phone),
        "needs": booking.needs,
        "interpreter_language": booking.interpreter_language,
        "seats": max((booked.people for booked in booking.booked_sessions.all()), default=1),
        **{f"heads_{item['occupation']}": item["count"] for item in booking.heads},
        **initial_rows(booking.classes.all()),
    }


def _department(booking: Booking) -> str:
    """Return the department a person named beside the occupations."""
    return next((str(item["department"]) for item in booking.heads), "")
