"""Registers the goals in the administration."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from portal.reporting.viewsets import AnnualGoalViewSet


@hooks.register("register_admin_viewset")
def register_goals() -> AnnualGoalViewSet:
    """Return the list of goals."""
    return AnnualGoalViewSet()


@hooks.register("construct_reports_menu")
def leave_out_page_types(request: HttpRequest, items: list[Any]) -> None:
    """Leave out Wagtail's report of page types: it names code, and there is nothing to do about it."""
    items[:] = [item for item in items if item.name != "page-types-usage"]
