"""The link to one's own data: one purpose, one request, an hour (X1)."""

from datetime import datetime

from django.urls import reverse
from django.utils import translation

from core.links.errors import LinkInvalidError
from core.links.tokens import absolute_url, make_token, read_token
from core.privacy.models import DataRequest

OWN_DATA = "own-data"


def own_data_url(request: DataRequest) -> str:
    """Return the whole address of the page, in the language it was asked for in."""
    token = make_token(OWN_DATA, request.pk, request.link_generation, expires_at=request.expires_at)
    with translation.override(request.language):
        return absolute_url(reverse("own_data", args=[token]))


def request_of(token: str, *, now: datetime) -> DataRequest:
    """Return the request that a link belongs to.

    Raises:
        LinkError: cut off, run out, or what it led to has been deleted.
    """
    claim = read_token(token, purpose=OWN_DATA, now=now)
    found = DataRequest.objects.filter(pk=claim.object_id).first()
    if found is None:
        raise LinkInvalidError
    claim.require_generation(found.link_generation)
    return found
