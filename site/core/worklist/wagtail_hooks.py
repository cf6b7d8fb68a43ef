"""Registers the list of tasks and the panel on the front page."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from core.worklist.panels import AttentionPanel
from core.worklist.viewsets import WorkItemViewSet


@hooks.register("register_admin_viewset")
def register_work_item_viewset() -> WorkItemViewSet:
    """Return the list of tasks."""
    return WorkItemViewSet()


@hooks.register("construct_homepage_panels")
def add_attention_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Put the panel on the front page of those who may see tasks."""
    if request.user.has_perm("worklist.view_workitem"):
        panels.append(AttentionPanel())
