"""Registers the list of sent mails."""

from wagtail import hooks

from core.outbox.viewsets import MessageViewSet


@hooks.register("register_admin_viewset")
def register_message_viewset() -> MessageViewSet:
    """Return the list of sent mails."""
    return MessageViewSet()
