"""Registers the list of tasks and the panel on the front page."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel

from core.worklist.panels import AttentionPanel
from core.worklist.permissions import user_can_see_tasks
from core.worklist.views import AttentionView, GiveView, SnoozeView, WakeView
from core.worklist.viewsets import WorkItemViewSet


@hooks.register("register_admin_viewset")
def register_work_item_viewset() -> WorkItemViewSet:
    """Return the list of tasks."""
    return WorkItemViewSet()


@hooks.register("construct_homepage_panels")
def add_attention_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Put the panel on the front page of those who may see tasks: pages to review are among them already."""
    if user_can_see_tasks(request.user):
        panels[:] = [panel for panel in panels if not isinstance(panel, WorkflowObjectsToModeratePanel)]
        panels.append(AttentionPanel())


@hooks.register("construct_homepage_summary_items", order=1000)  # after those that add to them
def count_what_waits_instead(request: HttpRequest, items: list[Any]) -> None:
    """Leave out how many pages, images and documents there are, where the panel counts what needs a decision."""
    if user_can_see_tasks(request.user):
        items.clear()


@hooks.register("register_admin_urls")
def register_task_urls() -> list[URLPattern]:
    """Return the page of what waits, and the steps with one task."""
    return [
        path("opgaver/", AttentionView.as_view(), name="tasks_waiting"),
        path("opgaver/<int:pk>/giv/", GiveView.as_view(), name="task_give"),
        path("opgaver/<int:pk>/udskyd/", SnoozeView.as_view(), name="task_snooze"),
        path("opgaver/<int:pk>/frem/", WakeView.as_view(), name="task_wake"),
    ]
