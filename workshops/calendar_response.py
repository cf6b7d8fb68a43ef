"""A calendar feed as an HTTP response: conditional by its bytes."""

import hashlib
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag


def calendar_response(
    request: HttpRequest, body: bytes, *, changed_at: datetime | None, cache_control: str
) -> HttpResponse:
    """Return a feed, or 304 while its bytes are what the reader has.

    If-Modified-Since alone never gives 304: a lapsed charter takes entries away without changing them.
    """
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    found = get_conditional_response(request, etag=etag)
    response = found or HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = cache_control
    if changed_at is not None:
        response["Last-Modified"] = http_date(changed_at.timestamp())
    return response
