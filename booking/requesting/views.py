"""The asker's pages: form, review, receipt, confirmation, own page, new wishes. GET changes nothing (rule 15)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from booking import links as booking_links
from booking import visitor
from booking.class_rows import focus_after, reshaped
from booking.enums import RequestKind, RequestState
from booking.errors import BookingRefusedError, GroupTooLargeError, GroupTooSmallError, SchoolCannotBookError
from booking.forms import school_label
from booking.models import DateRequest, WishedDate
from booking.operations.answering import accept_time
from booking.operations.requesting import (
    prove_request,
    send_request,
    send_urgent_request,
    wish_anew,
    withdraw_request,
)
from booking.presentation import Row, Section
from booking.requesting import links, wording
from booking.requesting.errors import RequestsNotTakenError
from booking.requesting.forms import RequestForm, TalkRequestForm, UrgentForm, VisitRequestForm, WishesForm
from booking.requesting.rules import asking_kind
from core.audit.log import LINK, VISITOR, Actor
from core.limits.errors import LimitExceededError
from core.limits.limits import hit, limited, too_many_response
from core.links.errors import LinkError, LinkInvalidError
from core.links.tokens import read_token
from workshops.calendars import days_off
from workshops.enums import Audience
from workshops.models import Offer, School


@limited("sign_up_ip")
@never_cache
@require_http_methods(["GET", "POST"])
def request_form(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Ask for another date: the form, the answers to check, then send. Nothing is stored before that."""
    now = timezone.now()
    offer = get_object_or_404(Offer.objects.select_related("provider"), pk=offer_id)
    if asking_kind(offer.audience) is None or not (offer.takes_requests and offer.is_open):
        return _not_taken(request, offer)
    form_class = VisitRequestForm if offer.audience == Audience.SCHOOL else TalkRequestForm
    if request.method == "GET":
        return _show_form(request, offer, form_class(initial=_initial(request)), now=now)
    changed = reshaped(request.POST)
    bound = form_class(request.POST if changed is None else changed)
    if changed is not None or "find_school" in request.POST:
        # These buttons send nothing: fields not filled in yet are left in peace.
        bound.full_clean()
        kept = {name: errors for name, errors in bound.errors.items() if name in ("school", "school_query")}
        bound.errors.clear()
        if changed is None:
            bound.errors.update(kept)
        elif isinstance(bound, VisitRequestForm):
            bound.focus(focus_after(request.POST))
        return _show_form(request, offer, bound, now=now)
    if not bound.is_valid():
        return _show_form(request, offer, bound, now=now, status=422)
    if "edit" in request.POST:
        return _show_form(request, offer, bound, now=now)
    if "send" not in request.POST:
        return _show_review(request, offer, bound)
    return _send(request, offer, bound, now=now)


def _send(request: HttpRequest, offer: Offer, bound: RequestForm, *, now: datetime) -> HttpResponse:
    contact = bound.contact()
    is_proven = visitor.has_proven(request, contact.email.strip().lower())
    try:
        if not is_proven:
            hit("sign_up_email", contact.email, now=now)
        sent = send_request(
            offer_id=offer.pk,
            party=bound.party(),
            contact=contact,
            wishes=bound.wishes(),
            submission_key=bound.cleaned_data["submission_key"],
            is_proven=is_proven,
            actor=VISITOR,
            now=now,
        )
    except LimitExceededError as error:
        return too_many_response(request, error)
    except SchoolCannotBookError as refusal:
        school = bound.chosen_school if isinstance(bound, VisitRequestForm) else None
        context = {"offer": offer, "why": refusal.facts["why"], "school": school}
        return render(request, "booking/requests/school_cannot_ask.html", context, status=403)
    except RequestsNotTakenError:
        return _not_taken(request, offer, status=409)
    except BookingRefusedError as refusal:
        if not (isinstance(bound, VisitRequestForm) and bound.add_class_refusal(refusal, refusal.message)):
            is_size = isinstance(refusal, GroupTooSmallError | GroupTooLargeError)
            bound.add_error("seats" if is_size else None, refusal.message)
        return _show_form(request, offer, bound, now=now, status=409)
    if is_proven:
        return redirect(f"{links.manage_path(sent)}?ny=1")
    return redirect(links.sent_path(sent))


