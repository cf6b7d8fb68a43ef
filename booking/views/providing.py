"""A provider's own pages of its sessions: what is booked, and the yes or no where the offer leaves it to them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from booking.enums import DeclineReason
from booking.errors import BookingRefusedError
from booking.models import Booking
from booking.operations import approve_booking, decline_booking
from booking.permissions import provider_decides, user_registered
from booking.provider_pages import sign_ups_of, to_decide, visits_of, whole_session
from charter.permissions import user_is_member
from core.audit.log import Actor
from workshops.models import Session


@login_required
@never_cache
@require_GET
def provider_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show one session to the members of its provider; to others it does not exist (rule 12)."""
    session = _own_session(request, session_id)
    return render(
        request,
        "booking/provider_session.html",
        {
            "session": session,
            "provider": session.provider,
            "visits": visits_of(session, user=request.user),
            "sign_ups": sign_ups_of(session),
            "to_decide": to_decide(session, user=request.user),
            "decline_reasons": DeclineReason.choices,
        },
    )


@login_required
@require_POST
def provider_approve(request: HttpRequest, session_id: int, booking_id: int) -> HttpResponse:
    """A coordinator says yes."""
    booking = _booking_to_decide(request, session_id, booking_id)
    try:
        approve_booking(booking_id=booking.pk, actor=Actor.of(request.user), now=timezone.now())
    except BookingRefusedError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("You said yes. We have sent the receipt."))
    return redirect("provider_session", session_id=session_id)


@login_required
@require_POST
def provider_decline(request: HttpRequest, session_id: int, booking_id: int) -> HttpResponse:
    """A coordinator says no, with a reason."""
    booking = _booking_to_decide(request, session_id, booking_id)
    reason = request.POST.get("reason", "")
    if reason not in DeclineReason.values:
        messages.error(request, _("Choose why you say no."))
        return redirect("provider_session", session_id=session_id)
    try:
        decline_booking(
            booking_id=booking.pk, reason=reason, actor=Actor.of(request.user), now=timezone.now()
        )
    except BookingRefusedError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("You said no. We have told them, and the place is free."))
    return redirect("provider_session", session_id=session_id)


def _own_session(request: HttpRequest, session_id: int) -> Session:
    session = whole_session(session_id)
    if session is None or not user_is_member(request.user, session.provider_id):
        raise Http404
    return session


def _booking_to_decide(request: HttpRequest, session_id: int, booking_id: int) -> Booking:
    """Return a booking of the session that this user may decide; otherwise it does not exist for them."""
    session: Any = get_object_or_404(Session.objects.select_related("offer"), pk=session_id)
    booking = get_object_or_404(Booking, pk=booking_id, booked_sessions__session=session)
    may = provider_decides(request.user, booking, session.offer) and not user_registered(
        request.user, booking
    )
    if not may:
        raise Http404
    return booking
