"""Plain forms for planning: a schedule, a single session, a school. They parse; operations decide."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from charter.models import Provider
from workshops.calendars import LOCAL_ZONE, at_local_time, local_date_of, school_year_days, school_year_of
from workshops.enums import PlaceKind, SessionAccess, SessionCancelReason
from workshops.errors import WorkshopError
from workshops.models import Course, Holiday, Offer, Schedule, School, Session, Venue
from workshops.operations import ScheduleValues, SessionPlan
from workshops.operations.sessions import EDITABLE_STATES
from workshops.recurrence import excluded_dates, extra_dates, interval_of, weekdays_of
from workshops.schools import search_text_of
from workshops.seasons import offers_of_season

DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y", "%d/%m-%Y"]
LONGEST_SCHEDULE = timedelta(days=550)
MOST_DATES = 200
FIELD_OF_REFUSAL = {
    "session_limit_missing": "max_groups",
    "limit_below_taken": "max_groups",
    "unit_frozen": "max_groups",
    "session_place_missing": "venue",
    "session_clash": "start_time",
    "session_ends_before_start": "duration_minutes",
    "schedule_rule": "weekdays",
    "course_size": "sessions",
    "course_dates": "sessions",
    "course_has_bookings": "sessions",
}
"""Where a refusal of an operation is shown; the others stand on top."""


class DateLinesField(forms.CharField):
    """Dates, one a line, as people write them: 24.12.2026, 24/12-2026 or 2026-12-24."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.widget.attrs.setdefault("rows", 4)

    def to_python(self, value: Any) -> Any:
        """Return the dates; a line that is none is named in the error, and what was typed stays."""
        found: list[date] = []
        wrong: list[forms.ValidationError] = []
        for number, line in enumerate(str(value or "").splitlines(), start=1):
            text = line.strip()
            if not text:
                continue
            day = _date_of(text)
            if day is None:
                message = gettext("Line %(number)d: “%(text)s” is not a date. Write it as 24.12.2026.")
                wrong.append(forms.ValidationError(message % {"number": number, "text": text[:40]}))
            elif day not in found:
                found.append(day)
        if wrong:
            raise forms.ValidationError(wrong)
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show dates one a line; what was typed stays as it was."""
        return (
            value
            if isinstance(value, str) or value is None
            else "\n".join(f"{day:%d.%m.%Y}" for day in value)
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is shown with what was typed."""
        return super().has_changed(self.prepare_value(initial), data)


def _date_of(text: str) -> date | None:
    for pattern in DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - only the date is taken
        except ValueError:
            continue
    return None


def _date_field(label: Any, missing: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    wrong = _("Write the date as 24.12.2026.")
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": missing, "invalid": wrong},
    )


def _time_field(label: Any, missing: Any, *, required: bool = True, help_text: Any = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": missing, "invalid": _("Write the time as 09:00.")},
    )


def number_field(
    label: Any, *, least: int = 1, most: int = 2000, required: bool = False, help_text: Any = ""
) -> forms.IntegerField:
    message = format_lazy(_("Enter a whole number from {least} to {most}."), least=least, most=most)
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=least,
        max_value=most,
        help_text=help_text,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), message),
    )


class PlanningForm(forms.Form):
    """What a schedule and a single session have in common."""

    def __init__(self, *args: Any, offers: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "offer" in self.fields:
            choices: Any = self.fields["offer"]
            choices.queryset = Offer.objects.all() if offers is None else offers

    def full_clean(self) -> None:
        """Validate; a date or time that is none goes back as text, since a date input would show nothing."""
        super().full_clean()
        for name in self.errors:
            widget = self.fields[name].widget if name in self.fields else None
            if isinstance(widget, forms.DateInput | forms.TimeInput):
                widget.attrs.pop("type", None)

    def add_refusal(self, refusal: WorkshopError) -> None:
        """Show why an operation refused, at the field it is about."""
        field = FIELD_OF_REFUSAL.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal))


