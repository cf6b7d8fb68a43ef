"""How staff answer requests: new times, or for an urgent one a date that is there already (V5)."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from booking import wording
from booking.class_rows import FIELDS, ClassRowsMixin, field_name
from booking.enums import BookingKind
from booking.models import DateRequest
from booking.party import ClassSize, Party, normalise_class_name
from booking.places import urgent_choices
from booking.requesting.forms import TimesForm
from booking.requesting.rules import MAX_TIMES, Time
from workshops.enums import Audience
from workshops.models import Offer, Session

_LOOK_AHEAD = timedelta(days=90)
_CLASSES = 3


class StaffTimesForm(TimesForm):
    """The same answer as the provider's, given by the team."""

    show_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # No legends here: each field says of which time it is, and the times come first.
        times = [f"{part}_{number}" for number in range(1, MAX_TIMES + 1) for part in ("date", "time")]
        for name in times:
            field = self.fields[name]
            field.label = format_lazy("{label} ({number})", label=field.label, number=name.rpartition("_")[2])
        self.order_fields(times)


class UrgentAnswerForm(StaffTimesForm):
    """A date that is there, or new times of an offer; and who comes, which the urgent form did not ask."""

    session = forms.ModelChoiceField(
        Session.objects.none(),
        label=_("A date that is there already"),
        help_text=_("Places kept back for urgent requests are counted as free here."),
        required=False,
        empty_label=_("No, propose new times"),
        error_messages={"invalid_choice": _("This date has no room any more. Choose another.")},
    )
    offer_choice = forms.ModelChoiceField(
        Offer.objects.none(),
        label=_("Offer, for new times"),
        required=False,
        empty_label=_("Choose an offer"),
        error_messages={"invalid_choice": _("Choose an offer from the list.")},
    )
    seats = forms.IntegerField(
        label=_("Number of people"),
        help_text=_("For a talk or advice; for classes, fill in the classes instead."),
        required=False,
        min_value=1,
        max_value=500,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Enter the number of people in digits, for example 25.")
        ),
    )

    def __init__(self, *args: Any, asked: DateRequest, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, offer=None, **kwargs)
        self.asked = asked
        for number in range(1, _CLASSES + 1):
            for name in FIELDS:
                field = deepcopy(ClassRowsMixin.base_fields[name])
                field.required = False
                field.label = format_lazy("{label} ({number})", label=field.label, number=number)
                self.fields[field_name(name, number)] = field
        sessions: Any = self.fields["session"]
        sessions.queryset = urgent_choices(now=now, until=now + _LOOK_AHEAD).select_related("provider")
        sessions.label_from_instance = lambda session: f"{wording.moment_text(session.starts_at)}: {session}"
        offers: Any = self.fields["offer_choice"]
        offers.queryset = (
            Offer.objects.exclude(audience=Audience.PARENTS).filter(is_open=True).order_by("title")
        )
        for name in ("date_1", "duration_minutes"):
            self.fields[name].required = False
        self.fields["seats"].initial = asked.seats or None
        names = [
            "session",
            "offer_choice",
            *(f"{part}_{number}" for number in range(1, MAX_TIMES + 1) for part in ("date", "time")),
            "duration_minutes",
            "venue",
            "online_url",
            "facilitator",
            "is_open_to_others",
            "seats",
        ]
        self.order_fields(names)

    def clean(self) -> dict[str, Any]:
        """One of the two is needed: a date that is there, or an offer with at least one time."""
        data: dict[str, Any] = super().clean()
        if not data.get("session") and "session" not in self.errors:
            if not data.get("offer_choice"):
                self.add_error("session", _("Choose a date, or an offer for new times."))
            elif not data.get("date_1"):
                self.add_error("date_1", _("Choose the date of the first time."))
        for number in range(1, _CLASSES + 1):
            named, grade, pupils = (field_name(name, number) for name in ("class_name", "grade", "pupils"))
            if not data.get(named):
                continue
            if not normalise_class_name(data[named]):
                self.add_error(named, _("Enter the name of the class, for example 7.A."))
            if data.get(grade) in (None, "") and grade not in self.errors:
                self.add_error(grade, _("Choose the grade of the class."))
            if not data.get(pupils) and pupils not in self.errors:
                self.add_error(pupils, _("Enter how many pupils there are in the class."))
        return data

    def classes(self) -> tuple[ClassSize, ...]:
        """Return the classes that were filled in."""
        data = self.cleaned_data
        return tuple(
            ClassSize(
                data[field_name("class_name", number)].strip(),
                data[field_name("grade", number)],
                data[field_name("pupils", number)],
                data.get(field_name("adults", number)) or 1,
            )
            for number in range(1, _CLASSES + 1)
            if data.get(field_name("class_name", number))
        )

    def offer_id(self) -> int | None:
        """Return the offer of the answer."""
        session, offer = self.cleaned_data.get("session"), self.cleaned_data.get("offer_choice")
        return session.offer_id if session else offer.pk if offer else None

    def times(self) -> list[Time]:
        """Return the date that is there, or the new times."""
        session: Session | None = self.cleaned_data.get("session")
        if session:
            return [Time(session.starts_at, session.duration_minutes, session_id=session.pk)]
        if not self.cleaned_data.get("duration_minutes"):
            self.cleaned_data["duration_minutes"] = self.cleaned_data["offer_choice"].duration_minutes
        return super().times()

    def party(self) -> Party | None:
        """Return who comes, where the answer says so."""
        classes, seats = self.classes(), self.cleaned_data.get("seats") or 0
        if classes:
            return Party(
                kind=BookingKind.SCHOOL, school_id=self.asked.school_id, classes=classes, seats=seats
            )
        return Party(kind=BookingKind.ORGANISATION, seats=seats) if seats else None
