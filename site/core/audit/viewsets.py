"""The audit log in the admin."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button

from core import exports
from core.accounts.closing import uses
from core.accounts.models import User
from core.audit import registry
from core.audit.log import Actor, record
from core.audit.models import Entry
from core.cms.viewsets import (
    PeriodFilter,
    ReadOnlyIndexView,
    ReadOnlyInspectView,
    ReadOnlyViewSet,
    WagtailFilterSet,
)

READING = ("_read", ".read", ".searched", ".exported", ".previewed")
"""How the names of acts end that only look at personal data (ADR 12)."""


def people_with_a_role() -> QuerySet[User]:
    """Return staff and those who act for a provider, by name: a choice among all who ever logged in is none."""
    has_role = Q(groups__isnull=False) | Q(is_superuser=True)
    for use in uses():
        has_role |= use.condition()
    return User.objects.filter(pk__in=User.objects.filter(has_role).values("pk")).order_by(
        "first_name", "last_name", "email"
    )


class EntryFilterSet(WagtailFilterSet):
    """Who, action, what it concerns, period; and whether somebody looked or changed (R9)."""

    actor = django_filters.ModelChoiceFilter(label=_("By"), queryset=lambda request: people_with_a_role())
    actor_kind = django_filters.ChoiceFilter(label=_("Who"), choices=lambda: list(KINDS.items()))
    action = django_filters.ChoiceFilter(label=_("Action"), choices=registry.action_choices)
    kind = django_filters.ChoiceFilter(
        label=_("Looked or changed"),
        choices=[("read", _("Looked at personal data")), ("write", _("Changed something"))],
        method="filter_kind",
    )
    about = django_filters.ChoiceFilter(
        label=_("Kind of thing"), choices=registry.subject_choices, method="filter_about"
    )
    subject = django_filters.CharFilter(
        label=_("Concerns"), lookup_expr="exact", help_text=_("As it is called in the log: booking:17")
    )
    at = PeriodFilter()

    class Meta:
        model = Entry
        fields = ["actor", "actor_kind", "action", "kind", "about", "subject", "at"]

    def filter_kind(self, queryset: Any, name: str, value: str) -> QuerySet[Entry]:
        """Keep what only looked, or what changed something."""
        looked = Q(pk__in=[])
        for ending in READING:
            looked |= Q(action__endswith=ending)
        return queryset.filter(looked) if value == "read" else queryset.exclude(looked)

    def filter_about(self, queryset: Any, name: str, value: str) -> QuerySet[Entry]:
        """Keep what was done to one kind of thing."""
        return queryset.filter(Q(subject=value) | Q(subject__startswith=f"{value}:"))


KINDS: dict[str, Any] = {
    "user": _("Somebody logged in"),
    "visitor": _("A visitor"),
    "link": _("Whoever has the personal link"),
    "system": _("The portal itself"),
}


def who(entry: Any) -> str:
    """Return who acted: a name where there is one."""
    return str(entry.actor or KINDS.get(entry.actor_kind, entry.actor_kind))


class EntryIndexView(ReadOnlyIndexView):
    """The log, and its export as filtered: one line an entry, without anybody's address (R9)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send a file where one is asked for; that too is written down."""
        wanted = request.GET.get("export", "")
        if wanted not in exports.FORMATS:
            return super().dispatch(request, *args, **kwargs)
        if not self.user_has_any_permission(self.any_permission_required):
            raise PermissionDenied
        newest = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        rows = self.filter_queryset(self.get_base_queryset().filter(pk__lte=newest)).order_by("-at", "-pk")
        table = exports.Table(
            title=gettext("Audit log"),
            headings=[_("At"), _("By"), _("Action"), _("Concerns"), _("Reference"), _("Data")],
            rows=([*_cells(entry)] for entry in rows.iterator(chunk_size=2000)),
        )
        record("audit.exported", "audit", actor=Actor.of(request.user), now=timezone.now(), file=wanted)
        return exports.table_response(table, file_format=wanted, filename=gettext("event-log"))

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """Offer what the list shows as a file."""
        return [
            Button(label, url=self._export_url(file_format), icon_name="download", priority=90)
            for file_format, label in ((exports.CSV, _("Download CSV")), (exports.XLSX, _("Download XLSX")))
        ]

    def _export_url(self, file_format: str) -> str:
        asked = self.request.GET.copy()
        asked.pop("p", None)
        asked["export"] = file_format
        return f"{self.request.path}?{asked.urlencode()}"


def _cells(entry: Entry) -> tuple[Any, ...]:
    facts = ", ".join(f"{key}: {value}" for key, value in sorted(entry.data.items()))
    return (entry.at, _name_of(entry), entry.action_name(), entry.subject_name(), entry.subject, facts)


def _name_of(entry: Entry) -> str:
    """Name a person where there is a name; an address is no part of an export."""
    if entry.actor is None:
        return str(KINDS.get(entry.actor_kind, entry.actor_kind))
    return entry.actor.get_full_name() or gettext("User %(number)s") % {"number": entry.actor.pk}


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
    index_view_class = EntryIndexView
    inspect_view_class = EntryInspectView
    inspect_view_fields = ["at", "action", "subject", "actor", "data"]
