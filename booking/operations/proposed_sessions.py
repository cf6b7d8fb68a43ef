"""Proposed times that name a session which is there: they follow it when it is moved, and fall with it (rule 3, V5)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from booking.enums import RequestKind, RequestState
from booking.models import DateRequest, ProposedTime
from booking.operations.requesting import open_urgent_task, record_of
from booking.requesting.messages import tell_asker
from core.audit.log import Actor
from workshops.models import Session


def lock_requests_naming(session_ids: Iterable[int]) -> None:
    """Lock the requests that are answered with one of some sessions, before any session (one lock order)."""
    ids = _standing(session_ids).values("request_id")
    list(DateRequest.objects.filter(pk__in=ids).locked().values_list("pk", flat=True))


def proposals_follow(sessions: Sequence[Session], *, actor: Actor, now: datetime) -> None:
    """Write the new time of moved sessions into what was proposed, and send the asker the times again."""
    by_id = {session.pk: session for session in sessions}
    touched = set()
    for time in _standing(by_id).order_by("request_id", "pk"):
        session = by_id[time.session_id or 0]
        time.starts_at, time.duration_minutes = session.starts_at, session.duration_minutes
        time.save(update_fields=["starts_at", "duration_minutes"])
        touched.add(time.request_id)
    _answer_again(touched, "request_times_moved", actor=actor, now=now)


def proposals_fall(session_ids: Iterable[int], *, actor: Actor, now: datetime) -> None:
    """Take back what was proposed of sessions that are not held; without any time left the request awaits an answer."""
    standing = _standing(session_ids)
    touched = set(standing.values_list("request_id", flat=True))
    standing.update(withdrawn_at=now)
    _answer_again(touched, "request_times_cancelled", actor=actor, now=now)


def _standing(session_ids: Iterable[int]) -> QuerySet[ProposedTime]:
    return ProposedTime.objects.filter(
        session__in=list(session_ids),
        withdrawn_at=None,
        accepted_at=None,
        request__state=RequestState.ANSWERED,
    )


def _answer_again(request_ids: Iterable[int], action: str, *, actor: Actor, now: datetime) -> None:
    for request in (
        DateRequest.objects.filter(pk__in=list(request_ids)).select_related("offer__provider").order_by("pk")
    ):
        if request.proposals.filter(withdrawn_at=None, starts_at__gt=now).exists():
            request.answered_at = now
        else:
            request.state, request.awaits_since = RequestState.SENT, now
        request.save(update_fields=["answered_at", "state", "awaits_since"])
        record_of(request, action, actor=actor, now=now)
        if request.state == RequestState.SENT and request.kind == RequestKind.URGENT:
            open_urgent_task(request, turn=f"{now:%Y%m%dT%H%M%S%f}", now=now)
        tell_asker(request, now=now)
