"""A provider's page of a request for a date: what is wished, and its answer (S16)."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from booking.enums import RequestDeclineReason, RequestState
from booking.errors import BookingRefusedError
from booking.models import DateRequest
from booking.operations.answering import decline_request, propose_times, slot_of
from booking.permissions import provider_answers
from booking.requesting import wording
from booking.requesting.forms import TimesForm
from booking.requesting.rules import Time
from charter.permissions import user_is_member
from core.audit.log import Actor
from workshops.calendars import days_off
from workshops.clashes import find_clashes


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def provider_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a request to the members of its provider; a coordinator answers with times."""
    asked = _own_request(request, request_id)
    can_answer = provider_answers(request.user, asked) and asked.state in _ANSWERABLE
    if request.method == "POST":
        if not can_answer:
            raise Http404
        form = TimesForm(request.POST, offer=asked.offer)
        if form.is_valid():
            try:
                propose_times(
                    request_id=asked.pk,
                    times=form.times(),
                    actor=Actor.of(request.user),
                    now=timezone.now(),
                )
            except BookingRefusedError as refusal:
                form.add_error(None, refusal.insider_message)
            else:
                tell_what_is_in_the_way(request, asked, form.times())
                messages.success(
                    request, _("Your times have been sent. You will hear from us when one is chosen.")
                )
                return redirect("provider_request", request_id=asked.pk)
        return _show(request, asked, form, can_answer=True, status=422)
    return _show(request, asked, TimesForm(offer=asked.offer), can_answer=can_answer)


@login_required
@require_POST
def provider_request_decline(request: HttpRequest, request_id: int) -> HttpResponse:
    """A coordinator says no, with a reason."""
    asked = _own_request(request, request_id)
    if not provider_answers(request.user, asked):
        raise Http404
    reason = request.POST.get("reason", "")
    if reason not in RequestDeclineReason.values:
        messages.error(request, _("Choose why you say no."))
        return redirect("provider_request", request_id=asked.pk)
    try:
        decline_request(request_id=asked.pk, reason=reason, actor=Actor.of(request.user), now=timezone.now())
    except BookingRefusedError as refusal:
        messages.error(request, refusal.insider_message)
    else:
        messages.success(request, _("You said no. We have told them."))
    return redirect("provider_request", request_id=asked.pk)


def tell_what_is_in_the_way(request: HttpRequest, asked: DateRequest, times: list[Time]) -> None:
    """Warn of other sessions at the proposed times, and of days off; neither stops the answer (S18, S21)."""
    if asked.offer is None:
        return
    made = [time for time in times if time.session_id is None]
    for time, clashes in zip(
        made, find_clashes([slot_of(asked, asked.offer, time) for time in made]), strict=True
    ):
        for clash in clashes:
            messages.warning(request, f"{_day(time.starts_at)}: {clash}")
    if asked.school:
        for time in made:
            day = timezone.localdate(time.starts_at)
            for name in days_off(day, day, school=asked.school).values():
                messages.warning(
                    request,
                    _("The school calendar says %(name)s on %(day)s.")
                    % {"name": name, "day": wording.day_text(day)},
                )


_ANSWERABLE = (RequestState.SENT, RequestState.ANSWERED)


def _day(moment: datetime) -> str:
    return wording.day_text(timezone.localdate(moment))


def _own_request(request: HttpRequest, request_id: int) -> DateRequest:
    """Return a request for one of the provider's offers; others do not exist for its members (rule 12)."""
    asked: DateRequest | None = (
        DateRequest.objects.sent().exclude(kind="urgent").with_details().filter(pk=request_id).first()
    )
    if asked is None or asked.offer is None or not user_is_member(request.user, asked.offer.provider_id):
        raise Http404
    return asked


def _show(
    request: HttpRequest, asked: DateRequest, form: TimesForm, *, can_answer: bool, status: int = 200
) -> HttpResponse:
    context = {
        "asked": asked,
        "provider": asked.offer.provider if asked.offer else None,
        "title": asked.offer.title if asked.offer else "",
        "who": wording.who_text(asked),
        "party": wording.party_text(asked),
        "wishes": [wording.wish_text(wish) for wish in asked.wishes.all()],
        "needs": wording.needs_text(asked),
        "times": [wording.time_text(time) for time in wording.open_times(asked)],
        "state": wording.state_text(asked),
        "state_kind": wording.STATE_KINDS.get(RequestState(asked.state), "neutral"),
        "reason": wording.reason_text(asked.end_reason),
        "session": _session_of(asked),
        "can_answer": can_answer,
        "form": form,
        "time_fields": list(form.time_fields()),
        "shared_fields": list(form.shared_fields()),
        "decline_reasons": RequestDeclineReason.choices,
        "is_answered": asked.state == RequestState.ANSWERED,
    }
    return render(request, "booking/requests/provider_request.html", context, status=status)


def _session_of(asked: DateRequest) -> object:
    accepted = [time for time in asked.proposals.all() if time.accepted_at]
    return accepted[0].session if accepted else None
