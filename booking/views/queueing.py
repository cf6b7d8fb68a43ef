"""Answering an offer from the waiting list by link: a page with two buttons; GET changes nothing (rule 15)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import links
from booking.enums import BookingKind, BookingState
from booking.errors import BookingRefusedError, OfferExpiredError
from booking.models import Booking
from booking.operations import accept_offer, decline_offer
from booking.presentation import booking_sections, next_free_dates
from booking.reading import booked_of
from booking.views.managing import dead_link, load_booking
from core.audit.log import LINK
from core.limits.limits import limited
from core.links.errors import LinkError


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the offered place and until when it is kept; on POST say yes or no to it."""
    now = timezone.now()
    try:
        booking = load_booking(token, purpose=links.MANAGE, now=now)
    except LinkError as error:
        return dead_link(request, error)
    if request.method == "POST" and (said := request.POST.get("answer")) in ("yes", "no"):
        act = accept_offer if said == "yes" else decline_offer
        try:
            act(booking_id=booking.pk, actor=LINK, now=now)
        except BookingRefusedError as refusal:
            return _too_late(request, booking, text=refusal.message, status=409)
        return redirect(f"{links.manage_path(booking)}{'?ny=1' if said == 'yes' else ''}")
    if booking.state != BookingState.OFFERED:
        return redirect("booking_detail", token=token)
    if booking.held_until is None or booking.held_until <= now:
        return _too_late(request, booking, text=OfferExpiredError().message, status=200)
    context = {
        "booking": booking,
        "token": token,
        "session": booked_of(booking)[0].session,
        "sections": booking_sections(booking)[:2],
        "is_school": booking.kind == BookingKind.SCHOOL,
    }
    return render(request, "booking/answer.html", context)


def _too_late(request: HttpRequest, booking: Booking, *, text: str, status: int) -> HttpResponse:
    session = booked_of(booking)[0].session
    context = {
        "text": text,
        "session": session,
        "dates": next_free_dates(session.offer_id, now=timezone.now()),
        "is_school": booking.kind == BookingKind.SCHOOL,
    }
    return render(request, "booking/not_bookable.html", context, status=status)
