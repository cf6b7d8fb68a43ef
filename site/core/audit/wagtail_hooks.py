"""Registers the audit log."""

from wagtail import hooks

from core.audit.viewsets import EntryViewSet


@hooks.register("register_admin_viewset")
def register_entry_viewset() -> EntryViewSet:
    """Return the audit log."""
    return EntryViewSet()
