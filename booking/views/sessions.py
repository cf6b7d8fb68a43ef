"""Moving, cancelling and resizing sessions: the provider's own pages and the administration's, one flow for both.

Form, then a preview of exactly who is touched and what they get, then a POST that does it. The preview carries a
token of what was shown; when something else is there by then, the new preview is shown instead.
"""

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
from django.views.decorators.cache import never_cache
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from booking.affected import Affected, affected_by
from booking.errors import BookingRefusedError
from booking.operations.changing_sessions import sessions_to_change
from booking.permissions import user_can_change_sessions, user_can_change_sessions_of
from booking.session_forms import SessionChangeForm
from booking.session_pages import who_lines
from booking.session_steps import MOVE, SessionStep
from booking.wording import when_text
from core.audit.log import Actor
from workshops.enums import SessionState
from workshops.errors import WorkshopError
from workshops.models import Session
from workshops.operations.sessions import EDITABLE_STATES


class SessionChangeView(View):
    """One step of one session. Who may take it, and how it looks, say the two classes below."""

    http_method_names = ["get", "head", "post"]
    step: SessionStep = MOVE

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the session with whom a change of it touches."""
        super().setup(request, *args, **kwargs)
        self.now: datetime = timezone.now()
        session = (
            Session.objects.select_related("offer__provider", "provider", "venue", "for_school", "course")
            .filter(pk=kwargs["session_id"])
            .first()
        )
        if session is None:
            raise Http404
        self.session: Session = session

    def get(self, request: HttpRequest, session_id: int) -> HttpResponse:
        """Ask; a date that is over or cancelled leads back to its page, which says so."""
        if not self.is_changeable:
            messages.info(request, _("This date can no longer be changed."))
            return redirect(self.back_url)
        return self._ask(self._form())

    def post(self, request: HttpRequest, session_id: int) -> HttpResponse:
        """Show the form again, show the preview, or do it."""
        if self.session.state == SessionState.CANCELLED:
            # The same post twice: it is done already.
            messages.info(request, _("The date is cancelled already. Nothing has changed."))
            return redirect(self.back_url)
        if not self.is_changeable:
            messages.info(request, _("This date can no longer be changed."))
            return redirect(self.back_url)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        match request.POST.get("step"):
            case "confirm":
                return self._do(form)
            case "edit":
                return self._ask(form)
            case _:
                return self._show_preview(form)

    @property
    def is_changeable(self) -> bool:
        """Whether it lies ahead and is not held or cancelled."""
        return self.session.state in EDITABLE_STATES and self.session.starts_at > self.now

    @property
    def back_url(self) -> str:
        """The session's own page."""
        raise NotImplementedError

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render the page."""
        raise NotImplementedError

    def _affected(self, *, following: bool) -> list[Affected]:
        return affected_by(sessions_to_change(self.session, following=following), now=self.now)

    def _form(self, data: Any = None) -> SessionChangeForm:
        every = self._affected(following=True)
        self.touched_now = next(one for one in every if one.session.pk == self.session.pk)
        return self.step.form_class(
            data, session=self.session, later=len(every) - 1, has_booked=any(one.booked for one in every)
        )

    def _ask(self, form: SessionChangeForm, *, status: int = 200) -> HttpResponse:
        return self.show({"form": form, "who": who_lines(self.touched_now)}, status=status)

    def _show_preview(self, form: SessionChangeForm, *, notice: str = "", status: int = 200) -> HttpResponse:
        preview = self.step.preview(form, self._affected(following=form.following), now=self.now)
        return self.show({"form": form, "preview": preview, "notice": notice}, status=status)

    def _do(self, form: SessionChangeForm) -> HttpResponse:
        try:
            changed = self.step.run(
                form,
                self.session,
                seen=self.request.POST.get("seen", ""),
                actor=Actor.of(self.request.user),
                now=self.now,
            )
        except BookingRefusedError as refusal:
            self.session.refresh_from_db()
            return self._show_preview(form, notice=refusal.insider_message, status=409)
        except WorkshopError as refusal:
            form.add_refusal(refusal)
            return self._ask(form, status=422)
        if changed.sessions:
            messages.success(self.request, self.step.done(changed))
        else:
            messages.info(self.request, _("That was done already. Nothing has changed."))
        return redirect(self.back_url)


@method_decorator([login_required, never_cache], name="dispatch")
class ProviderSessionChangeView(SessionChangeView):
    """On the provider's own pages, for its coordinators; to others the session does not exist (rule 12)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in the provider's coordinators only."""
        if not user_can_change_sessions_of(request.user, self.session.provider_id):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def back_url(self) -> str:
        """The session on the provider's pages."""
        return reverse("provider_session", args=[self.session.pk])

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render it as a page of the portal."""
        shared = {
            "session": self.session,
            "provider": self.session.provider,
            "step": self.step,
            "back_url": self.back_url,
        }
        return render(self.request, "booking/session_change.html", {**shared, **context}, status=status)


class StaffSessionChangeView(WagtailAdminTemplateMixin, SessionChangeView):
    """In the administration, for staff who may change dates and bookings."""

    template_name = "booking/admin/session_change.html"
    header_icon = "date"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in staff who may change bookings and dates."""
        if not user_can_change_sessions(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def back_url(self) -> str:
        """The session in the administration."""
        return reverse("sessions:inspect", args=[self.session.pk])

    def get_page_title(self) -> str:
        """Name the step."""
        return str(self.step.title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list and the date."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("sessions:index"), "label": _("Dates")},
            {
                "url": self.back_url,
                "label": when_text(self.session),
            },
            {"url": "", "label": self.get_page_title()},
        ]

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render it as a page of the administration."""
        shared = {"session": self.session, "step": self.step, "back_url": self.back_url}
        return self.render_to_response(self.get_context_data(**shared, **context), status=status)
