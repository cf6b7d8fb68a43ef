"""Registers the panel of late jobs."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from portal.periodic.panels import LateJobsPanel


@hooks.register("construct_homepage_panels")
def add_late_jobs_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Tell staff who see tasks when something runs late."""
    if request.user.has_perm("worklist.view_workitem"):
        panels.append(LateJobsPanel())
