"""A request's page in the administration: what is asked, its log, and what staff may do (S16, V2, V5)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.admin_forms import reason_form
from booking.enums import RequestDeclineReason, RequestKind, RequestState, UrgentEndReason
from booking.errors import BookingRefusedError
from booking.history import events_about
from booking.models import DateRequest
from booking.operations.administering import note_request_reading
from booking.operations.answering import accept_time, decline_request, propose_times
from booking.operations.requesting import withdraw_request
from booking.permissions import user_can_answer_requests, user_can_see_requests, user_sent_request
from booking.presentation import Row
from booking.requesting import wording
from booking.requesting.provider_views import tell_what_is_in_the_way
from booking.requesting.staff_forms import StaffTimesForm, UrgentAnswerForm
from booking.wording import moment_text
from core.cms.staff_pages import StaffPage
from core.outbox.models import Message
from core.worklist.models import WorkItem

_ANSWERABLE = (RequestState.SENT, RequestState.ANSWERED)


class OneRequestView(StaffPage):
    """A page about one request, for staff who may see requests."""

    header_icon = "comment"
    parents = (("requests:index", gettext_lazy("Requests")),)

    def may(self, user: Any) -> bool:
        """Let in staff who may see requests."""
        return user_can_see_requests(user)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the request with all that is shown of it."""
        super().setup(request, *args, **kwargs)
        self.asked: DateRequest = get_object_or_404(
            DateRequest.objects.sent()
            .with_details()
            .select_related("registered_by")
            .prefetch_related("booking__booked_sessions__session"),
            pk=kwargs["pk"],
        )

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead from a step back to the request."""
        if isinstance(self, RequestDetailView):
            return []
        return [{"url": reverse("request_admin_detail", args=[self.asked.pk]), "label": self.asked.reference}]

    def get_page_title(self) -> str:
        """Name the page."""
        raise NotImplementedError

    @cached_property
    def can_answer(self) -> bool:
        """Whether this user may answer it now: nobody answers what they sent themselves."""
        user = self.request.user
        return (
            user_can_answer_requests(user)
            and self.asked.state in _ANSWERABLE
            and (self.is_urgent or not user_sent_request(user, self.asked))
        )

    @property
    def is_urgent(self) -> bool:
        """Whether a person must phone today; the colleague who took the call may answer it (V5)."""
        return self.asked.kind == RequestKind.URGENT

    def show(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """Render the page."""
        return super().show(status=status, asked=self.asked, **context)

    def back(self) -> HttpResponse:
        """Return to the request's page."""
        return redirect("request_admin_detail", pk=self.asked.pk)


class RequestDetailView(OneRequestView):
    """Everything about a request: what, who, times, log, mails, tasks, and what may be done."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/request_detail.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it, and note who read it."""
        asked = self.asked
        if asked.anonymised_at is None:
            note_request_reading(request_id=asked.pk, actor=self.actor, now=self.now)
        subjects = [f"request:{asked.pk}"]
        session = next((time.session for time in asked.proposals.all() if time.accepted_at), None)
        if asked.booking_id:
            subjects.append(f"booking:{asked.booking_id}")
        if session:
            subjects.append(f"session:{session.pk}")
        return self.show(
            rows=self._rows(),
            times=[
                {"pk": time.pk, "text": wording.time_text(time), "is_ahead": time.starts_at > self.now}
                for time in wording.open_times(asked)
            ],
            booking=asked.booking,
            session=session,
            can_answer=self.can_answer,
            can_agree=self.can_answer and asked.state == RequestState.ANSWERED,
            can_withdraw=user_can_answer_requests(request.user) and asked.state in _ANSWERABLE,
            is_own=user_sent_request(request.user, asked) and not self.is_urgent,
            is_urgent=self.is_urgent,
            open_items=WorkItem.objects.open().about(f"request:{asked.pk}").select_related("assignee"),
            mails=Message.objects.about(f"request:{asked.pk}").prefetch_related("deliveries"),
            history=events_about(subjects),
        )

    def get_page_title(self) -> str:
        """Name the request by its reference."""
        return _("Request %(reference)s") % {"reference": self.asked.reference}

    def _rows(self) -> list[Row]:
        asked = self.asked
        pairs = [
            (_("State"), wording.state_text(asked)),
            (_("Kind"), asked.get_kind_display()),
            (_("Offer"), asked.offer.title if asked.offer else ""),
            (_("Provider"), asked.offer.provider.name if asked.offer else ""),
            (_("Asks for"), asked.get_topic_display() if asked.topic else ""),
            (_("Wished dates"), wording.wishes_text(asked)),
            (_("Who asks"), wording.who_text(asked)),
            (_("How many"), wording.party_text(asked)),
            (_("Needs"), wording.needs_text(asked)),
            (_("Name"), asked.contact_name),
            (_("Phone"), asked.contact_phone),
            (_("E-mail"), asked.contact_email),
            (_("Sent"), moment_text(asked.sent_at)),
            (_("Awaits an answer since"), moment_text(asked.awaits_since) if asked.awaits_since else ""),
            (_("Answered"), moment_text(asked.answered_at) if asked.answered_at else ""),
            (_("Reason"), wording.reason_text(asked.end_reason)),
            (_("Registered by"), str(asked.registered_by or "")),
        ]
        return [Row(label, value) for label, value in pairs if value]


