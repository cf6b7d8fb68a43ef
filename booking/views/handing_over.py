"""Handing a booking over by its link, and taking one over by the link sent to the new address (S26)."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import links, visitor
from booking.enums import BookingKind
from booking.errors import (
    AddressNotAllowedError,
    BookingRefusedError,
    SameAddressError,
    WrongStateError,
)
from booking.forms import HandoverForm, TakeOverForm
from booking.models import Booking
from booking.operations import accept_handover, offer_handover, take_back_handover
from booking.operations.changing import is_changeable
from booking.operations.submitting import is_known_address
from booking.permissions import user_can_change
from booking.presentation import booking_sections
from booking.reading import booked_of, booking_with_details
from booking.views.administration import OneBookingView
from booking.views.managing import dead_link, load_booking
from core.audit.log import LINK, Actor
from core.limits.errors import LimitExceededError
from core.limits.limits import hit, limited, too_many_response
from core.links.errors import LinkError, LinkInvalidError, LinkRevokedError
from core.links.tokens import read_token


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, token: str) -> HttpResponse:
    """Ask who takes the booking over; while that is open, say so and let it be taken back."""
    now = timezone.now()
    try:
        booking = load_booking(token, purpose=links.MANAGE, now=now)
    except LinkError as error:
        return dead_link(request, error)
    if not can_hand_over(booking, booked_of(booking)[0].session.starts_at, now=now):
        return redirect("booking_detail", token=token)
    if request.method == "POST" and "take_back" in request.POST:
        take_back_handover(booking_id=booking.pk, actor=LINK, now=now)
        return redirect("booking_hand_over", token=token)
    form = HandoverForm(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return _show(request, booking, token, form, now=now)
    if not form.is_valid():
        return _show(request, booking, token, form, now=now, status=422)
    email = form.cleaned_data["email"]
    try:
        hit("sign_up_email", email, now=now)
        offer_handover(
            booking_id=booking.pk, name=form.cleaned_data["name"], email=email, actor=LINK, now=now
        )
    except LimitExceededError as error:
        return too_many_response(request, error)
    except (SameAddressError, AddressNotAllowedError) as refusal:
        form.add_error("email", refusal.message)
        return _show(request, booking, token, form, now=now, status=409)
    except WrongStateError:
        return redirect("booking_detail", token=token)
    return redirect("booking_hand_over", token=token)


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is handed over, without the old contact's details; on POST take it over."""
    now = timezone.now()
    try:
        claim = read_token(token, purpose=links.HANDOVER, now=now)
        booking = booking_with_details(claim.object_id)
        if booking is None:
            raise LinkInvalidError
        if claim.generation != links.handover_generation(booking):
            if visitor.has_proven(request, booking.contact_email):
                # The same button pressed twice: it is theirs already.
                return redirect(links.manage_path(booking))
            raise LinkRevokedError
    except LinkError as error:
        return dead_link(request, error)
    posted = request.POST if request.method == "POST" else None
    form = TakeOverForm(posted, is_school=booking.kind == BookingKind.SCHOOL)
    status = 200
    refusal_text = ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                taken = accept_handover(
                    booking_id=booking.pk,
                    phone_on_day=form.cleaned_data.get("phone_on_day", ""),
                    actor=LINK,
                    now=now,
                )
            except BookingRefusedError as refusal:
                status, refusal_text = 409, refusal.message
            else:
                visitor.remember_proven(request, taken.contact_email)
                return redirect(f"{links.manage_path(taken)}?ny=1")
    context = {
        "booking": booking,
        "is_school": booking.kind == BookingKind.SCHOOL,
        "form": form,
        "session": booked_of(booking)[0].session,
        "sections": booking_sections(booking)[:2],
        "refusal": refusal_text,
        "needs_approval": not is_known_address(booking, booking.pending_email),
    }
    return render(request, "booking/take_over.html", context, status=status)


def _show(
    request: HttpRequest,
    booking: Booking,
    token: str,
    form: HandoverForm,
    *,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    is_pending = booking.pending_until is not None and booking.pending_until > now
    context = {
        "booking": booking,
        "is_school": booking.kind == BookingKind.SCHOOL,
        "token": token,
        "form": form,
        "session": booked_of(booking)[0].session,
        "is_pending": is_pending,
    }
    return render(request, "booking/hand_over.html", context, status=status)


class StaffHandOverView(OneBookingView):
    """The same for staff, for someone who phones: the new address still has to say yes by its link."""

    http_method_names = ["get", "head", "post"]
    template_name = "booking/admin/hand_over.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Let in only those who may change bookings."""
        super().setup(request, *args, **kwargs)
        if not user_can_change(request.user):
            raise PermissionDenied

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask who takes it over; a booking that cannot be handed over leads back to its page."""
        if not can_hand_over(self.booking, self.facts.starts_at, now=self.now):
            messages.error(request, _("The booking cannot be handed over now."))
            return redirect("booking_admin_detail", pk=pk)
        return self._ask(HandoverForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the link, take the offer back, or say why not."""
        actor = Actor.of(request.user)
        if "take_back" in request.POST:
            take_back_handover(booking_id=pk, actor=actor, now=self.now)
            messages.success(request, _("The link that was sent no longer works."))
            return redirect("booking_admin_detail", pk=pk)
        form = HandoverForm(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        name, email = form.cleaned_data["name"], form.cleaned_data["email"]
        try:
            offer_handover(booking_id=pk, name=name, email=email, actor=actor, now=self.now)
        except (SameAddressError, AddressNotAllowedError) as refusal:
            form.add_error("email", refusal.message)
            return self._ask(form, status=409)
        except BookingRefusedError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(
                request, _("A link is sent to %(email)s. It moves when the link is used.") % {"email": email}
            )
        return redirect("booking_admin_detail", pk=pk)

    def get_page_title(self) -> str:
        """Name the step."""
        return _("Hand over for the caller")

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead back to the booking."""
        url = reverse("booking_admin_detail", args=[self.booking.pk])
        return [{"url": url, "label": self.booking.reference}]

    def _ask(self, form: HandoverForm, *, status: int = 200) -> HttpResponse:
        pending = self.booking.pending_until
        return self.show(
            booking=self.booking,
            form=form,
            is_pending=pending is not None and pending > self.now,
            sections=booking_sections(self.booking)[:2],
            status=status,
        )


def can_hand_over(booking: Booking, starts_at: datetime, *, now: datetime) -> bool:
    """Whether a booking can be given to another contact: it can still be changed, and has not begun."""
    return is_changeable(booking) and starts_at > now
