"""Making a booking: form, review, receipt (DOMAIN.md 5). Posting is counted per address (X4)."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from booking import links, visitor, wording
from booking.class_rows import focus_after, initial_rows, reshaped, with_only
from booking.enums import BookingState
from booking.errors import (
    AddressNotAllowedError,
    BookingRefusedError,
    ClassAlreadyBookedError,
    ClassTwiceError,
    EveningNotFreeError,
    GroupTooLargeError,
    GroupTooSmallError,
    NeverFitsError,
    NoSchoolYetError,
    SchoolCannotBookError,
    SessionFullError,
)
from booking.forms import BookingForm, SchoolBookingForm, form_for, school_label
from booking.models import SESSION_MOVED, Booking
from booking.operations import extend_hold, hold_places, release_hold, submit_booking
from booking.packages import evening_of, is_waiting_for_a_school
from booking.presentation import (
    FewerClasses,
    booking_sections,
    dates_of_courses,
    days_off_text,
    fewer_classes,
    next_free_dates,
    refusal_text,
)
from booking.reading import booked_of, sent_from, started_in
from booking.rules import bare_domain, has_queue, is_full
from booking.sms_forms import sms_initial
from booking.standing import standings
from booking.wording import answer_text, position_text
from charter.public import badge_of
from core.limits.errors import LimitExceededError
from core.limits.limits import hit, limited, too_many_response
from core.links.errors import LinkError
from core.links.tokens import read_token
from core.prepared import prepared
from workshops.calendars import is_plan_known, local_date_of
from workshops.enums import Audience, SessionState, WhyNotBookable
from workshops.models import School, Session
from workshops.rules import why_course_not_bookable


@limited("sign_up_ip")
@never_cache
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the booking form of a session; on POST hold the places and go on to the review."""
    now = timezone.now()
    session = _session(session_id, now=now)
    if request.method == "POST":
        return _hold(request, session, now=now)
    if is_waiting_for_a_school(session):
        refusal = NoSchoolYetError()
        return _not_bookable(request, session, why=refusal.code, text=refusal.message, now=now)
    started = _started(request, session_id)
    why = why_course_not_bookable([date.booking_facts for date in _dates(session, now=now)], now)
    # What this browser holds itself may be all there was: its form can still be changed.
    is_mine = why is WhyNotBookable.FULL and started is not None and started.state == BookingState.HELD
    if why and not is_mine and not (why is WhyNotBookable.FULL and has_queue(session)):
        return _not_bookable(request, session, why=why.value, text=str(why.label), now=now)
    bound = form_for(session, initial=_initial(request, started))
    return _show_form(request, session, bound, now=now)


def _dates(session: Session, *, now: datetime) -> list[Session]:
    """Return what is booked together: the session, or all the dates of its course."""
    if session.course_id is None:
        return [session]
    return dates_of_courses([session], now=now)[session.course_id] or [session]


