"""What the page frame needs on every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from core.cms.frame import current_frame


def site_frame(request: HttpRequest) -> dict[str, Any]:
    """Return header and footer values, read when a template first asks: the admin and feeds pay nothing."""
    return {"frame": SimpleLazyObject(lambda: current_frame(get_language() or settings.LANGUAGE_CODE))}
