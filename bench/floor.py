"""Views that do the least: the conditional UPDATE and the INSERT; one query and a table of 20 rows; a plain page."""

import secrets
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils import timezone
from wagtail import urls as wagtail_urls

from booking.enums import BookingKind, BookingState, Channel
from booking.models import Booking
from workshops.models import Session

_ROWS = engines["django"].from_string((Path(__file__).parent / "templates/bench/rows.html").read_text())


def book(request: HttpRequest, session_id: int) -> HttpResponse:
    """Take one seat and write one row."""
    now = timezone.now()
    with transaction.atomic():
        if not Session.objects.filter(
            pk=session_id, state="open", people_taken__lte=F("max_people") - 1
        ).update(people_taken=F("people_taken") + 1):
            return HttpResponse(status=409)
        Booking.objects.create(
            reference=secrets.token_hex(5).upper(),
            kind=BookingKind.PERSON,
            state=BookingState.HELD,
            channel=Channel.WEB,
            contact_name="Gæst",
            contact_email="visitor@example.dk",
            started_at=now,
            held_until=now + timedelta(minutes=15),
        )
    return HttpResponse("ok")


def rows(request: HttpRequest) -> HttpResponse:
    """Show twenty sessions."""
    return HttpResponse(_ROWS.render({"sessions": Session.objects.order_by("pk")[:20]}, request))


def alive(request: HttpRequest) -> HttpResponse:
    """Say that the server answers."""
    return HttpResponse("ok")


urlpatterns = [
    path("floor/alive/", alive),
    path("floor/book/<int:session_id>/", book),
    path("floor/rows/", rows),
    path("", include(wagtail_urls)),
]
