"""What becomes of a session that was made for one request when its booking leaves it (S16)."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from booking.models import ProposedTime
from core.audit.log import Actor
from workshops import operations as planning
from workshops.availability import active_ids
from workshops.enums import UPCOMING_STATES, SessionAccess
from workshops.models import Session


def call_off_agreed(session_ids: Iterable[int], *, actor: Actor, now: datetime) -> None:
    """Cancel the sessions that an accepted request made for itself alone, once nobody is in them any more.

    Nobody else can book them: they are by invitation, and nobody was invited. Left open they would stand in the
    plan, and keep place and facilitator from others (S21). The provider reads it in the mail of the booking's end,
    whose calendar file takes the entry away. A session opened to others, one that was there before the request,
    and one that somebody is in stay as they are. The sessions must be locked.
    """
    ids = list(session_ids)
    made = list(
        ProposedTime.objects.filter(
            session__in=ids,
            # The session was announced in the moment the time was accepted: it was made by that.
            accepted_at=F("session__announced_at"),
            session__access=SessionAccess.INVITATION,
            session__state__in=UPCOMING_STATES,
            session__starts_at__gt=now,
        ).values_list("session_id", flat=True)
    )
    if not made:
        return
    taken = active_ids(made)
    for session in Session.objects.filter(pk__in=made).exclude(pk__in=taken).order_by("pk"):
        with translation.override("da"):
            reason = _("The one who asked for it does not come")
        planning.cancel_session(session_id=session.pk, reason=reason, now=now, actor=actor)
