"""The administration's lists of sessions, schedules and places."""

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets.button import HeaderButton

from charter.models import Provider
from core.audit.log import Actor
from core.cms.viewsets import (
    KeptViewSet,
    PeriodFilter,
    ReadOnlyIndexView,
    ReadOnlyInspectView,
    ReadOnlyViewSet,
    RowAction,
    WagtailFilterSet,
)
from workshops.calendars import days_off, is_plan_known
from workshops.clashes import find_clashes
from workshops.enums import PlaceKind, SessionAccess, SessionState
from workshops.errors import WorkshopError
from workshops.models import (
    Course,
    Offer,
    Schedule,
    Session,
    Venue,
)
from workshops.operations import (
    close_session,
    dissolve_course,
    materialise_schedule,
    open_session,
    return_to_draft,
)
from workshops.planning.course_views import CourseFormView
from workshops.planning.season_views import StaffSeasonView
from workshops.planning.views import (
    SOMEBODY_BOOKED,
    MonthView,
    PlanningView,
    ScheduleFormView,
    SessionCancelView,
    SessionFormView,
    can_be_cancelled_empty,
)
from workshops.recurrence import excluded_dates, extra_dates, interval_of, weekdays_of


class SessionFilterSet(WagtailFilterSet):
    """Offer, provider, state, period, free places, place."""

    offer = django_filters.ModelChoiceFilter(queryset=Offer.objects.all(), label=_("Offer"))
    provider = django_filters.ModelChoiceFilter(queryset=Provider.objects.all(), label=_("Provider"))
    state = django_filters.MultipleChoiceFilter(choices=SessionState.choices, label=_("State"))
    local_date = PeriodFilter()
    free = django_filters.ChoiceFilter(
        label=_("Free places"),
        choices=[("yes", _("Has free places")), ("no", _("Full"))],
        method="filter_free",
    )
    place_kind = django_filters.ChoiceFilter(choices=PlaceKind.choices, label=_("Form"))
    venue = django_filters.ModelChoiceFilter(queryset=Venue.objects.all(), label=_("Place"))
    schedule = django_filters.NumberFilter(label=_("Plan’s number"))
    school = django_filters.ChoiceFilter(
        label=_("Parents' evenings at schools"),
        choices=[("waits", _("Waits for a school")), ("has", _("A school has it"))],
        method="filter_school",
    )

    class Meta:
        model = Session
        fields = [
            "offer",
            "provider",
            "state",
            "local_date",
            "free",
            "place_kind",
            "venue",
            "schedule",
            "school",
        ]

    def filter_school(self, queryset: Any, name: str, value: str) -> QuerySet[Session]:
        """Keep evenings for one school's parents: those that wait for a school, or those that have one."""
        return queryset.filter(access=SessionAccess.SCHOOL, for_school__isnull=value == "waits")

    def filter_free(self, queryset: Any, name: str, value: str) -> QuerySet[Session]:
        """Keep sessions with, or without, a free place."""
        is_full = Q(free_groups=0) | Q(free_people=0)
        full_ids = queryset.filter(is_full).values("pk")
        return queryset.exclude(pk__in=full_ids) if value == "yes" else queryset.filter(is_full)


def places_label(session: Any) -> str:
    """Return "2 of 3 classes · 48 of 75 people taken"."""
    parts = []
    if session.free_groups is not None:
        parts.append(
            _("%(taken)d of %(limit)d classes")
            % {"taken": session.max_groups - session.free_groups, "limit": session.max_groups}
        )
    if session.max_people is not None:
        parts.append(
            _("%(taken)d of %(limit)d people")
            % {"taken": session.max_people - session.free_people, "limit": session.max_people}
        )
    return " · ".join(str(part) for part in parts)


def place_label(session: Any) -> str:
    """Return where a session is held; a host school is staff's business here."""
    if session.access == SessionAccess.SCHOOL:
        return str(session.venue or session.for_school or _("Waits for a school"))
    return str(session.venue or session.host_school or session.get_place_kind_display())


class AddableIndexView(ReadOnlyIndexView):
    """A list with a button for a new row."""

    def get_add_url(self) -> Any:
        """Return the form for a new row to those who may add."""
        return super().get_add_url() if self.user_has_permission("add") else None


