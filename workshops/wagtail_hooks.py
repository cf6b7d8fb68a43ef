"""Registers workshops' part of the administration."""

from wagtail import hooks

from workshops.planning.viewsets import PlanningGroup, SchoolGroup


@hooks.register("register_admin_viewset")
def register_planning_group() -> PlanningGroup:
    """Return sessions, schedules and places."""
    return PlanningGroup()


@hooks.register("register_admin_viewset")
def register_school_group() -> SchoolGroup:
    """Return schools and days off."""
    return SchoolGroup()
