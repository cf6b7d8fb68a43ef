"""A booking's page in the administration, its buttons, its receipt on paper, and booking for a caller (S24)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.widgets.button import HeaderButton

from booking import wording, worklist_kinds
from booking.admin_actions import BY_NAME, AdminAction, Facts, actions_for, perform
from booking.admin_forms import reason_form
from booking.caller_forms import CallerForm, caller_form_for, show_refusal
from booking.certificates.reading import Certificate, certificate_of
from booking.change_forms import AnyChangeForm, ChangeSchoolForm, change_form_for
from booking.class_rows import focus_after, reshaped
from booking.enums import BookingState
from booking.errors import (
    BookingRefusedError,
    ChangeNeedsApprovalError,
    OtherSchoolHostsError,
    SessionFullError,
)
from booking.forms import SchoolBookingForm
from booking.history import history_of, reason_text
from booking.models import Booking
from booking.operations import book_for_caller, change_booking, note_reading, renew_invitation
from booking.operations.changing import is_changeable
from booking.permissions import (
    user_can_book_for_caller,
    user_can_change,
    user_can_change_sessions,
    user_can_see,
    user_registered,
)
from booking.places import bookable_by_staff
from booking.presentation import Row, booking_sections, change_refusal_text, dates_of_courses
from booking.reading import booked_of
from booking.rules import has_queue, is_full
from core.audit.log import Actor
from core.cms.staff_pages import StaffPage
from core.outbox.models import Message, MessageState
from core.worklist.models import WorkItem
from workshops.calendars import days_off
from workshops.enums import Audience
from workshops.models import Offer, School, Session

_PER_PAGE = 30


class BookingAdminView(StaffPage):
    """A page of the administration under «Bookinger»."""

    header_icon = "calendar-check"
    parents = (("bookings:index", gettext_lazy("Bookings")),)

    def may(self, user: Any) -> bool:
        """Let in staff who may see bookings."""
        return user_can_see(user)


class OneBookingView(BookingAdminView):
    """A page about one booking, for staff who may see bookings."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the booking with all that is shown of it."""
        super().setup(request, *args, **kwargs)
        self.booking = get_object_or_404(_whole_bookings(), pk=kwargs["pk"])

    @cached_property
    def facts(self) -> Facts:
        """What decides which buttons there are."""
        booked = booked_of(self.booking)
        if not booked:
            raise Http404
        return Facts(
            booking=self.booking,
            offer=booked[0].session.offer,
            starts_at=booked[0].session.starts_at,
            is_affected=any(item.kind == worklist_kinds.AFFECTED for item in self.open_items),
            certificate=self.certificate,
            now=self.now,
        )

    @cached_property
    def certificate(self) -> Certificate:
        """The certificate of the sign-up, or why there is none (V3)."""
        return certificate_of(self.booking, now=self.now)

    @cached_property
    def open_items(self) -> list[WorkItem]:
        """The tasks that wait for a decision about it."""
        items = WorkItem.objects.open().about(f"booking:{self.booking.pk}").select_related("assignee")
        return list(items)

    def note_reading(self) -> None:
        """Write down that personal data was read (rule 10)."""
        if self.booking.anonymised_at is None:
            note_reading(booking_id=self.booking.pk, actor=self.actor, now=self.now)


class BookingDetailView(OneBookingView):
    """Everything about a booking: what, who, state, history, mails, tasks, and what may be done."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/detail.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it, and note who read it."""
        self.note_reading()
        can_change = user_can_change(request.user)
        facts = self.facts
        mails = list(Message.objects.about(f"booking:{self.booking.pk}").prefetch_related("deliveries"))
        return self.show(
            booking=self.booking,
            lost_addresses=_lost_addresses(self.booking, mails),
            phones=[phone for phone in (self.booking.contact_phone, self.booking.phone_on_day) if phone],
            may_hand_over=can_change and facts.starts_at > self.now and is_changeable(self.booking),
            sections=booking_sections(self.booking),
            practical=wording.practical_lines(
                self.booking, booked_of(self.booking)[0].session, is_for_booker=False
            ),
            status_rows=_status_rows(self.booking, facts),
            open_items=self.open_items,
            is_affected=facts.is_affected,
            is_own=facts.is_awaiting and user_registered(request.user, self.booking),
            actions=actions_for(facts, request.user) if can_change else [],
            mails=mails,
            history=history_of(self.booking.pk),
        )

    def get_page_title(self) -> str:
        """Name the booking by its reference."""
        return _("Booking %(reference)s") % {"reference": self.booking.reference}

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Offer the receipt on paper."""
        url = reverse("booking_admin_receipt", args=[self.booking.pk])
        buttons = [HeaderButton(_("Receipt on paper"), url=url, icon_name="doc-full")]
        if self.certificate.is_ready:
            url = reverse("booking_admin_certificate", args=[self.booking.pk])
            buttons.append(HeaderButton(_("Certificate of participation"), url=url, icon_name="doc-full"))
        is_ahead = self.facts.starts_at > self.now
        if is_ahead and is_changeable(self.booking) and user_can_change(self.request.user):
            url = reverse("booking_admin_change", args=[self.booking.pk])
            buttons.insert(0, HeaderButton(_("Change the booking"), url=url, icon_name="edit"))
        return buttons


def _lost_addresses(booking: Booking, mails: Sequence[Message]) -> list[str]:
    """Return the contact's address when the newest mail to it that has a result did not arrive (N4)."""
    ended = [
        mail
        for mail in mails
        if not mail.to_phone
        and mail.to_email.lower() == booking.contact_email
        and (mail.can_retry or mail.state == MessageState.DELIVERED)
    ]
    return [booking.contact_email] if ended and ended[0].can_retry else []


