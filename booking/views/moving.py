"""Moving a booking to another date: by its own link, and by staff for whoever phones (S10). GET changes nothing."""

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

from booking import links
from booking.admin_actions import BY_NAME
from booking.errors import BookingRefusedError
from booking.free_dates import dates_for
from booking.models import BookedSession, Booking
from booking.move_forms import MOST_DATES, MoveBookingForm, date_choice
from booking.operations import move_booking
from booking.operations.ending import can_withdraw
from booking.operations.moving import MOVABLE_STATES
from booking.permissions import user_can_change
from booking.reading import booked_of
from booking.views.administration import OneBookingView
from booking.views.managing import dead_link, load_booking
from core.audit.log import LINK, Actor
from core.limits.limits import limited
from core.links.errors import LinkError
from workshops.models import Session


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Show the dates where there is room, then move; after the deadline say whom to call."""
    now = timezone.now()
    try:
        booking = load_booking(token, purpose=links.MANAGE, now=now)
    except LinkError as error:
        return dead_link(request, error)
    booked = chosen(booking, request)
    if booked.state not in MOVABLE_STATES or booked.session.starts_at <= now:
        return redirect("booking_detail", token=token)
    is_too_late = not can_withdraw([booked], now=now)
    dates = [] if is_too_late else list(dates_for(booked, booking, now=now)[:MOST_DATES])
    form = MoveBookingForm(request.POST if request.method == "POST" else None, dates=dates)
    status = 200
    if request.method == "POST" and not is_too_late:
        if is_there_already(booked, request):
            return redirect("booking_detail", token=token)
        status = 422
        if form.is_valid():
            try:
                move_booking(
                    booking_id=booking.pk,
                    booked_session_id=booked.pk,
                    to_session_id=form.cleaned_data["to"],
                    actor=LINK,
                    now=now,
                )
            except BookingRefusedError as refusal:
                form.add_error("to", refusal.message)
                status = 409
            else:
                messages.success(
                    request, _("The booking is moved. We have sent you an e-mail with the new date.")
                )
                return redirect(links.manage_path(_fresh(booking)))
    context = {
        "booking": booking,
        "token": token,
        "booked": booked,
        "others": others(booking, booked),
        "session": booked.session,
        "form": form,
        "dates": dates,
        "is_too_late": is_too_late,
    }
    return render(request, "booking/move.html", context, status=status)


class MoveBookingView(OneBookingView):
    """The same for staff: also after the deadline, also to a date that is closed on the website."""

    http_method_names = ["get", "head", "post"]
    template_name = "booking/admin/move.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Let in only those who may change bookings."""
        super().setup(request, *args, **kwargs)
        if not user_can_change(request.user):
            raise PermissionDenied
        self.booked = chosen(self.booking, request)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the dates; a booking that cannot be moved leads back to its page."""
        if not is_movable(self.booked, now=self.now):
            messages.error(request, _("The booking cannot be moved any more."))
            return redirect("booking_admin_detail", pk=pk)
        return self._ask(MoveBookingForm(dates=self._dates()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move it, or say why not. The same post twice moves it once."""
        if is_there_already(self.booked, request):
            return redirect("booking_admin_detail", pk=pk)
        form = MoveBookingForm(request.POST, dates=self._dates())
        if not form.is_valid():
            return self._ask(form, status=422)
        try:
            move_booking(
                booking_id=pk,
                booked_session_id=self.booked.pk,
                to_session_id=form.cleaned_data["to"],
                actor=Actor.of(request.user),
                now=self.now,
                by_staff=True,
            )
        except BookingRefusedError as refusal:
            form.add_error("to", refusal.message)
            return self._ask(form, status=409)
        messages.success(request, _("The booking is moved, and the contact is told."))
        return redirect("booking_admin_detail", pk=pk)

    def get_page_title(self) -> str:
        """Name the step."""
        return str(BY_NAME["move"].label)

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead back to the booking."""
        url = reverse("booking_admin_detail", args=[self.booking.pk])
        return [{"url": url, "label": self.booking.reference}]

    def _dates(self) -> list[Session]:
        return list(dates_for(self.booked, self.booking, now=self.now, by_staff=True)[:MOST_DATES])

    def _ask(self, form: MoveBookingForm, *, status: int = 200) -> HttpResponse:
        return self.show(
            booking=self.booking,
            booked=self.booked,
            now_at=date_choice(self.booked.session),
            others=others(self.booking, self.booked),
            form=form,
            has_dates=bool(form.fields["to"].choices),  # type: ignore[attr-defined]  # a ChoiceField
            status=status,
        )


def chosen(booking: Booking, request: HttpRequest) -> BookedSession:
    """Return which day of a booking is meant: `dag` names it, else the first."""
    days = booked_of(booking)
    wanted = request.GET.get("dag", "")
    return next((booked for booked in days if str(booked.pk) == wanted), days[0])


def others(booking: Booking, booked: BookedSession) -> list[dict[str, Any]]:
    """Return the other days of a course, which can be moved by themselves."""
    return [
        {"pk": item.pk, "label": date_choice(item.session)}
        for item in booked_of(booking)
        if item.pk != booked.pk and item.state in MOVABLE_STATES
    ]


def is_movable(booked: BookedSession, *, now: datetime) -> bool:
    """Whether a booked session can still be moved by somebody."""
    return booked.state in MOVABLE_STATES and booked.session.starts_at > now


def is_there_already(booked: BookedSession, request: HttpRequest) -> bool:
    """Whether it is where the post wants it: the same form sent twice."""
    return request.POST.get("to") == str(booked.session_id)


def _fresh(booking: Booking) -> Booking:
    """Return the booking as it is now: its link lasts as long as its new date."""
    return Booking.objects.with_details().get(pk=booking.pk)