class RequestAnswerView(OneRequestView):
    """Staff answer with times: new ones, or, for an urgent request, a date that is there already."""

    http_method_names = ["get", "head", "post"]
    template_name = "booking/admin/request_answer.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Let in only those who may answer."""
        super().setup(request, *args, **kwargs)
        if not user_can_answer_requests(request.user):
            raise PermissionDenied

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for times."""
        return self._ask(self._form()) if self.can_answer else self.back()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send them, or say why not."""
        if not self.can_answer:
            return self.back()
        form = self._form(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        try:
            asked = propose_times(
                request_id=self.asked.pk,
                times=form.times(),
                actor=self.actor,
                now=self.now,
                offer_id=form.offer_id() if isinstance(form, UrgentAnswerForm) else None,
                party=form.party() if isinstance(form, UrgentAnswerForm) else None,
            )
        except BookingRefusedError as refusal:
            form.add_error(None, refusal.insider_message)
            return self._ask(form, status=409)
        tell_what_is_in_the_way(request, asked, form.times())
        messages.success(request, _("The times are sent. When one is agreed by phone, book it on this page."))
        return self.back()

    def _form(self, data: Any = None) -> StaffTimesForm | UrgentAnswerForm:
        if self.is_urgent:
            return UrgentAnswerForm(data, asked=self.asked, now=self.now)
        return StaffTimesForm(data, offer=self.asked.offer)

    def _ask(self, form: StaffTimesForm | UrgentAnswerForm, *, status: int = 200) -> HttpResponse:
        return self.show(
            form=form, wishes=wording.wishes_text(self.asked), is_urgent=self.is_urgent, status=status
        )

    def get_page_title(self) -> str:
        """Name the step."""
        return _("Propose times")


class RequestActionView(OneRequestView):
    """Decline, withdraw for the asker, or book a time agreed by phone. GET asks, POST does (rule 15)."""

    http_method_names = ["get", "head", "post"]
    template_name = "booking/admin/request_action.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Let in only those who may answer."""
        super().setup(request, *args, **kwargs)
        if not user_can_answer_requests(request.user):
            raise PermissionDenied
        self.action: str = kwargs["action"]

    def get(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Ask."""
        if self.asked.state not in _ANSWERABLE or (action != "withdraw" and not self.can_answer):
            return self.back()
        return self._ask(self._form())

    def post(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Do it, or say why not."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        if action != "withdraw" and not self.can_answer:
            return self.back()
        actor = self.actor
        try:
            if action == "agree":
                chosen = request.POST.get("time", "")
                number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 15 else 0
                booking = accept_time(request_id=self.asked.pk, proposal_id=number, actor=actor, now=self.now)
                messages.success(
                    request, _("Booked. The reference is %(reference)s.") % {"reference": booking.reference}
                )
            elif action == "decline":
                decline_request(
                    request_id=self.asked.pk, reason=form.cleaned_data["reason"], actor=actor, now=self.now
                )
                messages.success(request, _("The request is closed."))
            else:
                withdraw_request(request_id=self.asked.pk, actor=actor, now=self.now)
                messages.success(request, _("The request is withdrawn."))
        except BookingRefusedError as refusal:
            messages.error(request, refusal.insider_message)
        return self.back()

    def _form(self, data: Any = None) -> Any:
        reasons: Any = []
        if self.action == "decline":
            reasons = UrgentEndReason.choices if self.is_urgent else RequestDeclineReason.choices
        return reason_form(reasons, data)

    def _ask(self, form: Any, *, status: int = 200) -> HttpResponse:
        return self.show(
            form=form,
            action=self.action,
            times=[
                {"pk": time.pk, "text": wording.time_text(time)}
                for time in wording.open_times(self.asked)
                if time.starts_at > self.now
            ],
            is_urgent=self.is_urgent,
            status=status,
        )

    def get_page_title(self) -> str:
        """Name the step."""
        titles = {
            "agree": _("Book a time agreed by phone"),
            "decline": _("Close the request") if self.is_urgent else _("Decline"),
        }
        return titles.get(self.action, _("Withdraw for the asker"))
