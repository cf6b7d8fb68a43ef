"""Registers the choice of a digest on one's own page."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from portal.digest.panels import DigestPanel


@hooks.register("register_account_settings_panel")
def register_digest_panel(request: HttpRequest, user: Any, profile: Any) -> DigestPanel:
    """Return the panel."""
    return DigestPanel(request, user, profile)
