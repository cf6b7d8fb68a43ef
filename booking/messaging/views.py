"""Writing to all who have booked a session: the provider's own page and the administration's, one flow for both."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy, ngettext

from booking.errors import BookingRefusedError
from booking.messaging.errors import MessagesClosedError
from booking.messaging.forms import SessionMessageForm
from booking.messaging.reading import can_be_written_to, messages_of, recipients_of
from booking.operations.messaging import send_session_message
from booking.permissions import user_can_change, user_can_write_to_booked_of
from booking.views.one_session import OneSessionView, ProviderSessionPage, StaffSessionPage
from core.audit.log import Actor
from core.cms.frame import current_frame
from core.limits.errors import LimitExceededError
from core.limits.limits import too_many_response


class SessionMessageView(OneSessionView):
    """Write, read what goes to how many, send once."""

    is_from_staff = False

    def get(self, request: HttpRequest, session_id: int) -> HttpResponse:
        """Ask for the text; a date that is cancelled or long over leads back, and says why."""
        if not can_be_written_to(self.session, now=self.now):
            messages.info(request, MessagesClosedError().message)
            return redirect(self.back_url)
        return self._ask(SessionMessageForm())

    def post(self, request: HttpRequest, session_id: int) -> HttpResponse:
        """Show it as it goes, show the form again, or send it."""
        form = SessionMessageForm(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        match request.POST.get("step"):
            case "send":
                return self._send(form)
            case "edit":
                return self._ask(form)
            case _:
                return self._ask(form, is_preview=True)

    def _ask(
        self, form: SessionMessageForm, *, is_preview: bool = False, notice: str = "", status: int = 200
    ) -> HttpResponse:
        sender = current_frame("da").authority if self.is_from_staff else self.session.provider.name
        return self.show(
            status=status,
            form=form,
            recipients=recipients_of(self.session.pk),
            is_preview=is_preview,
            sender=sender,
            notice=notice,
            sent=messages_of(self.session.pk),
        )

    def _send(self, form: SessionMessageForm) -> HttpResponse:
        try:
            message = send_session_message(
                session_id=self.session.pk,
                text=form.cleaned_data["text"],
                key=form.cleaned_data["key"],
                is_from_staff=self.is_from_staff,
                actor=Actor.of(self.request.user),
                now=self.now,
            )
        except LimitExceededError as error:
            return too_many_response(self.request, error)
        except BookingRefusedError as refusal:
            return self._ask(form, notice=refusal.message, status=409)
        text = ngettext(
            "The message is on its way to %(count)s booking.",
            "The message is on its way to %(count)s bookings.",
            message.recipients,
        )
        messages.success(self.request, text % {"count": message.recipients})
        return redirect(self.back_url)


class ProviderSessionMessageView(ProviderSessionPage, SessionMessageView):
    """On the provider's pages, for those who coordinate or hold."""

    template_name = "booking/messaging/message.html"

    def may(self, user: Any, provider_id: int) -> bool:
        """Let in the provider's coordinators and facilitators."""
        return user_can_write_to_booked_of(user, provider_id)


class StaffSessionMessageView(StaffSessionPage, SessionMessageView):
    """In the administration, for staff who may change bookings."""

    is_from_staff = True
    template_name = "booking/admin/message.html"
    header_icon = "mail"
    page_title = gettext_lazy("Write to all who have booked")

    def may(self, user: Any) -> bool:
        """Let in staff who may change bookings."""
        return user_can_change(user)
