"""«Bookinger» in the administration: the list and its filters. A booking's own page: booking.views.administration."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Model, Prefetch, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from booking import wording
from booking.enums import BookingKind
from booking.models import BookedSession, Booking, Feed
from booking.operations import stop_feed_for_another
from booking.permissions import user_can_book_for_caller
from charter.models import Provider
from core.audit.log import Actor
from core.cms.viewsets import (
    PeriodFilter,
    ReadOnlyIndexView,
    ReadOnlyViewSet,
    RowAction,
    WagtailFilterSet,
)
from workshops.enums import Audience
from workshops.models import Offer, School


class BookingFilterSet(WagtailFilterSet):
    """State, kind, provider, school, audience, date of the session, channel, approval, offer."""

    provider = django_filters.ModelChoiceFilter(
        label=_("Provider"), queryset=Provider.objects.order_by("name"), method="filter_session"
    )
    school = django_filters.ModelChoiceFilter(label=_("School"), queryset=School.objects.order_by("name"))
    audience = django_filters.ChoiceFilter(
        label=_("Audience"), choices=Audience.choices, method="filter_session"
    )
    date = PeriodFilter(label=_("Date of the session"), method="filter_period")
    needs_approval = django_filters.ChoiceFilter(
        label=_("Needs approval"),
        choices=[("waits", _("Awaits an answer")), ("asked", _("Has asked for approval"))],
        method="filter_approval",
    )
    offer = django_filters.ModelChoiceFilter(
        label=_("Offer"), queryset=Offer.objects.order_by("title"), method="filter_session"
    )

    class Meta:
        model = Booking
        fields = [
            "state",
            "kind",
            "provider",
            "school",
            "audience",
            "date",
            "channel",
            "needs_approval",
            "offer",
        ]

    def filter_session(self, queryset: Any, name: str, value: Any) -> QuerySet[Booking]:
        """Keep bookings of sessions with a provider, an audience or an offer; each booking once."""
        return _with_session(queryset, **{f"session__{name}": value})

    def filter_period(self, queryset: Any, name: str, value: slice) -> QuerySet[Booking]:
        """Keep bookings of sessions held on local days of a period."""
        bounds = {}
        if value.start:
            bounds["session__local_date__gte"] = value.start.date()
        if value.stop:
            bounds["session__local_date__lte"] = value.stop.date()
        return _with_session(queryset, **bounds)

    def filter_approval(self, queryset: Any, name: str, value: str) -> QuerySet[Booking]:
        """Keep what awaits an answer, or what ever asked for one."""
        if value == "waits":
            return queryset.filter(state="awaiting_approval")
        return queryset.exclude(approval_reasons=[])


def _with_session(queryset: QuerySet[Booking], **conditions: Any) -> QuerySet[Booking]:
    return queryset.filter(pk__in=BookedSession.objects.filter(**conditions).values("booking"))


def _first(booking: Booking) -> BookedSession | None:
    return min(booking.booked_sessions.all(), key=lambda booked: booked.session.starts_at, default=None)


def _title(booking: Booking) -> str:
    booked = _first(booking)
    return booked.session.title if booked else ""


def _date(booking: Booking) -> str:
    booked = _first(booking)
    if booked is None:
        return ""
    more = len(booking.booked_sessions.all()) - 1
    return wording.moment_text(booked.session.starts_at) + (f" (+{more})" if more else "")


def _who(booking: Booking) -> str:
    """Name the school or organisation; a person is not named in a list (rule 10)."""
    if booking.kind == BookingKind.SCHOOL:
        return booking.school_name
    return booking.organisation or booking.get_kind_display()


class BookingIndexView(ReadOnlyIndexView):
    """The list, newest first. A fixed number of queries, whatever is booked."""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Leave out forms that were never sent; bring sessions and classes along."""
        sessions = BookedSession.objects.select_related("session")
        return (
            Booking.objects.submitted()
            .prefetch_related(Prefetch("booked_sessions", sessions), "classes")
            .order_by("-started_at", "-pk")
        )

    def get_edit_url(self, instance: Model) -> str:
        """Lead to the booking's page."""
        return reverse("booking_admin_detail", args=[instance.pk])

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer to book for someone who phones, and to subscribe in one's calendar."""
        subscribe = HeaderButton(
            _("Subscribe in your calendar"), url=reverse("team_feed"), icon_name="calendar-alt"
        )
        everybodys = HeaderButton(_("Calendar subscriptions"), url=reverse("feeds:index"), icon_name="rotate")
        if not user_can_book_for_caller(self.request.user):
            return [subscribe, everybodys]
        return [
            HeaderButton(
                _("Book for a caller"), url=reverse("booking_admin_caller"), icon_name="plus-inverse"
            ),
            subscribe,
            everybodys,
        ]


class _BookingURLFinder(ModelAdminURLFinder):
    edit_url_name = "booking_admin_detail"


class BookingViewSet(ReadOnlyViewSet):
    """«Bookinger»."""

    model = Booking
    name = "bookings"
    url_prefix = "bookinger"
    add_to_admin_menu = True
    menu_label = _("Bookings")
    icon = "calendar-check"
    menu_order = 20
    inspect_view_enabled = False
    index_view_class = BookingIndexView
    url_finder_class = _BookingURLFinder
    filterset_class = BookingFilterSet
    search_fields = ["reference", "school_name", "school_number", "organisation", "contact_email"]
    search_backend_name = None
    list_display: Sequence[Any] = [
        "reference",
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("title", label=_("Offer"), accessor=_title),
        Column("date", label=_("Date"), accessor=_date),
        Column("who", label=_("School or person"), accessor=_who),
        Column("places", label=_("Places"), accessor=wording.places_text),
        Column("state", label=_("State"), accessor="get_state_display"),
        Column("channel", label=_("Channel"), accessor="get_channel_display"),
    ]


def _whose(feed: Feed) -> str:
    return feed.email or str(feed.user)


def _is_running(feed: Feed) -> bool:
    return feed.revoked_at is None


def _works_until(feed: Feed) -> str:
    if feed.revoked_at is not None:
        return gettext("stopped")
    return wording.day_text(feed.delete_after) if feed.delete_after else ""


class FeedViewSet(ReadOnlyViewSet):
    """«Kalenderabonnementer»: whose there are, never their addresses; any can be stopped (K2)."""

    model = Feed
    name = "feeds"
    url_prefix = "bookinger/abonnementer"
    menu_label = _("Calendar subscriptions")
    icon = "rotate"
    list_select_related = ["user", "provider"]
    list_filter = ["kind"]
    search_fields = ["email", "user__email", "provider__name"]
    search_backend_name = None
    list_display: Sequence[Any] = [
        TitleColumn(
            "whose",
            label=_("Whose"),
            accessor=_whose,
            get_url=lambda feed: reverse("feeds:inspect", args=[feed.pk]),
        ),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("provider", label=_("Provider"), accessor=lambda feed: feed.provider or ""),
        Column("made", label=_("Made"), accessor=lambda feed: wording.moment_text(feed.created_at)),
        Column("until", label=_("Works until"), accessor=_works_until),
    ]
    inspect_view_fields = ["kind", "email", "user", "provider", "created_at", "revoked_at", "delete_after"]
    actions = [
        RowAction(
            name="stop",
            label=_("Stop the subscription"),
            run=lambda feed, request, now: stop_feed_for_another(
                feed_id=feed.pk, actor=Actor.of(request.user), now=now
            ),
            done=_("The subscription has ended. The address no longer works."),
            is_possible=_is_running,
            is_serious=True,
        )
    ]
