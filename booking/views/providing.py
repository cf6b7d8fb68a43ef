"""A provider's own pages of its sessions: what is booked, and the yes or no where the offer leaves it to them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from booking.attendance.door import has_door
from booking.enums import DeclineReason
from booking.errors import BookingRefusedError
from booking.messaging.reading import has_somebody_to_write_to, messages_of
from booking.models import Booking
from booking.operations import approve_booking, decline_booking
from booking.permissions import (
    provider_decides,
    user_can_change_sessions_of,
    user_can_report_for,
    user_can_write_to_booked_of,
    user_registered,
)
from booking.provider_pages import (
    earlier_sessions_of,
    places_of,
    sessions_of,
    sign_ups_of,
    state_of,
    summary_of,
    to_decide,
    visits_of,
    whole_session,
)
from charter.models import Provider
from charter.permissions import user_is_member
from core.audit.log import Actor
from core.privacy.operations import note_reading
from workshops.enums import UPCOMING_STATES, SessionState
from workshops.models import Session
from workshops.operations.sessions import EDITABLE_STATES

_PER_PAGE = 20


@login_required
@never_cache
@require_GET
def provider_dates(request: HttpRequest, slug: str) -> HttpResponse:
    """List a provider's own dates, those ahead or those that are over (L2); to others it does not exist."""
    provider = get_object_or_404(Provider, slug=slug)
    if not user_is_member(request.user, provider.pk):
        raise Http404
    now = timezone.now()
    is_earlier = request.GET.get("vis") == "tidligere"
    found = earlier_sessions_of(provider.pk, now=now) if is_earlier else sessions_of(provider.pk, now=now)
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("side"))
    rows = []
    for session in page:
        state, kind = state_of(session, now=now)
        rows.append(
            {
                "session": session,
                "summary": summary_of(session),
                "place": session.venue.name if session.venue else "",
                "state": state,
                "kind": kind,
            }
        )
    context = {"provider": provider, "rows": rows, "page_of_dates": page, "is_earlier": is_earlier}
    return render(request, "booking/provider_dates.html", context)


@login_required
@never_cache
@require_GET
def provider_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show one session to the members of its provider; to others it does not exist (rule 12)."""
    session = _own_session(request, session_id)
    now = timezone.now()
    visits = visits_of(session, user=request.user)
    if any(visit.contact for visit in visits):
        note_reading(
            "session.contacts_read",
            f"session:{session.pk}",
            actor=Actor.of(request.user),
            now=now,
            provider_id=session.provider_id,
        )
    is_ahead = session.state in EDITABLE_STATES and session.starts_at > now
    state, state_kind = state_of(session, now=now)
    is_reported = session.state in (SessionState.HELD, SessionState.NOT_HELD)
    can_report = (
        session.starts_at <= now
        and (is_reported or session.state in UPCOMING_STATES)
        and user_can_report_for(request.user, session.provider_id)
    )
    return render(
        request,
        "booking/provider_session.html",
        {
            "session": session,
            "provider": session.provider,
            "visits": visits,
            "sign_ups": sign_ups_of(session),
            "to_decide": to_decide(session, user=request.user),
            "decline_reasons": DeclineReason.choices,
            "places": places_of(session),
            "state": state,
            "state_kind": state_kind,
            "is_ahead": is_ahead,
            "can_report": can_report,
            "has_door": has_door(session) and user_can_report_for(request.user, session.provider_id),
            "is_reported": is_reported,
            "can_write": has_somebody_to_write_to(session, now=now)
            and user_can_write_to_booked_of(request.user, session.provider_id),
            "messages_sent": messages_of(session.pk),
            "can_change": is_ahead and user_can_change_sessions_of(request.user, session.provider_id),
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
        messages.error(request, refusal.insider_message)
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
        messages.error(request, refusal.insider_message)
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