class SessionIndexView(AddableIndexView):
    """«Tider»: upcoming ones first, soonest on top; then those that are over."""

    month_url_name = ""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return sessions with their free places, in one query."""
        queryset: Any = super().get_base_queryset()
        now = timezone.now()
        is_past = Case(When(ends_at__lte=now, then=Value(True)), default=Value(False))
        return queryset.with_free_places(now=now).annotate(is_past=is_past)

    @property
    def header_buttons(self) -> list[Any]:
        """Add the month."""
        month = HeaderButton(_("Calendar"), url=reverse(self.month_url_name), icon_name="calendar-alt")
        return [*super().header_buttons, month]

    @property
    def columns(self) -> list[Any]:
        """Name what staff look for: when, what, where, how full."""
        return [
            TitleColumn(
                "starts_at",
                label=_("When"),
                sort_key="starts_at",
                get_url=lambda row: self.get_inspect_url(row),
                accessor=lambda row: f"{timezone.localtime(row.starts_at):%d.%m.%Y %H:%M}",
            ),
            Column("title", label=_("Offer"), sort_key="title"),
            Column("provider", label=_("Provider")),
            Column("place", label=_("Place"), accessor=place_label),
            Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
            Column("places", label=_("Taken"), accessor=places_label),
        ]


class PlanningInspectView(ReadOnlyInspectView):
    """A row's page with its form one click away."""

    @property
    def header_buttons(self) -> list[Any]:
        """Lead to the form."""
        url = self.get_edit_url()
        return [HeaderButton(_("Edit"), url=url, icon_name="edit")] if url else []

    @property
    def header_more_buttons(self) -> list[Any]:
        """Return none: the form's button stands in the header."""
        return []


