"""The report of the effect of fair shares, in the administration (S22)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from booking.fairness_report import report_of, school_years
from booking.permissions import user_can_see
from core.cms.staff_pages import StaffPage
from workshops.calendars import local_date_of, school_year_of


class FairnessReportView(StaffPage):
    """Who got a visit, whom the rules turned away, and what became of the places kept back; a school year at a time."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/fairness.html"
    page_title = gettext_lazy("Fair shares among schools")
    header_icon = "group"
    parents = (("bookings:index", gettext_lazy("Bookings")),)

    def may(self, user: Any) -> bool:
        """Let in those who may see bookings."""
        return user_can_see(user)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the school year asked for, else the one that runs."""
        years = school_years(now=self.now)
        asked = request.GET.get("year", "")
        this = next((year for year in years if str(year) == asked), None)
        if this is None:
            this = school_year_of(local_date_of(self.now))
        choices = [{"year": year, "label": f"{year}/{(year + 1) % 100:02d}"} for year in years]
        return self.show(
            report=report_of(this, now=self.now), years=choices, label=f"{this}/{(this + 1) % 100:02d}"
        )


class FairnessMenuItem(MenuItem):
    """Its place among the reports."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to those who may open it."""
        return user_can_see(request.user)