@limited("sign_up_ip")
@never_cache
@require_http_methods(["GET", "POST"])
def urgent_form(request: HttpRequest) -> HttpResponse:
    """«Brug for hjælp nu»: whom to call first, and a form that a person reads today (V5)."""
    now = timezone.now()
    user: Any = request.user
    is_staff = bool(getattr(user, "is_staff_member", False))
    if request.method == "GET":
        return _show_urgent(request, UrgentForm(initial=_initial(request)))
    bound = UrgentForm(request.POST)
    if not bound.is_valid():
        return _show_urgent(request, bound, status=422)
    contact = bound.contact()
    try:
        hit("sign_up_email", contact.email, now=now)
        sent = send_urgent_request(
            topic=bound.cleaned_data["topic"],
            school_id=bound.chosen_school.pk if bound.chosen_school else None,
            seats=bound.cleaned_data["seats"] or 0,
            contact=contact,
            submission_key=bound.cleaned_data["submission_key"],
            actor=Actor.of(user) if is_staff else VISITOR,
            now=now,
        )
    except LimitExceededError as error:
        return too_many_response(request, error)
    return redirect(links.sent_path(sent))


@limited("token_page_ip", methods=("GET",))
@never_cache
@require_GET
def request_sent(request: HttpRequest, token: str) -> HttpResponse:
    """Show that a request is sent: its reference, and what happens now. Nothing of what was typed."""
    try:
        asked = _load(token, purpose=links.SENT)
    except LinkError as error:
        return _dead_link(request, error)
    context = {
        "asked": asked,
        "is_urgent": asked.kind == RequestKind.URGENT,
        "is_unproven": asked.state == RequestState.UNPROVEN,
    }
    return render(request, "booking/requests/sent.html", context)


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def request_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button that confirms the address and sends the request on."""
    try:
        asked = _load(token, purpose=links.CONFIRM)
    except LinkError as error:
        return _dead_link(request, error)
    if request.method == "GET" and asked.state == RequestState.UNPROVEN:
        return render(
            request, "booking/requests/confirm.html", {"asked": asked, "sections": _sections(asked)[:1]}
        )
    if request.method == "POST":
        try:
            asked = prove_request(request_id=asked.pk, actor=LINK, now=timezone.now())
        except BookingRefusedError:
            return redirect(links.manage_path(asked))
        visitor.remember_proven(request, asked.contact_email)
        return redirect(f"{links.manage_path(asked)}?ny=1")
    return redirect(links.manage_path(asked))


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_GET
def request_detail(request: HttpRequest, token: str) -> HttpResponse:
    """Show a request to the holder of its link: where it is, the times to choose from."""
    try:
        asked = _load(token, purpose=links.MANAGE)
    except LinkError as error:
        return _dead_link(request, error)
    return _show_detail(request, asked, token)


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_POST
def request_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Accept the chosen time: session and booking are made, and the booking's page is shown."""
    try:
        asked = _load(token, purpose=links.MANAGE)
    except LinkError as error:
        return _dead_link(request, error)
    chosen = request.POST.get("time", "")
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 15):
        return _show_detail(request, asked, token, refusal=_("Choose one of the times."), status=422)
    try:
        booking = accept_time(request_id=asked.pk, proposal_id=int(chosen), actor=LINK, now=timezone.now())
    except BookingRefusedError as refusal:
        return _show_detail(
            request, _load(token, purpose=links.MANAGE), token, refusal=refusal.message, status=409
        )
    visitor.remember_proven(request, asked.contact_email)
    return redirect(f"{booking_links.manage_path(booking)}?ny=1")


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def request_none_fits(request: HttpRequest, token: str) -> HttpResponse:
    """Say that none of the times fits, with new wishes."""
    try:
        asked = _load(token, purpose=links.MANAGE)
    except LinkError as error:
        return _dead_link(request, error)
    if asked.state != RequestState.ANSWERED:
        return redirect("request_detail", token=token)
    form = WishesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            wish_anew(request_id=asked.pk, wishes=form.wishes(), actor=LINK, now=timezone.now())
        except BookingRefusedError as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("request_detail", token=token)
    context = {"asked": asked, "token": token, "form": form, "title": _title(asked)}
    return render(
        request, "booking/requests/none_fits.html", context, status=422 if request.method == "POST" else 200
    )


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def request_withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, then withdraw the request."""
    try:
        asked = _load(token, purpose=links.MANAGE)
    except LinkError as error:
        return _dead_link(request, error)
    if request.method == "POST":
        try:
            withdraw_request(request_id=asked.pk, actor=LINK, now=timezone.now())
        except BookingRefusedError as refusal:
            return _show_detail(request, asked, token, refusal=refusal.message, status=409)
        return redirect("request_detail", token=token)
    if asked.state not in _OPEN:
        return redirect("request_detail", token=token)
    return render(
        request,
        "booking/requests/withdraw.html",
        {"asked": asked, "token": token, "sections": _sections(asked)[:1]},
    )


_OPEN = (RequestState.UNPROVEN, RequestState.SENT, RequestState.ANSWERED)


def _load(token: str, *, purpose: str) -> DateRequest:
    """Return the request a token names. Raises LinkError (invalid, expired, revoked)."""
    claim = read_token(token, purpose=purpose, now=timezone.now())
    asked: DateRequest | None = DateRequest.objects.with_details().filter(pk=claim.object_id).first()
    if asked is None:
        raise LinkInvalidError
    claim.require_generation(asked.link_generation)
    return asked


def _dead_link(request: HttpRequest, error: LinkError) -> HttpResponse:
    return render(request, "booking/dead_link.html", {"code": error.code}, status=404)


def _title(asked: DateRequest) -> str:
    return wording.title_text(asked, get_language() or "da")


def _sections(asked: DateRequest, *, wishes: Sequence[WishedDate] | None = None) -> list[Section]:
    """Return a request as sections of rows: the same on review, confirmation and own page."""
    what = [Row(_("Offer") if asked.offer else _("You ask for"), _title(asked))]
    if asked.offer:
        what.append(Row(_("Provider"), asked.offer.provider.name))
    dates = "\n".join(wording.wish_text(wish) for wish in (asked.wishes.all() if wishes is None else wishes))
    if dates:
        what.append(Row(_("Wished dates"), dates))
    who = [Row(_("School") if asked.school else _("Organisation"), wording.who_text(asked))]
    party = wording.party_text(asked)
    if party:
        who.append(Row(_("Class") if asked.classes else _("People"), party))
    if asked.needs:
        who.append(Row(_("Needs"), wording.needs_text(asked)))
    contact = [Row(_("Name"), asked.contact_name), Row(_("E-mail"), asked.contact_email)]
    if asked.contact_phone:
        contact.append(Row(_("Phone"), asked.contact_phone))
    return [
        Section(_("What you ask for"), what),
        Section(_("Who comes"), who),
        Section(_("Contact"), contact),
    ]


def _show_detail(
    request: HttpRequest, asked: DateRequest, token: str, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    times = [
        {"pk": time.pk, "text": wording.time_text(time), "is_over": time.starts_at <= now}
        for time in wording.open_times(asked)
    ]
    context = {
        "asked": asked,
        "token": token,
        "title": _title(asked),
        "is_new": request.GET.get("ny") == "1",
        "state": wording.state_text(asked),
        "state_kind": wording.STATE_KINDS.get(RequestState(asked.state), "neutral"),
        "times": times,
        "lapses_at": wording.expires_at(asked),
        "can_withdraw": asked.state in _OPEN,
        "reason": wording.reason_text(asked.end_reason),
        "booking_path": booking_links.manage_path(asked.booking) if asked.booking else "",
        "confirm_path": links.confirm_path(asked) if asked.state == RequestState.UNPROVEN else "",
        "sections": _sections(asked),
        "refusal": refusal,
    }
    return render(request, "booking/requests/detail.html", context, status=status)


def _show_form(
    request: HttpRequest, offer: Offer, bound: RequestForm, *, now: datetime, status: int = 200
) -> HttpResponse:
    is_school = offer.audience == Audience.SCHOOL
    context = {
        "offer": offer,
        "form": bound,
        "is_school": is_school,
        "wishes": list(bound.wish_fields()),
        "found_school": getattr(bound, "chosen_school", None),
        "schools": _schools(now) if is_school else (),
    }
    return render(request, "booking/requests/form.html", context, status=status)


def _show_review(request: HttpRequest, offer: Offer, bound: RequestForm) -> HttpResponse:
    """Show the answers once more, with the days off among the wishes; hidden fields carry them on."""
    wishes = bound.wishes()
    school = getattr(bound, "chosen_school", None)
    days = [wish.date for wish in wishes]
    off = days_off(min(days), max(days), school=school) if offer.audience == Audience.SCHOOL else {}
    warnings = [
        _("The school calendar says %(name)s on %(day)s. You can ask all the same.")
        % {"name": off[day], "day": wording.day_text(day)}
        for day in sorted(set(days) & off.keys())
    ]
    asked = _unsaved(offer, bound)
    sections = _sections(
        asked, wishes=[WishedDate(date=wish.date, part_of_day=wish.part_of_day) for wish in wishes]
    )
    context = {
        "offer": offer,
        "bound": bound,
        "hidden": [field.as_hidden() for field in bound],
        "sections": sections,
        "warnings": warnings,
        "is_proven": visitor.has_proven(request, asked.contact_email),
        "email": asked.contact_email,
    }
    return render(request, "booking/requests/review.html", context)


def _unsaved(offer: Offer, bound: RequestForm) -> DateRequest:
    party, contact = bound.party(), bound.contact()
    return DateRequest(
        offer=offer,
        party_kind=party.kind,
        school=bound.chosen_school if isinstance(bound, VisitRequestForm) else None,
        organisation=contact.organisation,
        classes=[size.as_data() for size in party.classes],
        seats=party.seats,
        needs=list(contact.needs),
        contact_name=contact.name,
        contact_email=contact.email.strip().lower(),
        contact_phone=contact.phone,
    )


def _show_urgent(request: HttpRequest, bound: UrgentForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": bound,
        "schools": _schools(timezone.now()),
        "found_school": bound.chosen_school,
        "choices_school": len(bound.fields["school"].choices) > 1,  # type: ignore[attr-defined]  # a ChoiceField
    }
    return render(request, "booking/requests/urgent.html", context, status=status)


def _schools(now: datetime) -> Any:
    return School.objects.bookable(on=timezone.localdate(now)).order_by("name")


def _not_taken(request: HttpRequest, offer: Offer, *, status: int = 200) -> HttpResponse:
    return render(request, "booking/requests/not_taken.html", {"offer": offer}, status=status)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Return what the form already knows: a school in the address, the log-in."""
    initial: dict[str, Any] = {}
    number = request.GET.get("skole", "")
    if number.isascii() and number.isdigit() and len(number) == 6:
        school = _schools(timezone.now()).filter(institution_number=number).first()
        if school:
            initial["school_query"] = school_label(school)
    user = request.user
    if user.is_authenticated and not getattr(user, "is_staff_member", False):
        initial |= {"contact_email": user.email, "contact_name": user.get_full_name()}
    return initial
