"""Registers the lists of providers and charter in the administration."""

from wagtail import hooks

from charter.viewsets import CharterGroup


@hooks.register("register_admin_viewset")
def register_charter_viewsets() -> CharterGroup:
    """Return the group of lists."""
    return CharterGroup()
