"""The report of the effect of fair shares, in the administration (S22)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from booking.fairness_report import report_of, school_years
from booking.permissions import user_can_see
from workshops.calendars import local_date_of, school_year_of


class FairnessReportView(WagtailAdminTemplateMixin, View):
    """Who got a visit, whom the rules turned away, and what became of the places kept back; a school year at a time."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/fairness.html"
    page_title = gettext_lazy("Fair shares among schools")
    header_icon = "group"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in those who may see bookings."""
        if not user_can_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the bookings."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("bookings:index"), "label": _("Bookings")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the school year asked for, else the one that runs."""
        now = timezone.now()
        years = school_years(now=now)
        asked = request.GET.get("year", "")
        this = next((year for year in years if str(year) == asked), None)
        if this is None:
            this = school_year_of(local_date_of(now))
        choices = [{"year": year, "label": f"{year}/{(year + 1) % 100:02d}"} for year in years]
        return self.render_to_response(
            self.get_context_data(
                report=report_of(this, now=now), years=choices, label=f"{this}/{(this + 1) % 100:02d}"
            )
        )


class FairnessMenuItem(MenuItem):
    """Its place among the reports."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to those who may open it."""
        return user_can_see(request.user)
