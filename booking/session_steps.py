"""The three things one does to a session that people have booked: ask, show who is touched, do it once (rule 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from booking.affected import Affected
from booking.operations.changing_sessions import (
    Changed,
    cancel_session,
    cancel_token,
    change_session_limits,
    limits_token,
    move_session,
    move_token,
)
from booking.session_forms import CancelSessionForm, LimitsForm, MoveSessionForm, SessionChangeForm
from booking.session_pages import Preview, cancel_preview, limits_preview, move_preview
from core.audit.log import Actor
from workshops.models import Session


@dataclass(frozen=True)
class SessionStep:
    """One step: its words, its form, its preview and its operation."""

    title: Any
    confirm: Any
    """The button that does it."""

    form_class: type[SessionChangeForm]
    is_serious: bool = False

    def preview(self, form: Any, affected: Sequence[Affected], *, now: datetime) -> Preview:
        """Return what it would do, with the token of what is shown."""
        raise NotImplementedError

    def run(self, form: Any, session: Session, *, seen: str, actor: Actor, now: datetime) -> Changed:
        """Do it."""
        raise NotImplementedError

    def done(self, changed: Changed) -> str:
        """Return what was done, in words."""
        raise NotImplementedError


class MoveStep(SessionStep):
    """A new time or place."""

    def preview(self, form: MoveSessionForm, affected: Sequence[Affected], *, now: datetime) -> Preview:
        """Show the new times."""
        token = move_token(affected, form.new_time, form.what_of_booked)
        return move_preview(affected, form.new_time, form.what_of_booked, token=token, now=now)

    def run(
        self, form: MoveSessionForm, session: Session, *, seen: str, actor: Actor, now: datetime
    ) -> Changed:
        """Move."""
        return move_session(
            session_id=session.pk,
            following=form.following,
            new_time=form.new_time,
            for_booked=form.what_of_booked,
            seen=seen,
            actor=actor,
            now=now,
        )

    def done(self, changed: Changed) -> str:
        """Say how many dates were moved and how many are told."""
        text = ngettext("The date is moved.", "%(count)s dates are moved.", changed.sessions)
        return " ".join([text % {"count": changed.sessions}, *_told(changed)])


class CancelStep(SessionStep):
    """It is not held."""

    def preview(self, form: CancelSessionForm, affected: Sequence[Affected], *, now: datetime) -> Preview:
        """Show who loses what."""
        token = cancel_token(affected, form.why, form.what_of_booked)
        return cancel_preview(affected, form.what_of_booked, token=token)

    def run(
        self, form: CancelSessionForm, session: Session, *, seen: str, actor: Actor, now: datetime
    ) -> Changed:
        """Cancel, or close and leave it to the administration."""
        return cancel_session(
            session_id=session.pk,
            following=form.following,
            reason=form.why,
            for_booked=form.what_of_booked,
            seen=seen,
            actor=actor,
            now=now,
        )

    def done(self, changed: Changed) -> str:
        """Say how many dates were cancelled or closed."""
        if changed.tasks:
            text = ngettext(
                "The date is closed, and the administration decides on the bookings.",
                "%(count)s dates are closed, and the administration decides on the bookings.",
                changed.sessions,
            )
            return text % {"count": changed.sessions}
        text = ngettext("The date is cancelled.", "%(count)s dates are cancelled.", changed.sessions)
        return " ".join([text % {"count": changed.sessions}, *_told(changed)])


class LimitsStep(SessionStep):
    """More or fewer places."""

    def preview(self, form: LimitsForm, affected: Sequence[Affected], *, now: datetime) -> Preview:
        """Show what is taken and who waits."""
        token = limits_token(affected, form.limits)
        return limits_preview(affected[0], form.limits, token=token)

    def run(self, form: LimitsForm, session: Session, *, seen: str, actor: Actor, now: datetime) -> Changed:
        """Change the limits."""
        return change_session_limits(
            session_id=session.pk, limits=form.limits, seen=seen, actor=actor, now=now
        )

    def done(self, changed: Changed) -> str:
        """Say who got a place by it."""
        texts = [_("The number of places is changed.")]
        if changed.told:
            offered = ngettext(
                "%(count)s on the waiting list has been offered a place.",
                "%(count)s on the waiting list have been offered a place.",
                changed.told,
            )
            texts.append(offered % {"count": changed.told})
        if changed.too_large:
            told = ngettext(
                "%(count)s on the waiting list is told that so many no longer fit.",
                "%(count)s on the waiting list are told that so many no longer fit.",
                changed.too_large,
            )
            texts.append(told % {"count": changed.too_large})
        return " ".join(texts)


def _told(changed: Changed) -> list[str]:
    if not changed.told:
        return []
    told = ngettext("%(count)s is told by e-mail.", "%(count)s are told by e-mail.", changed.told)
    return [told % {"count": changed.told}]


MOVE = MoveStep(
    title=gettext_lazy("Move the date"),
    confirm=gettext_lazy("Move and tell them"),
    form_class=MoveSessionForm,
)
CANCEL = CancelStep(
    title=gettext_lazy("Cancel the date"),
    confirm=gettext_lazy("Cancel now"),
    form_class=CancelSessionForm,
    is_serious=True,
)
LIMITS = LimitsStep(
    title=gettext_lazy("Change the number of places"),
    confirm=gettext_lazy("Change the number"),
    form_class=LimitsForm,
)
