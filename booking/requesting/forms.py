"""The forms of requests and notices: wording and shape of input; every rule lies below."""

import copy
from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from booking.enums import BookingKind, Need, PartOfDay, UrgentTopic
from booking.forms import PHONE, ContactForm, SchoolBookingForm, SeatsForm, find_schools, school_label
from booking.party import Contact, Party
from booking.requesting.errors import RequestRefusedError
from booking.requesting.rules import HORIZON, MAX_TIMES, MAX_WISHES, Time, Wish, check_wished_date
from workshops.calendars import at_local_time, local_date_of
from workshops.enums import PlaceKind
from workshops.models import Offer, School, Session, Venue

_SCHOOL_SESSION = Session(place_kind=PlaceKind.ONLINE)
"""The booking form asks about a session's place; a request has none yet, and asks for no room or entrance."""

_NUMBER = {"class": "input-width-xs", "inputmode": "numeric"}


def _date_field(label: Any, *, required: bool, missing: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input-width-s"}),
        error_messages={"required": missing, "invalid": _("Write the date as 24.12.2026.")},
    )


def _number_field(label: Any, *, least: int, most: int, required: bool, missing: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=least,
        max_value=most,
        widget=forms.TextInput(attrs=dict(_NUMBER)),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), missing),
    )


class _DatesAsText(forms.Form):
    """A date or time that is none goes back as text, since a date input would show nothing."""

    def full_clean(self) -> None:
        """Validate."""
        super().full_clean()
        for name in self.errors:
            widget = self.fields[name].widget if name in self.fields else None
            if isinstance(widget, forms.DateInput | forms.TimeInput):
                widget.attrs.pop("type", None)


