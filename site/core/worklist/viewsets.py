"""The list of tasks in the admin."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.audit.log import Actor
from core.cms.viewsets import PeriodFilter, ReadOnlyInspectView, ReadOnlyViewSet, RowAction, WagtailFilterSet
from core.worklist.errors import WorkItemError
from core.worklist.history import history_of
from core.worklist.kinds import all_kinds
from core.worklist.models import WorkItem
from core.worklist.operations import assign_item, close_item
from core.worklist.permissions import handlers, user_can_handle_tasks
from core.worklist.views import shown


def _kind_choices() -> list[tuple[str, Any]]:
    return sorted(((kind.name, kind.title) for kind in all_kinds()), key=lambda pair: str(pair[1]))


class WorkItemFilterSet(WagtailFilterSet):
    """Kind, open or closed, provider, period."""

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=_kind_choices)
    is_open = django_filters.ChoiceFilter(
        label=_("Status"),
        choices=[("open", _("Open")), ("closed", _("Closed"))],
        method="filter_open",
    )
    provider_id = django_filters.NumberFilter(label=_("Provider’s number"))
    opened_at = PeriodFilter()

    class Meta:
        model = WorkItem
        fields = ["kind", "is_open", "provider_id", "opened_at"]

    def filter_open(self, queryset: Any, name: str, value: str) -> QuerySet[WorkItem]:
        """Keep open or closed tasks."""
        return queryset.open() if value == "open" else queryset.closed()


class WorkItemInspectView(ReadOnlyInspectView):
    """One task: what it is about and where it is dealt with."""

    template_name = "admin/tasks/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what happened to it, and the forms of who may deal with it."""
        can_handle = self.object.is_open and user_can_handle_tasks(self.request.user)
        return super().get_context_data(
            row=shown(self.object, user=self.request.user, now=timezone.now()),
            history=history_of(self.object),
            can_handle=can_handle,
            handlers=list(handlers()) if can_handle else [],
            **kwargs,
        )

    def get_url_display_value(self) -> str:
        """Return a link to the page where a person decides."""
        url = self.object.url
        return (
            format_html('<a href="{}">{}</a>', url, _("Open the page where you deal with it")) if url else "-"
        )

    def get_page_subtitle(self) -> str:
        """Name the row in words."""
        return str(self.object.kind_title())

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Name the link, which is no column."""
        return str(_("Deal with it")) if field_name == "url" else super().get_field_label(field_name, field)


def _close(item: WorkItem, request: HttpRequest, now: Any) -> None:
    close_item(item_id=item.pk, resolution="done", actor=Actor.of(request.user), now=now)


def _take(item: WorkItem, request: HttpRequest, now: Any) -> None:
    assign_item(
        item_id=item.pk,
        assignee_id=request.user.pk,
        only_if_free=True,
        actor=Actor.of(request.user),
        now=now,
    )


def _release(item: WorkItem, request: HttpRequest, now: Any) -> None:
    assign_item(item_id=item.pk, assignee_id=None, actor=Actor.of(request.user), now=now)


class WorkItemViewSet(ReadOnlyViewSet):
    """«Opgaver»."""

    model = WorkItem
    name = "tasks"
    menu_label = _("Tasks")
    icon = "tasks"
    add_to_admin_menu = True
    menu_order = 50
    list_display = ["description", "kind_title", "opened_at", "due_at", "assignee", "closed_at"]
    list_select_related = ["assignee"]
    filterset_class = WorkItemFilterSet
    inspect_view_class = WorkItemInspectView
    inspect_view_fields = [
        "kind_title",
        "description",
        "url",
        "opened_at",
        "due_at",
        "assignee",
        "wakes_on",
        "closed_at",
        "closed_by",
        "resolution",
    ]
    actions = [
        RowAction(
            name="take",
            label=_("Take the task"),
            run=_take,
            done=_("The task is yours."),
            is_possible=lambda item: item.is_open and item.assignee_id is None,
            refusals=(WorkItemError,),
        ),
        RowAction(
            name="release",
            label=_("Put the task back"),
            run=_release,
            done=_("The task is free for a colleague."),
            is_possible=lambda item: item.is_open and item.assignee_id is not None,
            refusals=(WorkItemError,),
        ),
        RowAction(
            name="close",
            label=_("Close the task"),
            run=_close,
            done=_("The task is closed."),
            is_possible=lambda item: item.is_open,
            refusals=(WorkItemError,),
        ),
    ]

    @cached_property
    def menu_url(self) -> str:
        """Lead to what waits, the page one works from; the list of all is a step further."""
        return reverse("tasks_waiting")
