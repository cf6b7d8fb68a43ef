"""Reports in the administration: which are missing, and reporting for a provider (L8)."""

from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext
from django.views.decorators.http import require_POST
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.reports import ReportView as WagtailReportView

from booking.attendance.pages import PageState
from booking.attendance.reading import sessions_without_report
from booking.attendance.rules import correction_ends
from booking.attendance.views import ReportView
from booking.enums import ReportSource
from booking.operations.reporting import renew_report_link
from booking.permissions import user_can_change, user_can_see
from booking.wording import when_text
from charter.models import Provider
from core.audit.log import Actor
from core.cms.viewsets import PeriodFilter, WagtailFilterSet
from workshops.enums import Audience
from workshops.models import Offer, Session


class StaffReportView(WagtailAdminTemplateMixin, ReportView):
    """Report a session for its provider, or correct a report, at any time."""

    template_name = "booking/admin/report.html"
    header_icon = "edit"
    source = ReportSource.STAFF

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in staff who may change bookings."""
        if not user_can_change(request.user):
            raise PermissionDenied
        self.now = timezone.now()
        self.load(kwargs["session_id"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        """Name the page."""
        return _("Report the session")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list and the date."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("unreported"), "label": _("Missing reports")},
            {
                "url": reverse("sessions:inspect", args=[self.session.pk]),
                "label": when_text(self.session),
            },
            {"url": "", "label": self.get_page_title()},
        ]

    def show(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render it as a page of the administration, with every report before the one in force."""
        more = {
            "reports": self.session.reports.select_related("reported_by").order_by("-number"),
            "can_mail": self.state == PageState.ASK and self.now < correction_ends(self.session.ends_at),
        }
        return self.render_to_response(
            self.get_context_data(**self.context(), **more, **context), status=status
        )


@require_admin_access
@require_POST
def renew_link_to_report(request: HttpRequest, session_id: int) -> HttpResponse:
    """Stop the links sent so far, and mail new ones."""
    if not user_can_change(request.user):
        raise PermissionDenied
    session = get_object_or_404(Session, pk=session_id)
    now = timezone.now()
    if not sessions_without_report(now=now).filter(pk=session.pk).exists():
        raise Http404
    renew_report_link(session_id=session.pk, actor=Actor.of(request.user), now=now)
    messages.success(request, _("The old links no longer work. New ones are on their way to the provider."))
    return redirect("session_admin_report", session_id=session.pk)


class UnreportedFilterSet(WagtailFilterSet):
    """Provider, offer, audience, period."""

    provider = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Provider"), queryset=Provider.objects.order_by("name")
    )
    offer = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Offer"), queryset=Offer.objects.order_by("title")
    )
    audience = django_filters.ChoiceFilter(label=gettext_lazy("Audience"), choices=Audience.choices)
    starts_at = PeriodFilter(label=gettext_lazy("Date of the session"))

    class Meta:
        model = Session
        fields = ["provider", "offer", "audience", "starts_at"]


class UnreportedView(WagtailReportView):
    """«Mangler indberetning»: sessions that are over and that nobody has reported, the oldest first."""

    model = Session
    index_url_name = "unreported"
    index_results_url_name = "unreported_results"
    page_title = gettext_lazy("Missing reports")
    header_icon = "warning"
    filterset_class = UnreportedFilterSet
    show_export_buttons = False
    is_searchable = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in those who may see bookings."""
        if not user_can_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> QuerySet[Session]:
        """Return them with what the columns show."""
        found: QuerySet[Session] = sessions_without_report(now=timezone.now())
        return found.select_related("provider").order_by("starts_at", "pk")

    def get_queryset(self) -> QuerySet[Session]:
        """Return the list before filters."""
        return self.get_base_queryset()

    @property
    def columns(self) -> list[Column]:
        """Lead to the report for those who may report; all see what is missing."""
        when = gettext_lazy("When")
        first = (
            TitleColumn(
                "starts_at",
                label=when,
                accessor=when_text,
                get_url=lambda session: reverse("session_admin_report", args=[session.pk]),
            )
            if user_can_change(self.request.user)
            else Column("starts_at", label=when, accessor=when_text)
        )
        return [
            first,
            Column("title", label=gettext_lazy("Offer")),
            Column("provider", label=gettext_lazy("Provider")),
            Column("audience", label=gettext_lazy("Audience"), accessor="get_audience_display"),
            Column("booked", label=gettext_lazy("Booked"), accessor=_booked),
        ]


def _booked(session: Session) -> str:
    parts = []
    if session.groups_taken:
        groups = session.groups_taken
        parts.append(npgettext("booked", "%(count)s class", "%(count)s classes", groups) % {"count": groups})
    if session.people_taken:
        people = session.people_taken
        parts.append(npgettext("booked", "%(count)s person", "%(count)s people", people) % {"count": people})
    return ", ".join(parts)


class UnreportedMenuItem(MenuItem):
    """Its place among the reports."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to those who may open it."""
        return user_can_see(request.user)
