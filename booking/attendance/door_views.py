"""The door list on a phone: tick or count, print; a lost network loses no tick (F5, rule 13)."""

import uuid
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking.attendance.door import Arrivals, door_list, has_door, tick
from booking.attendance.errors import DoorClosedError, WrongTickError
from booking.attendance.rules import door_is_open
from booking.errors import BookingRefusedError
from booking.operations.administering import note_door_reading
from booking.permissions import user_can_report_for
from core.audit.log import Actor
from workshops.models import Session


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the list to the provider's coordinators and facilitators; on POST take one tick."""
    session = Session.objects.select_related("provider", "venue", "for_school").filter(pk=session_id).first()
    if session is None or not user_can_report_for(request.user, session.provider_id):
        raise Http404
    if not has_door(session):
        raise Http404
    now = timezone.now()
    if request.method == "POST":
        return _tick(request, session, now=now)
    return _show(request, session, now=now)


def _show(request: HttpRequest, session: Session, *, now: datetime, notice: str = "") -> HttpResponse:
    context = {
        "session": session,
        "provider": session.provider,
        "back_url": reverse("provider_session", args=[session.pk]),
        "report_url": reverse("session_report", args=[session.pk]),
        "has_begun": session.starts_at <= now,
        "notice": notice,
    }
    if door_is_open(session.starts_at, session.ends_at, now=now):
        note_door_reading(session_id=session.pk, actor=Actor.of(request.user), now=now)
        context["door"] = door_list(session)
    return render(request, "booking/attendance/door.html", context, status=409 if notice else 200)


def _tick(request: HttpRequest, session: Session, *, now: datetime) -> HttpResponse:
    """Take a tick from the page's form, or from its script, which waits for a number to show."""
    booked = request.POST.get("booked", "")
    try:
        arrivals = tick(
            session_id=session.pk,
            booked_id=_number(booked) if booked else None,
            people=_number(request.POST.get("people", "")),
            client_id=_client_id(request.POST.get("client_id", "")),
            made_at=_moment(request.POST.get("made_at", ""), now=now),
            actor=Actor.of(request.user),
            now=now,
        )
    except BookingRefusedError as refusal:
        if _is_script(request):
            status = 410 if isinstance(refusal, DoorClosedError) else 422
            return JsonResponse({"code": refusal.code, "text": refusal.message}, status=status)
        return _show(request, session, now=now, notice=refusal.message)
    if _is_script(request):
        return JsonResponse(_counted(arrivals))
    place = f"tilmelding-{booked}" if booked else "uden-tilmelding"
    return redirect(f"{reverse('session_door', args=[session.pk])}#{place}")


def _counted(arrivals: Arrivals) -> dict[str, int]:
    return {"total": arrivals.total}


def _is_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _number(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise WrongTickError from None
    if abs(number) > 2**31:
        raise WrongTickError
    return number


def _client_id(text: str) -> uuid.UUID:
    """Return the tick's own id; the plain form has none, and is not sent again by a script."""
    if not text:
        return uuid.uuid4()
    try:
        return uuid.UUID(text)
    except ValueError:
        raise WrongTickError from None


def _moment(text: str, *, now: datetime) -> datetime:
    try:
        moment = parse_datetime(text) if text else None
    except ValueError:
        moment = None
    return moment if moment is not None and timezone.is_aware(moment) else now
