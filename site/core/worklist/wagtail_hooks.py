"""Registers the list of tasks and the panel on the front page."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail import hooks

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
    """Put the panel on the front page of those who may see tasks."""
    if user_can_see_tasks(request.user):
        panels.append(AttentionPanel())


@hooks.register("register_admin_urls")
def register_task_urls() -> list[URLPattern]:
    """Return the page of what waits, and the steps with one task."""
    return [
        path("opgaver/", AttentionView.as_view(), name="tasks_waiting"),
        path("opgaver/<int:pk>/giv/", GiveView.as_view(), name="task_give"),
        path("opgaver/<int:pk>/udskyd/", SnoozeView.as_view(), name="task_snooze"),
        path("opgaver/<int:pk>/frem/", WakeView.as_view(), name="task_wake"),
    ]
