"""The list of sent mails in the admin."""

from typing import Any

import django_filters
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.log import Actor
from core.cms.viewsets import PeriodFilter, ReadOnlyInspectView, ReadOnlyViewSet, RowAction, WagtailFilterSet
from core.outbox.errors import MessageNotFailedError
from core.outbox.models import Message
from core.outbox.operations import retry_message
from core.outbox.registry import all_types
from core.privacy.operations import note_reading


def _type_choices() -> list[tuple[str, Any]]:
    return sorted(((kind.name, kind.title) for kind in all_types()), key=lambda pair: str(pair[1]))


class MessageFilterSet(WagtailFilterSet):
    """State, type, period, recipient."""

    mail_type = django_filters.ChoiceFilter(label=_("Type"), choices=_type_choices)
    queued_at = PeriodFilter(label=_("Queued"))
    to_email = django_filters.CharFilter(label=_("Recipient’s e-mail"), lookup_expr="iexact")
    about = django_filters.CharFilter(label=_("About"), lookup_expr="exact")

    class Meta:
        model = Message
        fields = ["state", "mail_type", "queued_at", "to_email", "about"]


class MessageInspectView(ReadOnlyInspectView):
    """One mail: what became of it. Who opens it sees an address: that is written down (ADR 12)."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Note the reading, then show the page."""
        note_reading(
            "message.read",
            f"message:{self.object.pk}",
            actor=Actor.of(request.user),
            now=timezone.now(),
        )
        return super().get(request, *args, **kwargs)

    def get_deliveries_display_value(self) -> str:
        """Return what the mail service told, oldest first."""
        return ", ".join(str(delivery) for delivery in self.object.deliveries.all()) or "-"

    def get_page_subtitle(self) -> str:
        """Name the row in words."""
        return str(self.object.type_title())

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Name the deliveries, which are no column."""
        if field_name == "deliveries":
            return str(_("Reports from the mail service"))
        return super().get_field_label(field_name, field)


class MessageViewSet(ReadOnlyViewSet):
    """«Udsendte mails»."""

    model = Message
    name = "outbox"
    menu_label = _("Sent e-mails")
    icon = "mail"
    add_to_admin_menu = True
    menu_order = 800
    list_display = ["type_title", "recipient", "state", "queued_at", "sent_at", "attempts"]
    filterset_class = MessageFilterSet
    inspect_view_class = MessageInspectView
    inspect_view_fields = [
        "type_title",
        "recipient",
        "language",
        "about",
        "state",
        "queued_at",
        "send_after",
        "sent_at",
        "attempts",
        "last_error",
        "deliveries",
        "message_id",
        "delete_after",
    ]
    actions = [
        RowAction(
            name="retry",
            label=_("Try again"),
            run=lambda message, request, now: retry_message(
                message_id=message.pk, actor=Actor.of(request.user), now=now
            ),
            done=_("The e-mail is queued and will be sent within a minute."),
            is_possible=lambda message: message.can_retry,
            refusals=(MessageNotFailedError,),
        )
    ]