class WishesForm(_DatesAsText):
    """Up to three wished dates, each with a part of the day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = local_date_of(timezone.now())
        labels = (_("First wish: date"), _("Second wish: date"), _("Third wish: date"))
        for number, label in zip(range(1, MAX_WISHES + 1), labels, strict=True):
            self.fields[f"date_{number}"] = _date_field(
                label, required=number == 1, missing=_("Choose at least one date that suits you.")
            )
            self.fields[f"part_{number}"] = forms.ChoiceField(
                label=_("Part of the day"),
                choices=PartOfDay.choices,
                initial=PartOfDay.ANY,
                required=False,
                error_messages={"invalid_choice": _("Choose a part of the day from the list.")},
            )

    def clean(self) -> dict[str, Any]:
        """Refuse dates that nobody can answer, each at its field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(1, MAX_WISHES + 1):
            day = data.get(f"date_{number}")
            if day is None:
                continue
            try:
                check_wished_date(day, today=self.today)
            except RequestRefusedError as refusal:
                self.add_error(f"date_{number}", refusal.message)
        return data

    def wishes(self) -> list[Wish]:
        """Return the wished dates, each day and part once."""
        data = self.cleaned_data
        found = [
            Wish(data[f"date_{number}"], data.get(f"part_{number}") or PartOfDay.ANY)
            for number in range(1, MAX_WISHES + 1)
            if data.get(f"date_{number}")
        ]
        return list(dict.fromkeys(found))

    def wish_fields(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Yield date and part of the day of each wish."""
        for number in range(1, MAX_WISHES + 1):
            yield self[f"date_{number}"], self[f"part_{number}"]


def _add_contact_fields(form: forms.Form) -> None:
    """Ask for a phone number, and for needs as fixed choices."""
    form.fields["contact_phone"] = _phone_field(required=False)
    for name in ("needs", "interpreter_language"):
        form.fields[name] = copy.deepcopy(SeatsForm.base_fields[name])


def _phone_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Your phone"),
        max_length=30,
        required=required,
        validators=[PHONE],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "class": "input-width-m"}),
        error_messages={"required": _("Enter a phone number where we can reach you.")},
    )


def _check_needs(form: forms.Form) -> None:
    data = form.cleaned_data
    if Need.INTERPRETER in data.get("needs", []) and not data.get("interpreter_language"):
        form.add_error("interpreter_language", _("Choose the language of the interpreter."))


def _contact_of(form: forms.Form) -> Contact:
    data = form.cleaned_data
    needs = tuple(data.get("needs", []))
    return Contact(
        name=data["contact_name"],
        email=data["contact_email"],
        phone=data.get("contact_phone", ""),
        organisation=data.get("organisation", ""),
        needs=needs,
        interpreter_language=data.get("interpreter_language", "") if Need.INTERPRETER in needs else "",
        language=get_language() or "da",
    )


class VisitRequestForm(WishesForm, SchoolBookingForm):
    """A school asks for a visit on another date (S16)."""

    asks_evening = False
    asks_sms = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, session=_SCHOOL_SESSION, **kwargs)
        del self.fields["phone_on_day"]
        _add_contact_fields(self)

    def clean(self) -> dict[str, Any]:
        """Check needs besides what the parts check."""
        data = super().clean()
        _check_needs(self)
        return data

    def contact(self) -> Contact:
        """Return who answers for the request."""
        return _contact_of(self)


class TalkRequestForm(WishesForm, ContactForm):
    """A workplace, an institution or an association asks for a talk (V2)."""

    organisation = forms.CharField(
        label=_("Name of the organisation"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name of the organisation.")},
    )
    seats = _number_field(
        _("How many people will take part?"),
        least=1,
        most=500,
        required=True,
        missing=_("Enter the number of people in digits, for example 25."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _add_contact_fields(self)

    def clean(self) -> dict[str, Any]:
        """Check needs besides what the parts check."""
        data = super().clean()
        _check_needs(self)
        return data

    def party(self) -> Party:
        """Return who asks."""
        return Party(kind=BookingKind.ORGANISATION, seats=self.cleaned_data["seats"])

    def contact(self) -> Contact:
        """Return who answers for the request."""
        return _contact_of(self)


RequestForm = VisitRequestForm | TalkRequestForm


class UrgentForm(ContactForm):
    """A school or an organisation asks for help after an incident (V5): fixed choices and a contact, no more."""

    topic = forms.ChoiceField(
        label=_("What do you need?"),
        choices=UrgentTopic,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what you need.")),
    )
    school_query = forms.CharField(
        label=_("Your school"),
        help_text=_("Type part of the name, the address or the institution number."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "school-names", "autocomplete": "off"}),
    )
    school = forms.ChoiceField(label=_("Choose your school"), required=False, widget=forms.RadioSelect)
    organisation = forms.CharField(
        label=_("Or the name of your organisation"),
        help_text=_("If you do not work at a school."),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    seats = _number_field(
        _("About how many people is it for?"),
        least=1,
        most=500,
        required=False,
        missing=_("Enter the number of people in digits, for example 25."),
    )

    field_order = [
        "submission_key",
        "topic",
        "school_query",
        "school",
        "organisation",
        "seats",
        "contact_name",
        "contact_phone",
        "contact_email",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen_school: School | None = None
        self.fields["contact_phone"] = _phone_field(required=True)
        self.order_fields(self.field_order)
        found = self._candidates() if self.is_bound else []
        choices: Any = self.fields["school"]
        choices.choices = [(str(school.pk), school_label(school)) for school in found]
        if len(found) < 2:
            choices.widget = forms.HiddenInput()

    def _candidates(self) -> list[School]:
        typed = str(self.data.get(self.add_prefix("school_query"), "")).strip()
        return find_schools(typed) if typed else []

    def clean(self) -> dict[str, Any]:
        """Find the school, or take the organisation; one of the two is needed."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("school_query"):
            found = self._candidates()
            chosen = [school for school in found if str(school.pk) == str(data.get("school"))]
            if len(found) == 1 or chosen:
                self.chosen_school = (chosen or found)[0]
            elif found:
                self.add_error("school", _("Choose your school from the list."))
            else:
                self.add_error(
                    "school_query",
                    _(
                        "We cannot find that school. Try part of the name or the street, or call us and we will help."
                    ),
                )
        elif not data.get("organisation") and "organisation" not in self.errors:
            self.add_error("school_query", _("Type the name of your school or of your organisation."))
        return data

    def contact(self) -> Contact:
        """Return whom to phone."""
        return _contact_of(self)


class NoticeForm(forms.Form):
    """Where to write when dates open: an address, nothing else (S25)."""

    email = copy.deepcopy(ContactForm.base_fields["contact_email"])


class TimesForm(_DatesAsText):
    """One to five times as an answer, and what they share."""

    duration_minutes = _number_field(
        _("Duration (minutes)"),
        least=15,
        most=600,
        required=True,
        missing=_("Enter a whole number from 15 to 600."),
    )
    venue = forms.ModelChoiceField(
        Venue.objects.none(),
        label=_("Place"),
        required=False,
        empty_label=_("Choose a place"),
        error_messages={
            "required": _("Choose the place where it is held."),
            "invalid_choice": _("Choose a place from the list."),
        },
    )
    online_url = forms.URLField(
        label=_("Online link"),
        required=False,
        assume_scheme="https",
        help_text=_("Only those who have booked see it, from 24 hours before."),
        error_messages={"invalid": _("Enter a whole link, for example https://…")},
    )
    facilitator = forms.CharField(
        label=_("Who holds it"), help_text=_("Only for your own planning."), max_length=120, required=False
    )
    is_open_to_others = forms.BooleanField(
        label=_("Others may book the places that are left"), required=False
    )

    def __init__(self, *args: Any, offer: Offer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        if offer:
            self.fields["duration_minutes"].initial = offer.duration_minutes
            self.keep_place_fields(offer.place_kind)
        if "venue" in self.fields:
            venues: Any = self.fields["venue"]
            venues.queryset = Venue.objects.order_by("name")
        for number in range(1, MAX_TIMES + 1):
            self.fields[f"date_{number}"] = _date_field(
                _("Date"), required=number == 1, missing=_("Choose the date of the first time.")
            )
            self.fields[f"time_{number}"] = forms.TimeField(
                label=_("Begins at"),
                required=False,
                input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
                widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input-width-s"}),
                error_messages={"invalid": _("Write the time as 09:00.")},
            )

    def keep_place_fields(self, place_kind: str) -> None:
        """Ask only for what this kind of place needs."""
        if place_kind == PlaceKind.VENUE:
            self.fields["venue"].required = True
        else:
            del self.fields["venue"]
        if place_kind != PlaceKind.ONLINE:
            del self.fields["online_url"]

    def clean(self) -> dict[str, Any]:
        """Ask for the hour of each date, and the date of each hour; refuse what has passed."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        now = timezone.now()
        for number in range(1, MAX_TIMES + 1):
            day, hour = data.get(f"date_{number}"), data.get(f"time_{number}")
            if day and hour is None and f"time_{number}" not in self.errors:
                self.add_error(f"time_{number}", _("Enter when it begins, for example 09:00."))
            elif hour and day is None and f"date_{number}" not in self.errors:
                self.add_error(f"date_{number}", _("Choose the date of this time."))
            elif day and hour and not now < at_local_time(day, hour) < now + HORIZON:
                self.add_error(
                    f"date_{number}", _("Choose a time that lies ahead, at most 12 months from now.")
                )
        return data

    def times(self) -> list[Time]:
        """Return the proposed times."""
        data = self.cleaned_data
        venue = data.get("venue")
        return [
            Time(
                starts_at=at_local_time(data[f"date_{number}"], data[f"time_{number}"]),
                duration_minutes=data["duration_minutes"],
                venue_id=venue.pk if venue else None,
                online_url=data.get("online_url", ""),
                facilitator=data["facilitator"].strip(),
                is_open_to_others=data["is_open_to_others"],
            )
            for number in range(1, MAX_TIMES + 1)
            if data.get(f"date_{number}")
        ]

    def time_fields(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Yield date and hour of each time."""
        for number in range(1, MAX_TIMES + 1):
            yield self[f"date_{number}"], self[f"time_{number}"]

    def shared_fields(self) -> Iterator[BoundField]:
        """Yield what all times share."""
        for name in ("duration_minutes", "venue", "online_url", "facilitator", "is_open_to_others"):
            if name in self.fields:
                yield self[name]
