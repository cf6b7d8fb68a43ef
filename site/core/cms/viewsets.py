"""Lists of the Wagtail admin that show rows and never edit them.

State changes by operations only: a list offers `RowAction`s (a POST each), not forms over columns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.views import generic
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet

_NO_LONGER_POSSIBLE = _("This is no longer possible: something has changed in the meantime.")


@dataclass(frozen=True)
class RowAction:
    """What staff may do with a row on its page: a button that posts, and the operation behind it."""

    name: str
    """Part of the address: letters and hyphens."""

    label: Any
    run: Callable[[Any, HttpRequest, datetime], Any]
    """Calls the operation: `run(row, request, now)`."""

    done: Any
    """What staff are told afterwards."""

    is_possible: Callable[[Any], bool] = lambda row: True
    refusals: tuple[type[Exception], ...] = ()
    refused: Any = _NO_LONGER_POSSIBLE
    is_serious: bool = False
    permission: str = "change"


class PeriodFilter(django_filters.DateFromToRangeFilter):
    """A period of local days over a date or time column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"widget": DateRangePickerWidget, "label": _("Period"), **kwargs})


class ReadOnlyIndexView(generic.IndexView):
    """A list whose rows lead to their page."""

    any_permission_required = ["view", "change"]
    list_select_related: Sequence[str] = ()

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return all rows with what the columns show of others, in one query."""
        queryset = super().get_base_queryset()
        return queryset.select_related(*self.list_select_related) if self.list_select_related else queryset

    def get_list_buttons(self, instance: Model) -> list[Any]:
        """Return no buttons: the row's title is the link."""
        return []


class ReadOnlyInspectView(generic.InspectView):
    """A row's page: its values, and buttons for what may be done."""

    any_permission_required = ["view", "change"]
    template_name = "admin/read_only_inspect.html"
    page_title = _("Details")
    actions: Sequence[RowAction] = ()
    action_url_prefix = ""

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """Say yes, no or nothing in the reader's language, every time in local time (rule 7), and keep lines apart."""
        value = super().get_field_display_value(field_name, field)
        if isinstance(value, datetime) and timezone.is_aware(value):
            # Wagtail's template formats it with |localize, which leaves it in UTC.
            return timezone.localtime(value)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, str) and "\n" in value.strip():
            return linebreaksbr(value, autoescape=True)
        return "–" if value is None or value == "" else value

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the buttons this user may press now."""
        context = super().get_context_data(**kwargs)
        context["row_actions"] = [
            {
                "label": action.label,
                "is_serious": action.is_serious,
                "url": reverse(f"{self.action_url_prefix}{action.name}", args=(self.object.pk,)),
            }
            for action in self.actions
            if self.user_has_permission(action.permission) and action.is_possible(self.object)
        ]
        return context


class RowActionView(PermissionCheckedMixin, View):
    """Runs one action by POST and goes back to the row."""

    http_method_names = ["post"]
    model: Any = None
    action: Any = None
    inspect_url_name = ""
    header_icon = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Run the operation behind the button."""
        action: RowAction = self.action
        if not self.user_has_permission(action.permission):
            raise PermissionDenied
        row = get_object_or_404(self.model, pk=pk)
        if not action.is_possible(row):
            messages.error(request, str(action.refused))
        else:
            try:
                action.run(row, request, timezone.now())
            except action.refusals:
                messages.error(request, str(action.refused))
            else:
                messages.success(request, str(action.done))
        return HttpResponseRedirect(reverse(self.inspect_url_name, args=(pk,)))


class PlainViewSet(ModelViewSet):
    """A list of plain rows with Wagtail's forms: nothing is copied, nothing is dragged into another order."""

    copy_view_enabled = False
    add_to_reference_index = False
    sort_order_field = None
    list_per_page = 50


class KeptViewSet(PlainViewSet):
    """Plain rows that others refer to: none is ever deleted."""

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave the delete view out."""
        return super().get_common_view_kwargs(**{"delete_url_name": None, "usage_url_name": None, **kwargs})

    def get_urlpatterns(self) -> list[Any]:
        """Leave the delete view out."""
        return [item for item in super().get_urlpatterns() if item.name not in {"delete", "usage"}]


class ReadOnlyViewSet(PlainViewSet):
    """A list with filters and a page a row; nothing is added, edited or deleted here.

    Set `model`, `name` (also the address), `menu_label`, `icon`, `list_display`, `list_filter` or
    `filterset_class`, `inspect_view_fields`, and where needed `actions` and `list_select_related`.
    Who may see it and act is said by Django permissions (view, change) that roles grant.
    """

    inspect_view_enabled = True
    index_view_class = ReadOnlyIndexView
    inspect_view_class = ReadOnlyInspectView
    form_fields: Sequence[str] = ()
    actions: Sequence[RowAction] = ()
    list_select_related: Sequence[str] = ()

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out the addresses of views that do not exist here."""
        missing: Mapping[str, None] = {
            f"{view}_url_name": None for view in ("history", "usage", "add", "edit", "delete")
        }
        return super().get_common_view_kwargs(**{**missing, **kwargs})

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Hand the list its name and the joins of its columns."""
        return super().get_index_view_kwargs(
            **{"list_select_related": self.list_select_related, "page_title": self.menu_label, **kwargs}
        )

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Hand the actions to the row's page."""
        return super().get_inspect_view_kwargs(
            **{"actions": self.actions, "action_url_prefix": self.get_url_name("action_"), **kwargs}
        )

    @cached_property
    def _edit_handler(self) -> None:
        return None

    @property
    def url_finder_class(self) -> type[ModelAdminURLFinder]:
        """A row's page stands where Wagtail looks for its edit page."""
        return type(
            "_InspectURLFinder", (ModelAdminURLFinder,), {"edit_url_name": self.get_url_name("inspect")}
        )

    def register_admin_url_finder(self) -> None:
        """Let Wagtail link to a row's page."""
        register_admin_url_finder(self.model, self.url_finder_class)

    def get_urlpatterns(self) -> list[Any]:
        """Return the list, its results, the row's page and its actions; nothing else."""
        from django.urls import path

        kept = {"index", "index_results", "inspect"}
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]
        for action in self.actions:
            view = self.construct_view(
                RowActionView,
                model=self.model,
                action=action,
                inspect_url_name=self.get_url_name("inspect"),
            )
            patterns.append(
                path(f"{action.name}/<{self.pk_path_converter}:pk>/", view, name=f"action_{action.name}")
            )
        return patterns


__all__ = [
    "KeptViewSet",
    "PeriodFilter",
    "PlainViewSet",
    "ReadOnlyIndexView",
    "ReadOnlyInspectView",
    "ReadOnlyViewSet",
    "RowAction",
    "RowActionView",
    "WagtailFilterSet",
]
