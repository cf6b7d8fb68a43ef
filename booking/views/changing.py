"""Changing a booking by its personal link: number, classes, room, name (S10). GET changes nothing (rule 15)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import links
from booking.change_forms import AnyChangeForm, ChangeSchoolForm, change_form_for
from booking.class_rows import focus_after, reshaped
from booking.errors import (
    BookingChangedError,
    BookingRefusedError,
    ChangeNeedsApprovalError,
    WrongStateError,
)
from booking.models import Booking
from booking.operations import change_booking
from booking.operations.changing import is_changeable
from booking.presentation import Row, before_and_after, change_refusal_text
from booking.reading import booked_of
from booking.views.managing import dead_link, load_booking
from core.audit.log import LINK
from core.limits.limits import limited
from core.links.errors import LinkError


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, token: str) -> HttpResponse:
    """Show the booking as a form; on POST change it, or say why not and what there is room for."""
    now = timezone.now()
    try:
        booking = load_booking(token, purpose=links.MANAGE, now=now)
    except LinkError as error:
        return dead_link(request, error)
    session = booked_of(booking)[0].session
    if not is_changeable(booking) or session.starts_at <= now:
        return redirect("booking_detail", token=token)
    if request.method == "GET":
        return _show(request, booking, token, change_form_for(booking, session))
    if reshape := reshaped(request.POST):
        form = change_form_for(booking, session, reshape)
        form.full_clean()
        form.errors.clear()
        if isinstance(form, ChangeSchoolForm):
            form.focus(focus_after(request.POST))
        return _show(request, booking, token, form)
    form = change_form_for(booking, session, request.POST)
    if not form.is_valid():
        return _show(request, booking, token, form, status=422)
    return _save(request, booking, token, form, now=now)


def _save(
    request: HttpRequest, booking: Booking, token: str, form: AnyChangeForm, *, now: datetime
) -> HttpResponse:
    party = form.party()
    try:
        changed = change_booking(
            booking_id=booking.pk,
            party=party,
            contact=form.contact(),
            seen=form.cleaned_data["seen"],
            accepts_approval="accept" in request.POST,
            actor=LINK,
            now=now,
        )
    except ChangeNeedsApprovalError as refusal:
        return _show(request, booking, token, form, asks=refusal, status=409)
    except BookingChangedError as refusal:
        session = booked_of(booking)[0].session
        return _show(
            request, booking, token, change_form_for(booking, session), note=refusal.message, status=409
        )
    except WrongStateError:
        return redirect("booking_detail", token=token)
    except BookingRefusedError as refusal:
        text = change_refusal_text(refusal)
        if not (isinstance(form, ChangeSchoolForm) and form.add_class_refusal(refusal, text)):
            form.add_error(form.number_field, text)
        return _show(request, booking, token, form, comparison=before_and_after(booking, party), status=409)
    is_same = changed.changes == booking.changes
    return redirect(links.manage_path(booking) + ("" if is_same else "?ret=1"))


def _show(
    request: HttpRequest,
    booking: Booking,
    token: str,
    form: AnyChangeForm,
    *,
    asks: ChangeNeedsApprovalError | None = None,
    note: str = "",
    comparison: list[Row] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "booking": booking,
        "token": token,
        "session": booked_of(booking)[0].session,
        "form": form,
        "is_school": isinstance(form, ChangeSchoolForm),
        "asks": asks.message if asks else "",
        "note": note,
        "comparison": comparison or [],
    }
    return render(request, "booking/change.html", context, status=status)