def _hold(request: HttpRequest, session: Session, *, now: datetime) -> HttpResponse:
    if reshape := reshaped(request.POST):
        bound = form_for(session, reshape)
        return _show_form(request, session, _unchecked(bound, focus_after(request.POST)), now=now)
    bound = form_for(session, with_only(request.POST))
    if "find_school" in request.POST:
        return _show_form(request, session, _only_school_checked(bound), now=now)
    if not bound.is_valid():
        return _show_form(request, session, bound, now=now, status=422)
    key = visitor.browser_key(request) or visitor.new_browser_key()
    try:
        booking = hold_places(
            session_id=session.pk,
            party=bound.party(),
            contact=bound.contact(),
            submission_key=bound.cleaned_data["submission_key"],
            browser_key=key,
            is_invited=_is_invited(request, session, now=now),
            wants_queue="queue" in request.POST,
            evening_id=bound.evening_id if isinstance(bound, SchoolBookingForm) else None,
            now=now,
        )
    except SchoolCannotBookError as refusal:
        school = bound.chosen_school if isinstance(bound, SchoolBookingForm) else None
        context = {"session": session, "why": refusal.facts["why"], "school": school}
        return render(request, "booking/school_cannot_book.html", context, status=403)
    except SessionFullError as refusal:
        return _show_full(request, session, bound, refusal, now=now)
    except EveningNotFreeError as refusal:
        bound.add_error("evening" if "evening" in bound.fields else None, refusal_text(refusal))
        return _show_form(request, session, bound, now=now, status=409)
    except NeverFitsError as refusal:
        bound.add_error("pupils" if bound.party().classes else "seats", refusal.message)
        return _show_form(request, session, bound, now=now, status=409)
    except AddressNotAllowedError as refusal:
        bound.add_error("contact_email", refusal.message)
        return _show_form(request, session, bound, now=now, status=409)
    except (GroupTooSmallError, GroupTooLargeError, ClassAlreadyBookedError, ClassTwiceError) as refusal:
        if isinstance(bound, SchoolBookingForm):
            bound.add_class_refusal(refusal, refusal_text(refusal))
        else:
            bound.add_error("seats", refusal.message)
        return _show_form(request, session, bound, now=now, status=409)
    except BookingRefusedError as refusal:
        fresh = _session(session.pk, now=now)
        return _not_bookable(
            request, fresh, why=refusal.code, text=refusal_text(refusal), now=now, status=409
        )
    next_step = "booking_receipt" if booking.submitted_at else "booking_review"
    response = redirect(next_step, session_id=session.pk)
    # The booking's own: of a form posted twice by a browser without a key, each post brought another.
    visitor.keep_browser_key(response, booking.browser_key or key)
    return response


def _show_full(
    request: HttpRequest, session: Session, bound: BookingForm, refusal: SessionFullError, *, now: datetime
) -> HttpResponse:
    """Say what is left; of several classes, offer those that fit. Nothing is booked (rule 8)."""
    party = bound.party()
    text = refusal_text(refusal, party)
    if len(party.classes) < 2:
        bound.add_error("pupils" if party.classes else "seats", text)
        return _show_form(request, session, bound, now=now, did_not_fit=True, status=409)
    bound.add_error(None, text)
    fewer = fewer_classes(party, refusal, adults_count=session.adults_count)
    return _show_form(request, session, bound, now=now, fewer=fewer, did_not_fit=True, status=409)


@limited("sign_up_ip")
@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show what is about to be sent, with the time the places are held; on POST send it."""
    now = timezone.now()
    booking = _started(request, session_id, with_details=request.method == "GET")
    if booking is None:
        if _sent(request, session_id):
            return redirect("booking_receipt", session_id=session_id)
        return redirect("booking_form", session_id=session_id)
    if request.method == "GET":
        return _show_review(request, booking, session_id, now=now)
    if request.POST.get("seen") != _seen(booking):
        # Another tab of this browser has changed the hold, or the date was moved: nobody sends what they have not read.
        return _show_review(request, booking, session_id, now=now, has_changed=True, status=409)
    is_proven = visitor.has_proven(request, booking.contact_email)
    try:
        if not is_proven:
            hit("sign_up_email", booking.contact_email, now=now)
        submit_booking(booking_id=booking.pk, is_proven=is_proven, now=now)
    except LimitExceededError as error:
        return too_many_response(request, error)
    except BookingRefusedError as refusal:
        session = _session(session_id, now=now)
        return _not_bookable(request, session, why=refusal.code, text=refusal.message, now=now, status=409)
    return redirect("booking_receipt", session_id=session_id)


@limited("sign_up_ip")
@require_POST
def extend(request: HttpRequest, session_id: int) -> HttpResponse:
    """Give the hold another 15 minutes and go back to the review."""
    booking = _started(request, session_id)
    if booking is not None:
        try:
            extend_hold(booking_id=booking.pk, now=timezone.now())
        except BookingRefusedError as refusal:
            session = _session(session_id, now=timezone.now())
            return _show_review(
                request, booking, session.pk, now=timezone.now(), refusal=refusal.message, status=409
            )
    return redirect("booking_review", session_id=session_id)


@limited("sign_up_ip")
@require_POST
def give_up(request: HttpRequest, session_id: int) -> HttpResponse:
    """Let the hold go and return to the form's page."""
    booking = _started(request, session_id)
    if booking is not None:
        release_hold(booking_id=booking.pk, now=timezone.now())
    return redirect("booking_form", session_id=session_id)


