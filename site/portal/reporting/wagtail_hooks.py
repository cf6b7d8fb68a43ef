"""Registers the goals in the administration."""

from wagtail import hooks

from portal.reporting.viewsets import AnnualGoalViewSet


@hooks.register("register_admin_viewset")
def register_goals() -> AnnualGoalViewSet:
    """Return the list of goals."""
    return AnnualGoalViewSet()
