"""Personal pages of a booking: confirm, see, withdraw, calendar file, my bookings. GET changes nothing (rule 15)."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from booking import links, visitor
from booking.aula import aula_text
from booking.certificates.reading import certificate_of, certificates_of
from booking.enums import BookingKind, BookingState, RequestState, WithdrawalReason
from booking.errors import BookingRefusedError, WithdrawalClosedError
from booking.forms import WithdrawForm
from booking.ical import booked_session_calendar
from booking.models import Booking, DateRequest
from booking.operations import prove_address, withdraw_booking
from booking.operations.changing import is_changeable
from booking.operations.ending import can_withdraw, withdrawable_parts, withdrawal_deadline
from booking.packages import evening_of, sign_up_url
from booking.presentation import END_TEXTS, STATE_KINDS, booking_sections, next_free_dates
from booking.reading import booked_of
from booking.requesting import links as request_links
from booking.requesting import wording as request_wording
from booking.wording import answer_text, position_text
from core.audit.log import LINK
from core.limits.limits import limited
from core.links.errors import LinkError
from core.links.tokens import read_token
from workshops.enums import PlaceKind


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button that confirms the address; mail scanners that open the link change nothing (rule 15)."""
    now = timezone.now()
    try:
        booking = load_booking(token, purpose=links.CONFIRM, now=now)
    except LinkError as error:
        return dead_link(request, error)
    if request.method == "GET" and booking.proven_at is None:
        context = {
            "booking": booking,
            "sections": booking_sections(booking)[:2],
            "is_ended": booking.state not in (BookingState.HELD, BookingState.WAITING, BookingState.EXPIRED),
        }
        return render(request, "booking/confirm.html", context)
    if request.method == "POST":
        try:
            booking = prove_address(booking_id=booking.pk, now=now, actor=LINK)
        except BookingRefusedError as refusal:
            session = booked_of(booking)[0].session
            context = {
                "text": refusal.message,
                "session": session,
                "dates": next_free_dates(session.offer_id, now=now),
                "is_school": booking.kind == BookingKind.SCHOOL,
            }
            return render(request, "booking/not_bookable.html", context, status=409)
        visitor.remember_proven(request, booking.contact_email)
    return redirect(f"{links.manage_path(booking)}?ny=1")


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_GET
def detail(request: HttpRequest, token: str) -> HttpResponse:
    """Show a booking to the holder of its link."""
    now = timezone.now()
    try:
        booking = load_booking(token, purpose=links.MANAGE, now=now)
    except LinkError as error:
        return dead_link(request, error)
    sessions = [booked.session for booked in booked_of(booking)]
    first = sessions[0]
    language = get_language() or "da"
    is_active = booking.state in (BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL)
    offer_path = _offer_path(first.offer_id, language)
    evening = evening_of(booking)
    context = {
        "booking": booking,
        "is_school": booking.kind == BookingKind.SCHOOL,
        "token": token,
        "is_new": request.GET.get("ny") == "1",
        "session": first,
        "sections": booking_sections(booking),
        "state_kind": STATE_KINDS.get(BookingState(booking.state), "neutral"),
        "is_active": is_active,
        "confirm_path": links.confirm_path(booking) if _is_unproven(booking) else "",
        "is_queue": booking.state == BookingState.WAITING and not _is_unproven(booking),
        "position": position_text(booked_of(booking)[0]) if booking.state == BookingState.WAITING else "",
        "answer_text": answer_text(booking, now=now),
        "is_offered": booking.state == BookingState.OFFERED,
        "end_text": END_TEXTS.get(booking.end_reason, ""),
        "is_confirmed": booking.state == BookingState.CONFIRMED,
        "is_over": first.starts_at <= now,
        "pending_email": (
            booking.pending_email if booking.pending_until and booking.pending_until > now else ""
        ),
        "is_changed": request.GET.get("ret") == "1",
        "can_change": is_changeable(booking) and first.starts_at > now,
        "can_withdraw": is_active
        and first.starts_at > now
        and (can_withdraw(booked_of(booking), now=now) or bool(withdrawable_parts(booking, now=now))),
        "evening_url": sign_up_url(evening) if evening and booking.state == BookingState.CONFIRMED else "",
        "withdraw_until": min(withdrawal_deadline(booked) for booked in booked_of(booking)),
        "practical": _practical(booking),
        "entries": entries if len(entries := list(enumerate(sessions, start=1))) > 1 else (),
        "aula": (
            aula_text(booking, sessions, language=language, offer_path=offer_path)
            if booking.kind == BookingKind.SCHOOL and booking.state == BookingState.CONFIRMED
            else ""
        ),
        "online_url": _online_url(booking, now=now),
        "certificate": certificate_of(booking, now=now).state,
    }
    return render(request, "booking/detail.html", context)


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Ask why, then withdraw; after the deadline say whom to call (S11)."""
    now = timezone.now()
    try:
        booking = load_booking(token, purpose=links.MANAGE, now=now)
    except LinkError as error:
        return dead_link(request, error)
    if booking.state == BookingState.WITHDRAWN:
        return redirect("booking_detail", token=token)
    if booking.state == BookingState.OFFERED:
        return redirect("booking_answer", token=token)
    sessions = [booked.session for booked in booked_of(booking)]
    is_queue = booking.state == BookingState.WAITING
    # Nobody is asked why they leave a queue.
    evening = evening_of(booking)
    parts = withdrawable_parts(booking, now=now)
    bound = WithdrawForm(
        {"reason": WithdrawalReason.OTHER} if is_queue else request.POST or None, parts=parts
    )
    is_binding = booking.state not in (BookingState.HELD, BookingState.WAITING)
    is_too_late = is_binding and not parts and not can_withdraw(booked_of(booking), now=now)
    status = 200
    if request.method == "POST" and not is_too_late:
        if bound.is_valid():
            try:
                withdraw_booking(
                    booking_id=booking.pk,
                    reason=bound.cleaned_data["reason"],
                    part=bound.chosen_part,
                    actor=LINK,
                    now=now,
                )
            except WithdrawalClosedError:
                is_too_late = True
            except BookingRefusedError:
                return redirect("booking_detail", token=token)
            else:
                return redirect("booking_detail", token=token)
        status = 422
    context = {
        "booking": booking,
        "token": token,
        "form": bound,
        "session": sessions[0],
        "sections": booking_sections(booking)[:2],
        "is_too_late": is_too_late,
        "is_queue": is_queue,
        "parents": evening.people_taken if evening else 0,
    }
    return render(request, "booking/withdraw.html", context, status=status)


@limited("token_page_ip", methods=("GET",))
@require_GET
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """Return the booking's calendar entry as a file (K1)."""
    try:
        booking = load_booking(token, purpose=links.MANAGE, now=timezone.now())
    except LinkError as error:
        return dead_link(request, error)
    number = request.GET.get("nr", "1")
    booked = booked_of(booking)
    index = int(number) - 1 if number.isascii() and number.isdigit() and 0 < int(number) <= len(booked) else 0
    content = booked_session_calendar(
        booked[index], booking, language=get_language() or "da", method="PUBLISH"
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="aftale.ics"'
    return response


@never_cache
@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """List the bookings made, and dates asked for, with the address one is logged in with (rule 12)."""
    email: str = request.user.email  # type: ignore[union-attr]  # login_required
    bookings = Booking.objects.submitted().of_address(email).with_details().order_by("-submitted_at", "-pk")
    page = Paginator(bookings, 20).get_page(request.GET.get("side"))
    certificates = certificates_of(page, now=timezone.now())
    rows = [
        {
            "booking": booking,
            "path": links.manage_path(booking),
            "session": booked_of(booking)[0].session,
            "state_kind": STATE_KINDS.get(BookingState(booking.state), "neutral"),
            "certificate_path": (
                links.certificate_path(booking) if certificates[booking.pk].is_ready else ""
            ),
        }
        for booking in page
    ]
    context = {"page_of_bookings": page, "rows": rows, "requests": _open_requests(email)}
    return render(request, "booking/mine.html", context)


def _open_requests(email: str) -> list[dict[str, str]]:
    """Return the requests of an address that still await somebody, the newest first (S16)."""
    language = get_language() or "da"
    return [
        {
            "title": request_wording.title_text(asked, language),
            "dates": request_wording.times_text(asked) or request_wording.wishes_text(asked),
            "reference": asked.reference,
            "state": request_wording.state_text(asked),
            "state_kind": request_wording.STATE_KINDS.get(RequestState(asked.state), "neutral"),
            "path": request_links.manage_path(asked),
        }
        for asked in DateRequest.objects.of_address(email).open().with_details()
    ]


def _is_unproven(booking: Booking) -> bool:
    return booking.proven_at is None and booking.state in (BookingState.HELD, BookingState.WAITING)


def load_booking(token: str, *, purpose: str, now: datetime) -> Booking:
    """Return the booking a token names. Raises LinkError (invalid, expired, revoked)."""
    claim = read_token(token, purpose=purpose, now=now)
    booking = Booking.objects.filter(pk=claim.object_id).with_details().first()
    if booking is None:
        from core.links.errors import LinkInvalidError

        raise LinkInvalidError
    claim.require_generation(booking.link_generation)
    return booking


def dead_link(request: HttpRequest, error: LinkError) -> HttpResponse:
    """Say that a link no longer works and how to get a new one; the same page for every kind of bad link."""
    return render(request, "booking/dead_link.html", {"code": error.code}, status=404)


def _practical(booking: Booking) -> list[str]:
    from booking.wording import practical_lines

    return practical_lines(booking, booked_of(booking)[0].session)


def _online_url(booking: Booking, *, now: datetime) -> str:
    """Return the link of an online session: to the confirmed only, from 24 hours before (F4)."""
    from datetime import timedelta

    for booked in booked_of(booking):
        if booked.state != BookingState.CONFIRMED:
            continue
        session = booked.session
        soon = session.starts_at - timedelta(hours=24) <= now <= session.ends_at
        if session.place_kind == PlaceKind.ONLINE and soon:
            return session.online_url
    return ""


def _offer_path(offer_id: int, language: str) -> str:
    """Return where the offer can be read: its page in the language, else the catalogue."""
    from workshops.models import OfferPage

    pages = {page.locale.language_code: page for page in OfferPage.objects.live().filter(offer_id=offer_id)}
    page = pages.get(language) or pages.get("da")
    return (page.get_url() if page else None) or "/tilbud/"
