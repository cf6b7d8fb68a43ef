"""What the page frame needs on every page."""

from typing import Any

from django.http import HttpRequest


def site_frame(request: HttpRequest) -> dict[str, Any]:
    """Return header and footer values."""
    return {}
