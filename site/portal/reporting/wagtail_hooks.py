"""Registers the goals in the administration."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.reporting.costs.views import (
    AgreementPricesView,
    CostSessionsView,
    CostsMenuItem,
    CostsView,
    PricesView,
    SessionPriceView,
)
from portal.reporting.views import CountingView, CoverageView, FiguresMenuItem, GoalSessionsView, GoalsView
from portal.reporting.viewsets import AnnualGoalViewSet, SchoolGroupViewSet
from portal.reporting.yearly.viewsets import AnnualReportViewSet


@hooks.register("register_admin_urls")
def register_figures_urls() -> list[URLPattern]:
    """Return the pages of goals and figures."""
    return [
        path("maal/", GoalsView.as_view(), name="goals"),
        path("maal/afholdelser/", GoalSessionsView.as_view(), name="goal_sessions"),
        path("maal/daekning/", CoverageView.as_view(), name="coverage"),
        path("maal/skoletyper/", CountingView.as_view(), name="school_counting"),
    ]


@hooks.register("register_admin_urls")
def register_costs_urls() -> list[URLPattern]:
    """Return the pages of what sessions cost."""
    return [
        path("oekonomi/", CostsView.as_view(), name="costs"),
        path("oekonomi/afholdelser/", CostSessionsView.as_view(), name="cost_sessions"),
        path("oekonomi/afholdelser/<int:pk>/", SessionPriceView.as_view(), name="session_price"),
        path("oekonomi/aftaler/", PricesView.as_view(), name="agreed_prices"),
        path("oekonomi/aftaler/<int:pk>/", AgreementPricesView.as_view(), name="agreement_prices"),
    ]


@hooks.register("register_admin_menu_item")
def register_goals_menu_item() -> MenuItem:
    """Put the goals high in the menu: what the administration looks at in the morning."""
    return FiguresMenuItem(
        _("Goals and figures"), reverse_lazy("goals"), name="goals", icon_name="crosshairs", order=90
    )


@hooks.register("register_admin_menu_item")
def register_costs_menu_item() -> MenuItem:
    """Put the costs beside the goals."""
    return CostsMenuItem(_("Economy"), reverse_lazy("costs"), name="costs", icon_name="tag", order=92)


@hooks.register("register_admin_viewset")
def register_goals() -> AnnualGoalViewSet:
    """Return the list of goals."""
    return AnnualGoalViewSet()


@hooks.register("register_admin_viewset")
def register_school_groups() -> SchoolGroupViewSet:
    """Return the list of groups of schools."""
    return SchoolGroupViewSet()


@hooks.register("register_admin_viewset")
def register_yearly_reports() -> AnnualReportViewSet:
    """Return the list of closed years."""
    return AnnualReportViewSet()


@hooks.register("construct_reports_menu")
def leave_out_page_types(request: HttpRequest, items: list[Any]) -> None:
    """Leave out Wagtail's report of page types: it names code, and there is nothing to do about it."""
    items[:] = [item for item in items if item.name != "page-types-usage"]