class BookingActionView(OneBookingView):
    """One button of a booking's page: GET asks before a serious step, POST takes it (rule 15)."""

    http_method_names = ["get", "head", "post"]
    template_name = "booking/admin/action.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Let in only those who may change bookings."""
        super().setup(request, *args, **kwargs)
        if not user_can_change(request.user):
            raise PermissionDenied
        if kwargs["action"] not in BY_NAME:
            raise Http404
        self.action: AdminAction = BY_NAME[kwargs["action"]]

    def get(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Ask."""
        if self.action not in actions_for(self.facts, request.user):
            return redirect("booking_admin_detail", pk=pk)
        return self._ask(reason_form(self.action.reasons))

    def post(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Do it, or say why not."""
        form = reason_form(self.action.reasons, request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        try:
            perform(self.action, self.facts, request.user, reason=form.cleaned_data.get("reason", ""))
        except BookingRefusedError as refusal:
            messages.error(request, refusal.insider_message)
        else:
            messages.success(request, str(self.action.done))
        return redirect("booking_admin_detail", pk=pk)

    def _ask(self, form: Any, *, status: int = 200) -> HttpResponse:
        return self.show(
            booking=self.booking,
            action=self.action,
            form=form,
            sections=booking_sections(self.booking)[:2],
            status=status,
        )

    def get_page_title(self) -> str:
        """Name the step."""
        return str(self.action.label)

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead back to the booking."""
        return [
            {
                "url": reverse("booking_admin_detail", args=[self.booking.pk]),
                "label": self.booking.reference,
            }
        ]


class PaperReceiptView(OneBookingView):
    """The receipt as a page to print, for someone without e-mail (S24)."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it without the administration around it."""
        self.note_reading()
        return render(
            request,
            "booking/admin/paper_receipt.html",
            {
                "booking": self.booking,
                "session": booked_of(self.booking)[0].session,
                "sections": booking_sections(self.booking),
                "practical": wording.practical_lines(self.booking, booked_of(self.booking)[0].session),
                "printed_at": self.now,
            },
        )


class CallerView(BookingAdminView):
    """A step of booking for someone who phones."""

    page_title = gettext_lazy("Book for a caller")

    def may(self, user: Any) -> bool:
        """Let in only staff who may make bookings."""
        return user_can_book_for_caller(user)

    def get_page_title(self) -> str:
        """Name the step."""
        return str(self.page_title)


class CallerOffersView(CallerView):
    """Step 1: which offer. Only those with a date that staff can book."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/caller_offers.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the offers, by title; a word narrows them."""
        typed = request.GET.get("q", "").strip()
        dates = bookable_by_staff(now=self.now, or_waitable=True).order_by().filter(offer=OuterRef("pk"))
        offers = Offer.objects.filter(Exists(dates)).select_related("provider").order_by("title", "pk")
        if typed:
            offers = offers.filter(title__icontains=typed) | offers.filter(provider__name__icontains=typed)
        return self.show(page=Paginator(offers, _PER_PAGE).get_page(request.GET.get("p")), typed=typed)


class CallerDatesView(CallerView):
    """Step 2: which date."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/caller_dates.html"

    def get(self, request: HttpRequest, offer_id: int) -> HttpResponse:
        """List the dates with what is free."""
        offer = get_object_or_404(Offer.objects.select_related("provider"), pk=offer_id)
        dates = (
            bookable_by_staff(now=self.now, or_waitable=True)
            .for_offer(offer.pk)
            .one_a_course()
            .select_related("venue", "host_school")
        )
        page = Paginator(dates, _PER_PAGE).get_page(request.GET.get("p"))
        courses = dates_of_courses(page, now=self.now)
        rows = [
            {
                "session": session,
                "when": wording.moments_text(courses.get(session.course_id) or [session]),
                "free": wording.free_text(session.free_groups, session.free_people),
                "place": session.venue or session.host_school or session.get_place_kind_display(),
                "waiting": session.waiting,
                "is_full": is_full(session),
                "is_late": session.booking_closes_at is not None and session.booking_closes_at <= self.now,
            }
            for session in page
        ]
        return self.show(offer=offer, page=page, rows=rows)

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead back to the offers."""
        return [{"url": reverse("booking_admin_caller"), "label": _("Choose an offer")}]


class CallerFormView(CallerView):
    """Step 3: who comes. The same fields and rules as on the website."""

    http_method_names = ["get", "head", "post"]
    template_name = "booking/admin/caller_form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the date, with what is free."""
        super().setup(request, *args, **kwargs)
        sessions = Session.objects.with_free_places(now=self.now).select_related("offer", "provider", "venue")
        self.session = get_object_or_404(sessions, pk=kwargs["session_id"])

    def get(self, request: HttpRequest, session_id: int) -> HttpResponse:
        """Show the form; a date that cannot be booked leads back to those that can."""
        if not bookable_by_staff(now=self.now, or_waitable=True).filter(pk=session_id).exists():
            messages.error(request, _("This date can no longer be booked. Choose another date."))
            return redirect("booking_admin_caller_dates", offer_id=self.session.offer_id)
        return self._ask(caller_form_for(self.session))

    def post(self, request: HttpRequest, session_id: int) -> HttpResponse:
        """Book. The same form sent twice gives one booking."""
        if reshape := reshaped(request.POST):
            form = caller_form_for(self.session, reshape)
            form.full_clean()
            form.errors.clear()
            if isinstance(form, SchoolBookingForm):
                form.focus(focus_after(request.POST))
            return self._ask(form)
        form = caller_form_for(self.session, request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        try:
            booking = book_for_caller(
                session_id=session_id,
                party=form.party(),
                contact=form.contact(),
                submission_key=form.cleaned_data["submission_key"],
                actor=self.actor,
                now=self.now,
                wants_queue="queue" in request.POST,
                evening_id=form.evening_id if isinstance(form, SchoolBookingForm) else None,
            )
        except BookingRefusedError as refusal:
            show_refusal(form, refusal)
            is_full = isinstance(refusal, SessionFullError | OtherSchoolHostsError)
            return self._ask(form, may_queue=is_full and has_queue(self.session), status=409)
        text = (
            _("On the waiting list. The reference is %(reference)s.")
            if booking.state in (BookingState.WAITING, BookingState.OFFERED)
            else _("Booked. The reference is %(reference)s.")
        )
        messages.success(request, text % {"reference": booking.reference})
        return redirect("booking_admin_detail", pk=booking.pk)

    def _ask(self, form: CallerForm, *, may_queue: bool = False, status: int = 200) -> HttpResponse:
        day = self.session.local_date
        is_school = self.session.audience == Audience.SCHOOL
        school = getattr(form, "chosen_school", None)
        schools = School.objects.bookable(on=timezone.localdate(self.now)).order_by("name")
        return self.show(
            session=self.session,
            form=form,
            when=wording.moments_text(
                dates_of_courses([self.session], now=self.now).get(self.session.course_id) or [self.session]
            ),
            free=wording.free_text(self.session.free_groups, self.session.free_people),
            holiday=days_off(day, day, school=school).get(day, "") if is_school else "",
            schools=schools if is_school else [],
            is_full=is_full(self.session),
            may_queue=may_queue or is_full(self.session),
            waiting=self.session.waiting,
            status=status,
        )

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead back to the offers and dates."""
        return [
            {"url": reverse("booking_admin_caller"), "label": _("Choose an offer")},
            {
                "url": reverse("booking_admin_caller_dates", args=[self.session.offer_id]),
                "label": self.session.offer.title,
            },
        ]


class ChangeBookingView(OneBookingView):
    """Changing a booking for someone who phones: the same form and rules as by link, until the start (S10)."""

    http_method_names = ["get", "head", "post"]
    template_name = "booking/admin/change.html"
    page_title = gettext_lazy("Change the booking")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Let in only those who may change bookings."""
        super().setup(request, *args, **kwargs)
        if not user_can_change(request.user):
            raise PermissionDenied

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form, filled in with how the booking is."""
        if not is_changeable(self.booking) or self.facts.starts_at <= self.now:
            return redirect("booking_admin_detail", pk=pk)
        return self._ask(self._form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change it, or say why not."""
        if reshape := reshaped(request.POST):
            form = self._form(reshape)
            form.full_clean()
            form.errors.clear()
            if isinstance(form, ChangeSchoolForm):
                form.focus(focus_after(request.POST))
            return self._ask(form)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        try:
            change_booking(
                booking_id=pk,
                party=form.party(),
                contact=form.contact(),
                seen=form.cleaned_data["seen"],
                accepts_approval="accept" in request.POST,
                by_staff=True,
                actor=self.actor,
                now=self.now,
            )
        except ChangeNeedsApprovalError as refusal:
            return self._ask(form, asks=refusal.message, status=409)
        except BookingRefusedError as refusal:
            text = change_refusal_text(refusal, to_insider=True)
            if not (isinstance(form, ChangeSchoolForm) and form.add_class_refusal(refusal, text)):
                form.add_error(form.number_field, text)
            return self._ask(form, status=409)
        messages.success(request, _("The change is saved, and the contact is told."))
        return redirect("booking_admin_detail", pk=pk)

    def _form(self, data: Any = None) -> AnyChangeForm:
        return change_form_for(self.booking, booked_of(self.booking)[0].session, data, by_staff=True)

    def _ask(self, form: AnyChangeForm, *, asks: str = "", status: int = 200) -> HttpResponse:
        return self.show(booking=self.booking, form=form, asks=asks, status=status)

    def get_page_title(self) -> str:
        """Name the step."""
        return str(self.page_title)

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead back to the booking."""
        return [
            {
                "url": reverse("booking_admin_detail", args=[self.booking.pk]),
                "label": self.booking.reference,
            }
        ]


@require_POST
def renew_invitation_link(request: HttpRequest, session_id: int) -> HttpResponse:
    """Make a new invitation link for a session and go back to its page, which shows it (F6)."""
    if not user_can_change_sessions(request.user):
        raise PermissionDenied
    session = get_object_or_404(Session, pk=session_id)
    renew_invitation(session_id=session.pk, actor=Actor.of(request.user), now=timezone.now())
    messages.success(request, _("Here is the new link. The old one no longer works."))
    return redirect("sessions:edit", session.pk)


def _whole_bookings() -> QuerySet[Booking]:
    return (
        Booking.objects.submitted()
        .select_related("school", "registered_by")
        .prefetch_related(
            "classes",
            "booked_sessions__session__venue",
            "booked_sessions__session__provider",
            "booked_sessions__session__offer",
            "booked_sessions__session__for_school",
        )
    )


def _queue_text(booking: Booking) -> str:
    """Return the entry's place in the queue while it waits."""
    if booking.state != BookingState.WAITING:
        return ""
    return wording.position_text(booked_of(booking)[0]) or _("No number yet: the address is not confirmed.")


def _status_rows(booking: Booking, facts: Facts) -> list[Row]:
    """Return where the booking is and how it came there."""

    def moment(value: datetime | None) -> str:
        return wording.moment_text(value) if value else ""

    rows = [
        (_("State"), booking.get_state_display()),
        (_("Kind"), booking.get_kind_display()),
        (_("Channel"), booking.get_channel_display()),
        (_("Registered by"), str(booking.registered_by) if booking.registered_by else ""),
        (_("Language"), _("Danish") if booking.language == "da" else _("English")),
        (_("Needs approval because"), ", ".join(worklist_kinds.reason_texts(booking.approval_reasons))),
        (_("Sent"), moment(booking.submitted_at)),
        (_("Held until"), moment(booking.held_until)),
        (_("Waiting list"), _queue_text(booking)),
        (_("E-mail address confirmed"), moment(booking.proven_at)),
        (_("Confirmed"), moment(booking.confirmed_at)),
        (_("Ended"), moment(booking.ended_at)),
        (_("Reason"), reason_text(booking.end_reason)),
        (_("Phone"), booking.contact_phone),
        (_("Contact deleted after"), wording.day_text(booking.delete_after) if booking.delete_after else ""),
        (_("Contact deleted"), moment(booking.anonymised_at)),
    ]
    return [Row(label, value) for label, value in rows if value]
