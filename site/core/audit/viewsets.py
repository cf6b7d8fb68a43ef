"""The audit log in the admin."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from core.audit import registry
from core.audit.models import Entry
from core.cms.viewsets import PeriodFilter, ReadOnlyInspectView, ReadOnlyViewSet, WagtailFilterSet


class EntryFilterSet(WagtailFilterSet):
    """Action, subject, who, period."""

    action = django_filters.ChoiceFilter(label=_("Action"), choices=registry.action_choices)
    subject = django_filters.CharFilter(label=_("Concerns"), lookup_expr="exact")
    at = PeriodFilter()

    class Meta:
        model = Entry
        fields = ["action", "subject", "at", "actor_kind"]


KINDS: dict[str, Any] = {
    "user": _("Somebody logged in"),
    "visitor": _("A visitor"),
    "link": _("Whoever has the personal link"),
    "system": _("The portal itself"),
}


def who(entry: Any) -> str:
    """Return who acted: a name where there is one."""
    return str(entry.actor or KINDS.get(entry.actor_kind, entry.actor_kind))


class EntryInspectView(ReadOnlyInspectView):
    """One entry, in words."""

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """Name the action, what it is about and who acted."""
        if field_name == "actor":
            return who(self.object)
        if field_name in {"action", "subject"}:
            return getattr(self.object, f"{field_name}_name")()
        return super().get_field_display_value(field_name, field)


class EntryViewSet(ReadOnlyViewSet):
    """«Hændelseslog»."""

    model = Entry
    name = "audit"
    menu_label = _("Audit log")
    icon = "history"
    add_to_admin_menu = True
    menu_order = 810
    list_display = [
        "action_name",
        "subject_name",
        "at",
        Column("actor", label=_("By"), accessor=who),
    ]
    list_select_related = ["actor"]
    filterset_class = EntryFilterSet
    inspect_view_class = EntryInspectView
    inspect_view_fields = ["at", "action", "subject", "actor", "data"]