class SessionInspectView(PlanningInspectView):
    """One session with what is taken, and warnings about its day."""

    template_name = "workshops/session_inspect.html"
    cancel_url_name = ""

    def get_object(self, queryset: Any = None) -> Any:
        """Return the session with its free places."""
        rows: Any = Session.objects.with_free_places(now=timezone.now()).select_related(
            "offer", "provider", "venue", "host_school", "for_school", "schedule"
        )
        return get_object_or_404(rows, pk=self.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way to cancel it while it is empty; those who have booked are told on another page (rule 3)."""
        can_cancel = self.user_has_permission("change") and can_be_cancelled_empty(self.object)
        cancel_url = reverse(self.cancel_url_name, args=(self.object.pk,)) if can_cancel else ""
        return {**super().get_context_data(**kwargs), "cancel_url": cancel_url}

    def get_places_display_value(self) -> str:
        """Return how full it is."""
        return places_label(self.object)

    def get_place_display_value(self) -> str:
        """Return where it is."""
        return place_label(self.object)

    def get_day_off_display_value(self) -> str:
        """Name the day off, or say that the plan is missing."""
        day = self.object.local_date
        # An evening for one school's parents, or a visit that is booked, follows that school's own calendar.
        school = self.object.for_school or self.object.host_school
        off = days_off(day, day, school=school).get(day)
        return off or ("–" if is_plan_known(day) else str(_("Holiday plan missing")))

    def get_clashes_display_value(self) -> str:
        """Name the sessions in its way."""
        return ", ".join(str(clash) for clash in find_clashes([self.object.slot])[0]) or "–"

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Name what is no column."""
        labels = {
            "places": _("Taken"),
            "place": _("Place"),
            "day_off": _("Day off"),
            "clashes": _("Double bookings"),
        }
        return str(labels[field_name]) if field_name in labels else super().get_field_label(field_name, field)


def _by(operation: Any, **more: Any) -> Any:
    def run(session: Session, request: HttpRequest, now: datetime) -> None:
        operation(session_id=session.pk, now=now, actor=Actor.of(request.user), **more)

    return run


def _in(*states: SessionState) -> Any:
    return lambda session: session.state in states


class PlannedViewSet(ReadOnlyViewSet):
    """A list whose rows are added and edited by forms of our own, in front of operations."""

    form_view_class: type[PlanningView]

    def in_front(self, view: type[PlanningView], **kwargs: Any) -> Any:
        """Return a view of ours that knows where its list and its rows stand."""
        return view.as_view(
            model=self.model,
            index_url_name=self.get_url_name("index"),
            inspect_url_name=self.get_url_name("inspect"),
            **kwargs,
        )

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Let the list lead to the form."""
        return super().get_index_view_kwargs(add_url_name=self.get_url_name("add"), **kwargs)

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Let a row's page lead to its form."""
        return super().get_inspect_view_kwargs(edit_url_name=self.get_url_name("edit"), **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        """Add the form, for a new row and for one that is there."""
        add = self.in_front(self.form_view_class, permission_required="add")
        edit = self.in_front(self.form_view_class, permission_required="change")
        return [
            *super().get_urlpatterns(),
            path("new/", add, name="add"),
            path("edit/<int:pk>/", edit, name="edit"),
        ]


class SessionViewSet(PlannedViewSet):
    """«Tider»."""

    model = Session
    name = "sessions"
    menu_label = _("Dates")
    icon = "date"
    menu_order = 100
    index_view_class = SessionIndexView
    inspect_view_class = SessionInspectView
    form_view_class = SessionFormView
    filterset_class = SessionFilterSet
    search_fields = ["title", "facilitator"]
    list_select_related = ["provider", "venue", "host_school", "for_school"]
    ordering = ["is_past", "starts_at", "pk"]
    inspect_view_fields = [
        "title",
        "starts_at",
        "ends_at",
        "day_off",
        "clashes",
        "place",
        "online_url",
        "facilitator",
        "provider",
        "places",
        "course",
        "reserved",
        "adults_count",
        "access",
        "for_school",
        "state",
        "state_reason",
        "booking_opens_at",
        "booking_closes_at",
        "withdrawal_closes_at",
        "schedule",
        "original_date",
        "follows_schedule",
    ]
    actions = [
        RowAction(
            name="open",
            label=_("Open for booking"),
            run=_by(open_session),
            done=_("The date is open for booking."),
            is_possible=_in(SessionState.DRAFT, SessionState.CLOSED),
            refusals=(WorkshopError,),
        ),
        RowAction(
            name="close",
            label=_("Close for booking"),
            run=_by(close_session),
            done=_("The date takes no more bookings. Those made stand."),
            is_possible=_in(SessionState.OPEN),
            refusals=(WorkshopError,),
        ),
        RowAction(
            name="draft",
            label=_("Hide again"),
            run=_by(return_to_draft),
            done=_("The date is a draft again."),
            is_possible=_in(SessionState.OPEN, SessionState.CLOSED),
            refusals=(WorkshopError,),
            refused=SOMEBODY_BOOKED,
        ),
    ]

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Let the list lead to the month too."""
        return super().get_index_view_kwargs(month_url_name=self.get_url_name("month"), **kwargs)

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Let a session's page lead to its cancellation."""
        return super().get_inspect_view_kwargs(cancel_url_name=self.get_url_name("cancel"), **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        """Add the month, and the page that asks why an empty date is cancelled."""
        cancel = SessionCancelView.as_view(
            index_url_name=self.get_url_name("index"), inspect_url_name=self.get_url_name("inspect")
        )
        return [
            *super().get_urlpatterns(),
            path("month/", self.in_front(MonthView), name="month"),
            path("cancel/<int:pk>/", cancel, name="cancel"),
        ]


class ScheduleFilterSet(WagtailFilterSet):
    """Offer, provider, period."""

    offer = django_filters.ModelChoiceFilter(queryset=Offer.objects.all(), label=_("Offer"))
    offer__provider = django_filters.ModelChoiceFilter(queryset=Provider.objects.all(), label=_("Provider"))
    last_date = PeriodFilter(label=_("Ends in the period"))

    class Meta:
        model = Schedule
        fields = ["offer", "offer__provider", "last_date"]


class ScheduleIndexView(AddableIndexView):
    """«Planer», the newest first."""

    season_url_name = ""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Count each schedule's sessions in the same query."""
        cancelled = Q(sessions__state=SessionState.CANCELLED)
        return super().get_base_queryset().annotate(session_count=Count("sessions", filter=~cancelled))

    @property
    def header_buttons(self) -> list[Any]:
        """Add the way to the next school year for those who may make plans."""
        buttons = list(super().header_buttons)
        if self.user_has_permission("add"):
            url = reverse(self.season_url_name)
            buttons.append(HeaderButton(_("Repeat in the next school year"), url=url, icon_name="rotate"))
        return buttons


class ScheduleInspectView(PlanningInspectView):
    """One schedule in words, with the way to its dates."""

    def get_weekdays_display_value(self) -> str:
        """Say on which weekdays it repeats, and how often."""
        days = ", ".join(str(WEEKDAYS[number]) for number in weekdays_of(self.object))
        weeks = interval_of(self.object)
        often = ngettext("every week", "every %(count)d weeks", weeks) % {"count": weeks}
        return f"{days} ({often})" if days else "–"

    def get_excluded_display_value(self) -> str:
        """List the dates that do not come back."""
        return ", ".join(f"{day:%d.%m.%Y}" for day in excluded_dates(self.object)) or "–"

    def get_extra_display_value(self) -> str:
        """List the dates added by hand."""
        return ", ".join(f"{day:%d.%m.%Y}" for day in extra_dates(self.object)) or "–"

    def get_dates_display_value(self) -> Any:
        """Link to its sessions."""
        count = self.object.sessions.count()
        text = ngettext("%(count)d date", "%(count)d dates", count) % {"count": count}
        return format_html('<a href="{}?schedule={}">{}</a>', reverse("sessions:index"), self.object.pk, text)

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Name what is no column."""
        labels = {
            "weekdays": _("Weekdays"),
            "excluded": _("Not on these dates"),
            "extra": _("Also on these dates"),
            "dates": _("Dates"),
        }
        return str(labels[field_name]) if field_name in labels else super().get_field_label(field_name, field)


class ScheduleViewSet(PlannedViewSet):
    """«Planer»."""

    model = Schedule
    name = "schedules"
    menu_label = _("Plans")
    icon = "rotate"
    menu_order = 110
    index_view_class = ScheduleIndexView
    inspect_view_class = ScheduleInspectView
    form_view_class = ScheduleFormView
    filterset_class = ScheduleFilterSet
    list_select_related = ["offer__provider"]
    list_display = [
        "__str__",
        Column("provider", label=_("Provider"), accessor="offer.provider"),
        "first_date",
        "last_date",
        Column("session_count", label=_("Dates")),
    ]
    inspect_view_fields = [
        "offer",
        "dates",
        "first_date",
        "last_date",
        "weekdays",
        "start_time",
        "duration_minutes",
        "skip_holidays",
        "excluded",
        "extra",
        "venue",
        "facilitator",
        "max_groups",
        "max_people",
        "publishes_at_once",
    ]
    actions = [
        RowAction(
            name="materialise",
            label=_("Make missing dates"),
            run=lambda schedule, request, now: materialise_schedule(
                schedule_id=schedule.pk, now=now, actor=Actor.of(request.user)
            ),
            done=_("The plan’s dates are made."),
            refusals=(WorkshopError,),
        ),
    ]

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Let the list lead to the next school year."""
        return super().get_index_view_kwargs(season_url_name=self.get_url_name("season"), **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        """Add the page that repeats a school year."""
        season = self.in_front(StaffSeasonView, permission_required="add")
        return [*super().get_urlpatterns(), path("next-year/", season, name="season")]


class VenueViewSet(KeptViewSet):
    """«Steder»."""

    model = Venue
    name = "venues"
    menu_label = _("Places")
    icon = "home"
    menu_order = 250
    list_display = ["name", "address", "postal_code", "district"]
    form_fields = ["name", "address", "postal_code", "city", "district", "entrance", "access_info", "phone"]


class CourseFilterSet(WagtailFilterSet):
    """Offer."""

    offer = django_filters.ModelChoiceFilter(queryset=Offer.objects.all(), label=_("Offer"))

    class Meta:
        model = Course
        fields = ["offer"]


def _course_dates(course: Any) -> str:
    dates = sorted(session.local_date for session in course.sessions.all())
    return ", ".join(f"{day:%d.%m.%Y}" for day in dates) or "–"


class CourseIndexView(AddableIndexView):
    """«Forløb», with their dates in one more query."""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Fetch the dates beside."""
        courses: Any = super().get_base_queryset()
        # What was dissolved has no dates left and is only kept for the bookings that name it.
        return courses.filter(Exists(Session.objects.filter(course=OuterRef("pk")))).prefetch_related(
            "sessions"
        )


class CourseInspectView(PlanningInspectView):
    """One course with its dates, each a link."""

    def get_dates_display_value(self) -> Any:
        """Link to its dates."""
        sessions = self.object.sessions.order_by("starts_at", "pk")
        return (
            format_html_join(
                ", ",
                '<a href="{}">{}</a> ({})',
                (
                    (
                        reverse("sessions:inspect", args=[session.pk]),
                        f"{timezone.localtime(session.starts_at):%d.%m.%Y %H:%M}",
                        session.get_state_display(),
                    )
                    for session in sessions
                ),
            )
            or "–"
        )

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Name what is no column."""
        return str(_("Dates")) if field_name == "dates" else super().get_field_label(field_name, field)


def _dissolve(course: Course, request: HttpRequest, now: datetime) -> None:
    dissolve_course(course_id=course.pk, now=now, actor=Actor.of(request.user))


class CourseViewSet(PlannedViewSet):
    """«Forløb»: dates that are only booked together (S20)."""

    model = Course
    name = "courses"
    menu_label = _("Courses")
    icon = "list-ol"
    menu_order = 115
    index_view_class = CourseIndexView
    inspect_view_class = CourseInspectView
    form_view_class = CourseFormView
    filterset_class = CourseFilterSet
    list_select_related = ["offer"]
    list_display = ["name", "offer", Column("dates", label=_("Dates"), accessor=_course_dates)]
    inspect_view_fields = ["name", "offer", "dates"]
    actions = [
        RowAction(
            name="dissolve",
            label=_("Dissolve the course"),
            run=_dissolve,
            done=_("The course is dissolved. Each date can be booked by itself."),
            is_possible=lambda course: course.sessions.exists(),
            refusals=(WorkshopError,),
            refused=SOMEBODY_BOOKED,
            is_serious=True,
        ),
    ]


class PlanningGroup(ViewSetGroup):
    """«Kalender» in the menu."""

    menu_label = _("Calendar")
    menu_icon = "date"
    menu_order = 120
    items = (SessionViewSet, ScheduleViewSet, CourseViewSet, VenueViewSet)
