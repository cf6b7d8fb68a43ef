"""Writing to all who have booked a session: the provider's own page and the administration's, one flow for both."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from booking.errors import BookingRefusedError
from booking.messaging.errors import MessagesClosedError
from booking.messaging.forms import SessionMessageForm
from booking.messaging.reading import can_be_written_to, messages_of, recipients_of
from booking.operations.messaging import send_session_message
from booking.permissions import user_can_change, user_can_write_to_booked_of
from booking.wording import when_text
from core.audit.log import Actor
from core.cms.frame import current_frame
from core.limits.errors import LimitExceededError
from core.limits.limits import too_many_response
from workshops.models import Session


class SessionMessageView(View):
    """Write, read what goes to how many, send once. Who may, and how it looks, say the two classes below."""

    http_method_names = ["get", "head", "post"]
    is_from_staff = False
    now: datetime
    session: Session

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the session."""
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()
        session = (
            Session.objects.select_related("offer", "provider", "venue", "for_school")
            .filter(pk=kwargs["session_id"])
            .first()
        )
        if session is None:
            raise Http404
        self.session = session

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

    @property
    def back_url(self) -> str:
        """The session's own page."""
        raise NotImplementedError

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render the page."""
        raise NotImplementedError

    def _ask(
        self, form: SessionMessageForm, *, is_preview: bool = False, notice: str = "", status: int = 200
    ) -> HttpResponse:
        sender = current_frame("da").authority if self.is_from_staff else self.session.provider.name
        context = {
            "session": self.session,
            "back_url": self.back_url,
            "form": form,
            "recipients": recipients_of(self.session.pk),
            "is_preview": is_preview,
            "sender": sender,
            "notice": notice,
            "sent": messages_of(self.session.pk),
        }
        return self.show(context, status=status)

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


@method_decorator([login_required, never_cache], name="dispatch")
class ProviderSessionMessageView(SessionMessageView):
    """On the provider's pages, for those who coordinate or hold; to others the session does not exist (rule 12)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in the provider's coordinators and facilitators."""
        if not user_can_write_to_booked_of(request.user, self.session.provider_id):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def back_url(self) -> str:
        """The session on the provider's pages."""
        return reverse("provider_session", args=[self.session.pk])

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render it as a page of the portal."""
        shared = {"provider": self.session.provider}
        return render(self.request, "booking/messaging/message.html", {**shared, **context}, status=status)


class StaffSessionMessageView(WagtailAdminTemplateMixin, SessionMessageView):
    """In the administration, for staff who may change bookings."""

    is_from_staff = True
    template_name = "booking/admin/message.html"
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in staff who may change bookings."""
        if not user_can_change(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def back_url(self) -> str:
        """The session in the administration."""
        return reverse("sessions:inspect", args=[self.session.pk])

    def get_page_title(self) -> str:
        """Name the page."""
        return _("Write to all who have booked")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list and the date."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("sessions:index"), "label": _("Dates")},
            {"url": self.back_url, "label": when_text(self.session)},
            {"url": "", "label": self.get_page_title()},
        ]

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render it as a page of the administration."""
        return self.render_to_response(self.get_context_data(**context), status=status)
