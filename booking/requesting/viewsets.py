"""«Anmodninger» in the administration: the list and its filters. A request's own page: admin_views."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.ui.tables import Column

from booking import wording as booking_wording
from booking.enums import RequestState
from booking.models import DateRequest
from booking.requesting import wording
from charter.models import Provider
from core.cms.viewsets import PeriodFilter, ReadOnlyIndexView, ReadOnlyViewSet, WagtailFilterSet
from workshops.enums import SessionState
from workshops.models import School

_OPEN, _HELD = "open", "held"


class RequestFilterSet(WagtailFilterSet):
    """State, kind, provider, school, when sent."""

    where = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            (_OPEN, _("Awaits somebody")),
            *((state.value, state.label) for state in RequestState if state != RequestState.UNPROVEN),
            (_HELD, SessionState.HELD.label),
        ],
        method="filter_where",
    )
    provider = django_filters.ModelChoiceFilter(
        label=_("Provider"), queryset=Provider.objects.order_by("name"), field_name="offer__provider"
    )
    school = django_filters.ModelChoiceFilter(label=_("School"), queryset=School.objects.order_by("name"))
    sent_at = PeriodFilter(label=_("Sent"))

    class Meta:
        model = DateRequest
        fields = ["where", "kind", "provider", "school", "sent_at"]

    def filter_where(self, queryset: Any, name: str, value: str) -> QuerySet[DateRequest]:
        """Keep a state; "held" are the agreed ones whose session has been held (V2)."""
        if value == _OPEN:
            return queryset.open()
        if value == _HELD:
            return queryset.filter(booking__booked_sessions__session__state=SessionState.HELD).distinct()
        return queryset.filter(state=value)


def _title(request: DateRequest) -> str:
    return wording.title_text(request, "da")


def _wishes(request: DateRequest) -> str:
    return ", ".join(f"{wish.date:%d.%m.%Y}" for wish in request.wishes.all())


def _since(request: DateRequest) -> str:
    """Say for how long it has awaited an answer."""
    if request.state != RequestState.SENT:
        return ""
    days = wording.waiting_days(request, now=timezone.now())
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


class RequestIndexView(ReadOnlyIndexView):
    """The list, newest first. A fixed number of queries, whatever is asked."""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Leave out those whose address nobody has confirmed."""
        return (
            DateRequest.objects.sent()
            .select_related("offer", "school", "booking")
            .prefetch_related("wishes", "booking__booked_sessions__session")
            .order_by("-sent_at", "-pk")
        )

    def get_edit_url(self, instance: Model) -> str:
        """Lead to the request's page."""
        return reverse("request_admin_detail", args=[instance.pk])


class _RequestURLFinder(ModelAdminURLFinder):
    edit_url_name = "request_admin_detail"


class RequestViewSet(ReadOnlyViewSet):
    """«Anmodninger»."""

    model = DateRequest
    name = "requests"
    url_prefix = "anmodninger"
    menu_label = _("Requests")
    icon = "comment"
    menu_order = 21
    add_to_admin_menu = True
    inspect_view_enabled = False
    index_view_class = RequestIndexView
    url_finder_class = _RequestURLFinder
    filterset_class = RequestFilterSet
    search_fields = ["reference", "school__name", "organisation", "contact_email", "offer__title"]
    search_backend_name = None
    list_display: Sequence[Any] = [
        "reference",
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("title", label=_("Offer"), accessor=_title),
        Column("who", label=_("Who asks"), accessor=wording.who_text),
        Column("wishes", label=_("Wished dates"), accessor=_wishes),
        Column("state", label=_("State"), accessor=wording.state_text),
        Column("since", label=_("Waits"), accessor=_since),
        Column("sent_at", label=_("Sent"), accessor=lambda row: booking_wording.moment_text(row.sent_at)),
    ]
