"""Moving, cancelling and resizing sessions: the provider's own pages and the administration's, one flow for both.

Form, then a preview of exactly who is touched and what they get, then a POST that does it. The preview carries a
token of what was shown; when something else is there by then, the new preview is shown instead.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from booking.affected import Affected, affected_by
from booking.errors import BookingRefusedError
from booking.operations.changing_sessions import sessions_to_change
from booking.permissions import user_can_change_sessions, user_can_change_sessions_of
from booking.session_forms import SessionChangeForm
from booking.session_pages import who_lines
from booking.session_steps import MOVE, SessionStep
from booking.views.one_session import OneSessionView, ProviderSessionPage, StaffSessionPage
from core.audit.log import Actor
from workshops.enums import SessionState
from workshops.errors import WorkshopError
from workshops.operations.sessions import EDITABLE_STATES


class SessionChangeView(OneSessionView):
    """One step of one session."""

    step: SessionStep = MOVE

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

    def _affected(self, *, following: bool) -> list[Affected]:
        return affected_by(sessions_to_change(self.session, following=following), now=self.now)

    def _form(self, data: Any = None) -> SessionChangeForm:
        every = self._affected(following=True)
        self.touched_now = next(one for one in every if one.session.pk == self.session.pk)
        return self.step.form_class(
            data, session=self.session, later=len(every) - 1, has_booked=any(one.booked for one in every)
        )

    def _ask(self, form: SessionChangeForm, *, status: int = 200) -> HttpResponse:
        return self.show(status=status, step=self.step, form=form, who=who_lines(self.touched_now))

    def _show_preview(self, form: SessionChangeForm, *, notice: str = "", status: int = 200) -> HttpResponse:
        preview = self.step.preview(form, self._affected(following=form.following), now=self.now)
        return self.show(status=status, step=self.step, form=form, preview=preview, notice=notice)

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


class ProviderSessionChangeView(ProviderSessionPage, SessionChangeView):
    """On the provider's own pages, for its coordinators."""

    template_name = "booking/session_change.html"

    def may(self, user: Any, provider_id: int) -> bool:
        """Let in the provider's coordinators only."""
        return user_can_change_sessions_of(user, provider_id)


class StaffSessionChangeView(StaffSessionPage, SessionChangeView):
    """In the administration, for staff who may change dates and bookings."""

    template_name = "booking/admin/session_change.html"
    header_icon = "date"

    def may(self, user: Any) -> bool:
        """Let in staff who may change bookings and dates."""
        return user_can_change_sessions(user)

    def get_page_title(self) -> str:
        """Name the step."""
        return str(self.step.title)
