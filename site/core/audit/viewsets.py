"""The audit log in the admin."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from core.audit.models import Entry
from core.cms.viewsets import PeriodFilter, ReadOnlyViewSet, WagtailFilterSet


class EntryFilterSet(WagtailFilterSet):
    """Action, subject, period."""

    action = django_filters.CharFilter(label=_("Action"), lookup_expr="istartswith")
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


class EntryViewSet(ReadOnlyViewSet):
    """«Hændelseslog»."""

    model = Entry
    name = "audit"
    menu_label = _("Audit log")
    icon = "history"
    add_to_admin_menu = True
    menu_order = 810
    list_display = [
        "action",
        "subject",
        "at",
        Column("actor", label=_("By"), accessor=who),
    ]
    list_select_related = ["actor"]
    filterset_class = EntryFilterSet
    inspect_view_fields = ["at", "action", "subject", "actor", "actor_kind", "data"]