class ScheduleForm(PlanningForm):
    """A season of dates: which weekdays between two dates, which not, which besides (S17)."""

    offer = forms.ModelChoiceField(
        Offer.objects.none(),
        label=_("Offer"),
        empty_label=_("Choose an offer"),
        error_messages={
            "required": _("Choose the offer that the dates are for."),
            "invalid_choice": _("Choose an offer from the list."),
        },
    )
    first_date = _date_field(_("First date"), _("Enter the first date of the season."))
    last_date = _date_field(_("Last date"), _("Enter the last date of the season."))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        required=False,
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None, if you only want the extra dates below."),
    )
    every_weeks = number_field(
        _("Repeats after so many weeks"),
        most=26,
        required=True,
        help_text=_("1 is every week, 2 every second week, counted from the first date's week."),
    )
    start_time = _time_field(_("Starts at"), _("Enter when it starts, e.g. 09:00."))
    duration_minutes = number_field(
        _("Duration in minutes"), least=15, most=600, help_text=_("Empty: as the offer says.")
    )
    skip_holidays = forms.BooleanField(
        label=_("Skip school holidays and public holidays"), required=False, initial=True
    )
    excluded = DateLinesField(
        label=_("Not on these dates"), help_text=_("One date a line, e.g. 24.12.2026. They never come back.")
    )
    extra = DateLinesField(
        label=_("Also on these dates"), help_text=_("One date a line. They are made even on a day off.")
    )
    venue = forms.ModelChoiceField(
        Venue.objects.all(),
        label=_("Place"),
        required=False,
        empty_label=_("No fixed place"),
        help_text=_("Only for offers held at a place of their own."),
    )
    online_url = forms.URLField(
        label=_("Online link"),
        required=False,
        assume_scheme="https",
        help_text=_("Only for online offers. Never shown in public."),
        error_messages={"invalid": _("Enter a whole address that begins with https://.")},
    )
    max_groups = number_field(
        _("At most so many classes"), most=50, help_text=_("Both limits empty: as the offer says.")
    )
    max_people = number_field(_("At most so many people"))
    facilitator = forms.CharField(
        label=_("Facilitator"),
        required=False,
        max_length=120,
        help_text=_("Only those who book see the name."),
    )
    publishes_at_once = forms.BooleanField(
        label=_("Open the dates for booking at once"), required=False, initial=True
    )

    def __init__(self, *args: Any, schedule: Schedule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if schedule is not None:
            # Its sessions are of that offer already.
            self.fields["offer"].disabled = True
            self.initial["offer"] = schedule.offer_id

    @classmethod
    def initial_of(cls, schedule: Schedule) -> dict[str, Any]:
        """Return a saved schedule as the form shows it."""
        return {
            "offer": schedule.offer_id,
            "first_date": schedule.first_date,
            "last_date": schedule.last_date,
            "weekdays": weekdays_of(schedule),
            "every_weeks": interval_of(schedule),
            "start_time": schedule.start_time,
            "duration_minutes": schedule.duration_minutes,
            "skip_holidays": schedule.skip_holidays,
            "excluded": excluded_dates(schedule),
            "extra": extra_dates(schedule),
            "venue": schedule.venue_id,
            "online_url": schedule.online_url,
            "max_groups": schedule.max_groups,
            "max_people": schedule.max_people,
            "facilitator": schedule.facilitator,
            "publishes_at_once": schedule.publishes_at_once,
        }

    def clean(self) -> dict[str, Any]:
        """Check what two fields say together."""
        data = super().clean() or {}
        first, last = data.get("first_date"), data.get("last_date")
        if first and last and last < first:
            self.add_error("last_date", _("The last date must not be before the first date."))
        elif first and last and last - first > LONGEST_SCHEDULE:
            self.add_error(
                "last_date", _("A plan can last a year and a half at most. Make one for each season.")
            )
        if "weekdays" in data and not data["weekdays"] and not data.get("extra"):
            self.add_error("weekdays", _("Choose at least one weekday, or write extra dates."))
        if len(data.get("excluded") or []) > MOST_DATES or len(data.get("extra") or []) > MOST_DATES:
            self.add_error(None, _("That is too many single dates. Choose weekdays instead."))
        offer = data.get("offer")
        if offer is not None:
            if offer.place_kind == PlaceKind.VENUE and not data.get("venue") and "venue" not in self.errors:
                self.add_error("venue", _("Choose the place where the session is held."))
            if {data.get("max_groups"), data.get("max_people"), offer.max_groups, offer.max_people} == {None}:
                self.add_error("max_groups", _("Say how many classes or how many people there is room for."))
        return data

    @property
    def values(self) -> ScheduleValues:
        """Return what a valid form says."""
        data = self.cleaned_data
        return ScheduleValues(
            offer_id=data["offer"].pk,
            first_date=data["first_date"],
            last_date=data["last_date"],
            start_time=data["start_time"],
            duration_minutes=data["duration_minutes"] or data["offer"].duration_minutes,
            weekdays=data["weekdays"],
            every_weeks=data["every_weeks"],
            excluded=data["excluded"],
            extra=data["extra"],
            skip_holidays=data["skip_holidays"],
            venue_id=data["venue"].pk if data["venue"] else None,
            online_url=data["online_url"],
            max_groups=data["max_groups"],
            max_people=data["max_people"],
            facilitator=data["facilitator"],
            publishes_at_once=data["publishes_at_once"],
        )


class SeasonForm(PlanningForm):
    """Which school year's dates are made again in the next, of which offers (L5)."""

    year = forms.TypedChoiceField(
        label=_("Which school year's dates?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the school year whose dates are to be repeated."),
            "invalid_choice": _("Choose a school year from the list."),
        },
    )
    offers = forms.ModelMultipleChoiceField(
        Offer.objects.none(),
        label=_("Which offers?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one offer."),
            "invalid_choice": _("Choose offers from the list."),
        },
    )
    opens_on = _date_field(
        _("Booking opens on"), "", required=False, help_text=_("Empty: as soon as the dates are made.")
    )

    def __init__(
        self, *args: Any, provider: Provider, years: Sequence[int], now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["year"]
        choices.choices = [
            (
                year,
                gettext("%(year)s, made again in %(next)s")
                % {"year": self.year_text(year), "next": self.year_text(year + 1)},
            )
            for year in years
        ]
        this_year = school_year_of(local_date_of(now))
        self.initial["year"] = this_year if this_year in years else next(iter(years), None)
        found = {offer.pk: offer for year in years for offer in offers_of_season(provider.pk, year)}
        offers: Any = self.fields["offers"]
        offers.queryset = Offer.objects.filter(pk__in=found)
        self.initial["offers"] = list(found)
        self.has_dates = bool(found)

    @staticmethod
    def year_text(year: int) -> str:
        """Return a school year as people write it: 2026/27."""
        return f"{year}/{(year + 1) % 100:02}"

    @property
    def start_year(self) -> int:
        """The first calendar year of the school year chosen."""
        return int(self.cleaned_data["year"])

    @property
    def offer_ids(self) -> list[int]:
        """The offers chosen."""
        return sorted(offer.pk for offer in self.cleaned_data["offers"])

    @property
    def opens_at(self) -> datetime | None:
        """The beginning of the day on which booking opens; None: at once."""
        day = self.cleaned_data["opens_on"]
        return at_local_time(day, datetime.min.time()) if day else None


class SessionForm(PlanningForm):
    """One session by hand."""

    offer = forms.ModelChoiceField(
        Offer.objects.none(),
        label=_("Offer"),
        empty_label=_("Choose an offer"),
        error_messages={
            "required": _("Choose the offer that the dates are for."),
            "invalid_choice": _("Choose an offer from the list."),
        },
    )
    day = _date_field(_("Date"), _("Enter the date."))
    start_time = _time_field(_("Starts at"), _("Enter when it starts, e.g. 09:00."))
    duration_minutes = number_field(
        _("Duration in minutes"), least=15, most=600, help_text=_("Empty: as the offer says.")
    )
    venue = ScheduleForm.base_fields["venue"]
    online_url = ScheduleForm.base_fields["online_url"]
    max_groups = ScheduleForm.base_fields["max_groups"]
    max_people = ScheduleForm.base_fields["max_people"]
    reserved = number_field(
        _("Held back"),
        least=0,
        help_text=_("Places kept for urgent requests: classes where classes are counted, else people."),
    )
    adults_count = forms.NullBooleanField(
        label=_("Accompanying adults count as people"),
        required=False,
        widget=forms.Select(
            choices=[("", _("As usual for the place")), ("true", _("Yes")), ("false", _("No"))]
        ),
    )
    facilitator = ScheduleForm.base_fields["facilitator"]
    access = forms.ChoiceField(
        label=_("Who may sign up"), choices=SessionAccess.choices, initial=SessionAccess.OPEN
    )
    for_school = forms.ModelChoiceField(
        School.objects.none(),
        label=_("For the parents of"),
        required=False,
        empty_label=_("No particular school"),
    )
    opens_on = _date_field(
        _("Booking opens on"), "", required=False, help_text=_("Empty: as soon as the session is open.")
    )
    is_open = forms.BooleanField(label=_("Open for booking at once"), required=False, initial=True)

    def __init__(self, *args: Any, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools: Any = self.fields["for_school"]
        schools.queryset = School.objects.filter(is_bookable=True)
        if session is not None:
            # What the session is of never changes, and its state changes by buttons.
            del self.fields["offer"], self.fields["is_open"]

    @classmethod
    def initial_of(cls, session: Session) -> dict[str, Any]:
        """Return a session as the form shows it."""
        starts_at = session.starts_at.astimezone(LOCAL_ZONE)
        opens_at = session.booking_opens_at
        return {
            "day": starts_at.date(),
            "start_time": starts_at.time(),
            "duration_minutes": session.duration_minutes,
            "venue": session.venue_id,
            "online_url": session.online_url,
            "max_groups": session.max_groups,
            "max_people": session.max_people,
            "reserved": session.reserved,
            "adults_count": session.adults_count,
            "facilitator": session.facilitator,
            "access": session.access,
            "for_school": session.for_school_id,
            "opens_on": opens_at.astimezone(LOCAL_ZONE).date() if opens_at else None,
        }

    def clean(self) -> dict[str, Any]:
        """Check what two fields say together."""
        data = super().clean() or {}
        waits = data.get("max_groups") == 1 and data.get("max_people")
        if data.get("access") == SessionAccess.SCHOOL and not data.get("for_school") and not waits:
            self.add_error(
                "for_school",
                _(
                    "Choose the school whose parents may sign up. Or enter 1 class and the number of people: then a school can have the whole evening with a visit."
                ),
            )
        limit = data.get("max_groups") or data.get("max_people")
        if limit is not None and (data.get("reserved") or 0) > limit:
            self.add_error("reserved", _("You cannot hold back more places than there are."))
        return data

    @property
    def plan(self) -> SessionPlan:
        """Return what a valid form says."""
        data = self.cleaned_data
        return SessionPlan(
            starts_at=at_local_time(data["day"], data["start_time"]),
            duration_minutes=data["duration_minutes"],
            venue_id=data["venue"].pk if data["venue"] else None,
            online_url=data["online_url"],
            facilitator=data["facilitator"],
            max_groups=data["max_groups"],
            max_people=data["max_people"],
            reserved=data["reserved"] or 0,
            adults_count=data["adults_count"],
            access=data["access"],
            for_school_id=data["for_school"].pk if data["for_school"] else None,
            booking_opens_at=at_local_time(data["opens_on"], datetime.min.time())
            if data["opens_on"]
            else None,
        )


class DatesField(forms.ModelMultipleChoiceField):
    """Dates of an offer, each with its time and place."""

    def label_from_instance(self, obj: Session) -> str:
        """Return "tirsdag 1. december 2026 kl. 09.00 · Biblioteket"."""
        start = timezone.localtime(obj.starts_at)
        return " · ".join(
            str(part)
            for part in (f"{date_format(start, 'l j. F Y')} {start:%H.%M}", obj.venue, obj.facilitator)
            if part
        )


class CourseForm(PlanningForm):
    """Two or three dates of an offer as one course (S20)."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        required=False,
        help_text=_("For the administration. Empty: the first and the last date."),
    )
    sessions = DatesField(
        Session.objects.none(),
        label=_("Dates"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose two or three. They are then only booked together."),
        error_messages={
            "required": _("Choose two or three dates."),
            "invalid_choice": _("A date you chose is no longer free for a course. Choose again."),
        },
    )

    def __init__(self, *args: Any, offer: Offer, course: Course | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dates: Any = self.fields["sessions"]
        dates.queryset = dates_for_courses(offer, course=course, now=timezone.now())


class CourseProposalForm(forms.Form):
    """Courses from the dates a plan has made: how many dates each, how far apart."""

    dates = forms.TypedChoiceField(
        label=_("Dates in each course"), coerce=int, choices=[(2, "2"), (3, "3")], initial=3
    )
    weeks = number_field(_("Weeks between them"), most=26, required=True)


def dates_for_courses(offer: Offer, *, course: Course | None, now: datetime) -> Any:
    """Return the dates of an offer that may be part of a course: coming, in no other course."""
    mine = Q(course=None) if course is None else Q(course=None) | Q(course=course)
    dates = Session.objects.for_offer(offer.pk).filter(mine, state__in=EDITABLE_STATES, starts_at__gt=now)
    return dates.select_related("venue").order_by("starts_at", "pk")


class SchoolForm(WagtailAdminModelForm):
    """A school; what it is searched by follows its name, number and address. It closes and merges by operations."""

    class Meta:
        model = School
        fields = [
            "name",
            "institution_number",
            "school_type",
            "unit_type",
            "parent",
            "owner",
            "address",
            "postal_code",
            "city",
            "municipality",
            "district",
            "website",
            "cvr",
            "is_bookable",
        ]

    def clean_institution_number(self) -> str | None:
        """Return six digits or nothing; empty is kept as NULL, so that several schools may lack one."""
        number = self.cleaned_data["institution_number"]
        if number and not (len(number) == 6 and number.isdigit()):
            raise forms.ValidationError(_("Enter the institution number's six digits, or leave it empty."))
        return number or None

    def save(self, commit: bool = True) -> Any:
        """Keep the search text true."""
        self.instance.search_text = search_text_of(self.instance)
        return super().save(commit=commit)


class HolidayForm(WagtailAdminModelForm):
    """Days off of all schools or of one; or one school's days that are school days after all (S18)."""

    class Meta:
        model = Holiday
        fields = ["school_year", "name", "first_day", "last_day", "school", "is_school_day"]
        labels = {
            "school_year": _("School year"),
            "is_school_day": _("The school teaches on these days after all"),
        }
        help_texts = {
            "school": _("Empty: the plan of all the municipality's schools."),
            "is_school_day": _("Only for one school, where the municipal plan says that these are days off."),
        }
        widgets = dict.fromkeys(
            ("first_day", "last_day"), forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        )
        error_messages = {
            "school_year": {"required": _("Choose the school year. Enter it under school years first.")},
            "name": {"required": _("Write what the days are called, e.g. winter holiday.")},
            "first_day": {
                "required": _("Enter the first day."),
                "invalid": _("Write the date as 24.12.2026."),
            },
            "last_day": {"required": _("Enter the last day."), "invalid": _("Write the date as 24.12.2026.")},
        }

    def clean(self) -> dict[str, Any]:
        """Check what two fields say together."""
        data = super().clean() or {}
        first, last, year = data.get("first_day"), data.get("last_day"), data.get("school_year")
        if first and last and last < first:
            self.add_error("last_day", _("The last day must not be before the first day."))
        elif year is not None:
            begins, ends = school_year_days(year.start_year)
            text = _("Enter a day from %(first)s to %(last)s, or choose another school year.")
            for name, day in (("first_day", first), ("last_day", last)):
                if day and not begins <= day <= ends:
                    self.add_error(name, text % {"first": date_format(begins), "last": date_format(ends)})
        if data.get("is_school_day") and not data.get("school"):
            self.add_error("school", _("Choose the school that teaches on these days."))
        return data


class CloseSchoolForm(forms.Form):
    """From when a school is closed."""

    day = _date_field(
        _("First day without the school"),
        _("Enter the first day without the school."),
        help_text=_("Often 1 August. What the school has booked from that day on becomes tasks."),
    )


class MergeSchoolForm(forms.Form):
    """Into which school, from when."""

    heir = forms.ModelChoiceField(
        School.objects.none(),
        label=_("Becomes part of"),
        empty_label=_("Choose a school"),
        error_messages={
            "required": _("Choose the school that takes over."),
            "invalid_choice": _("Choose a school from the list."),
        },
    )
    day = _date_field(
        _("First day as one school"),
        _("Enter the day from which the other school takes over."),
        help_text=_("Often 1 August. What the school has booked from that day on becomes tasks."),
    )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heirs: Any = self.fields["heir"]
        heirs.queryset = School.objects.filter(is_bookable=True, closed_on=None).exclude(pk=school.pk)


class CancelEmptySessionForm(forms.Form):
    """Why a date that nobody has booked is cancelled; whoever opens its page reads it."""

    reason = forms.ChoiceField(
        label=_("Why is it cancelled?"),
        choices=SessionCancelReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason that fits best.")},
    )
    note = forms.CharField(
        label=_("Short note"),
        required=False,
        max_length=120,
        help_text=_("Shown to everybody beside the reason. Nothing about persons."),
    )


def reason_text(*, reason: str, note: str) -> str:
    """Return a fixed reason in Danish with its note, as it is kept and shown."""
    with translation.override("da"):
        text = str(SessionCancelReason(reason).label)
    return f"{text}: {note.strip()}" if note.strip() else text