@never_cache
@require_GET
def receipt(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the receipt of what this browser sent, or that the e-mail must be confirmed first."""
    booking = _sent(request, session_id)
    if booking is None:
        return redirect("booking_form", session_id=session_id)
    is_proven = booking.proven_at is not None and visitor.has_proven(request, booking.contact_email)
    context = {
        "booking": booking,
        "session_id": session_id,
        "sections": booking_sections(booking),
        "manage_path": links.manage_path(booking) if is_proven else "",
        # Several dates have a file each, on the booking's own page.
        "file_token": links.manage_token(booking) if is_proven and len(booked_of(booking)) == 1 else "",
        "is_unproven": booking.proven_at is None
        and booking.state in (BookingState.HELD, BookingState.WAITING),
        "is_queue": booking.state == BookingState.WAITING,
        "position": position_text(booked_of(booking)[0]) if booking.state == BookingState.WAITING else "",
        "answer_text": answer_text(booking, now=timezone.now()),
        "is_offered": booking.state == BookingState.OFFERED,
        "answer_path": links.answer_path(booking) if is_proven else "",
        "is_awaiting": booking.state == BookingState.AWAITING_APPROVAL,
        "is_confirmed": booking.state == BookingState.CONFIRMED,
    }
    return render(request, "booking/receipt.html", context)


def _session(session_id: int, *, now: datetime) -> Session:
    """Return an announced session with the facts the pages need. 404 for drafts: they are not public."""
    found: list[Session] = _announced(session_id=session_id, now=now)
    if not found:
        raise Http404
    return found[0]


@prepared(derives={"now": [local_date_of]})
def _announced(*, session_id: int, now: datetime) -> QuerySet[Any]:
    announced = Session.objects.exclude(state=SessionState.DRAFT).filter(pk=session_id)
    return announced.select_related("provider", "venue", "for_school", "offer").with_booking_facts(now=now)


def _started(request: HttpRequest, session_id: int, *, with_details: bool = True) -> Booking | None:
    """Return what this browser is filling in for the session; a hold that ran out too, so that nothing is lost."""
    key = visitor.browser_key(request)
    return started_in(key, session_id, with_details=with_details) if key else None


def _sent(request: HttpRequest, session_id: int) -> Booking | None:
    key = visitor.browser_key(request)
    return sent_from(key, session_id) if key else None


def _is_invited(request: HttpRequest, session: Session, *, now: datetime) -> bool:
    """Whether the visitor carries the session's invitation link (F6)."""
    token = request.POST.get("invitation") or request.GET.get("invitation") or ""
    try:
        claim = read_token(token, purpose=links.INVITE, now=now)
    except LinkError:
        return False
    return claim.object_id == session.pk and claim.generation == session.link_generation


def _seen(booking: Booking) -> str:
    moved = ".moved" if booking.end_reason == SESSION_MOVED else ""
    return f"{booking.pk}.{booking.hold_extensions}{moved}"


def _initial(request: HttpRequest, started: Booking | None) -> dict[str, Any]:
    """Return what the form already knows: a started booking, a school in the address, the log-in."""
    initial: dict[str, Any] = {}
    if started is not None:
        initial = {
            "submission_key": started.submission_key,
            "contact_name": started.contact_name,
            "contact_email": started.contact_email,
            "room": started.room,
            "entrance": started.entrance,
            "phone_on_day": started.phone_on_day,
            **sms_initial(started.sms_phone),
            "organisation": started.organisation,
            "kind": started.kind,
            "needs": started.needs,
            "interpreter_language": started.interpreter_language,
            "seats": sum(booked.people for booked in started.booked_sessions.all()),
        }
        if started.school:
            initial["school_query"] = school_label(started.school)
        if evening := evening_of(started):
            initial["evening"] = str(evening.pk)
        return initial | initial_rows(started.classes.all())
    number = request.GET.get("skole", "")
    if number.isascii() and number.isdigit() and len(number) == 6:
        school = School.objects.bookable(on=timezone.localdate()).filter(institution_number=number).first()
        if school:
            initial["school_query"] = school_label(school)
    if request.user.is_authenticated:
        initial |= {"contact_email": request.user.email, "contact_name": request.user.get_full_name()}
    return initial


def _only_school_checked(bound: BookingForm) -> BookingForm:
    """Look the school up and leave the other fields in peace: they are not filled in yet."""
    bound.full_clean()
    kept = {name: errors for name, errors in bound.errors.items() if name in ("school", "school_query")}
    bound.errors.clear()
    bound.errors.update(kept)
    return bound


def _unchecked(bound: BookingForm, focus: str) -> BookingForm:
    """Keep what is typed and find no fault with it yet: a class was just added or taken out."""
    bound.full_clean()
    bound.errors.clear()
    if isinstance(bound, SchoolBookingForm):
        bound.focus(focus)
    return bound


def _show_form(
    request: HttpRequest,
    session: Session,
    bound: BookingForm,
    *,
    now: datetime,
    fewer: FewerClasses | None = None,
    did_not_fit: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show the form; `did_not_fit` when the party just did not fit: then the waiting list is offered beside it."""
    dates = _dates(session, now=now)
    days = [date.local_date for date in dates]
    school = getattr(bound, "chosen_school", None)
    is_queue = "queue" in request.POST or (is_full(session) and has_queue(session))
    invitation = request.POST.get("invitation") or request.GET.get("invitation") or ""
    domains = [] if invitation else [bare_domain(item) for item in session.offer.allowed_domains]
    context = {
        "session": session,
        "charter_badge": badge_of(session.provider, now=now),
        "form": bound,
        "fewer": fewer,
        "domains": wording.alternatives_text(domains),
        "is_queue": is_queue,
        "dates": (
            next_free_dates(session.offer_id, now=now, leave_out=session)
            if is_queue or (did_not_fit and session.course_id)
            else ()
        ),
        "may_queue": did_not_fit and has_queue(session),
        "waiting": session.waiting,
        "standing": standings(request, [session.pk], now=now).get(session.pk),
        "is_school": session.audience == Audience.SCHOOL,
        "course": dates if session.course_id else (),
        "holiday": days_off_text(days, school=school) if session.audience == Audience.SCHOOL else "",
        "is_plan_missing": session.audience == Audience.SCHOOL and not all(map(is_plan_known, days)),
        "invitation": invitation,
        "schools": (
            School.objects.bookable(on=timezone.localdate(now)).order_by("name")
            if session.audience == Audience.SCHOOL
            else ()
        ),
        "found_school": school,
    }
    return render(request, "booking/form.html", context, status=status)


def _show_review(
    request: HttpRequest,
    booking: Booking,
    session_id: int,
    *,
    now: datetime,
    has_changed: bool = False,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    booked = booking.booked_sessions.all()[0]
    is_held = (
        booking.state == BookingState.HELD and booking.held_until is not None and booking.held_until > now
    )
    context = {
        "booking": booking,
        "session_id": session_id,
        "session": booked.session,
        "holiday": _own_days_off(
            booking, [item.session.local_date for item in booking.booked_sessions.all()]
        ),
        "sections": booking_sections(booking, edit=True),
        "is_held": is_held,
        "is_queue": booking.state == BookingState.WAITING,
        "seconds_left": max(0, int((booking.held_until - now).total_seconds())) if booking.held_until else 0,
        "can_extend": booking.hold_extensions < 3,
        "seen": _seen(booking),
        "has_changed": has_changed,
        "refusal": refusal,
        "is_proven": visitor.has_proven(request, booking.contact_email),
    }
    return render(request, "booking/review.html", context, status=status)


def _own_days_off(booking: Any, days: list[date]) -> str:
    """Return the days off by a school's own plan: the form may have been filled in before the school was known.

    The municipal plan's days were shown there, so schools without a plan of their own cost no statement (S18).
    """
    return days_off_text(days, school=booking.school) if booking.school_has_own_plan else ""


def _not_bookable(
    request: HttpRequest, session: Session, *, why: str, text: str, now: datetime, status: int = 200
) -> HttpResponse:
    """Show why a date cannot be booked, and the dates that can (P8)."""
    context = {
        "session": session,
        "course": _dates(session, now=now) if session.course_id else (),
        "why": why,
        "text": text,
        "is_school": session.audience == Audience.SCHOOL,
        "dates": next_free_dates(session.offer_id, now=now, leave_out=session),
    }
    return render(request, "booking/not_bookable.html", context, status=status)
