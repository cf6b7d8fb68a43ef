"""What requests need by themselves: tasks when nobody answers, reminders, lapse, and an end of personal data."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F

from booking.enums import RequestState
from booking.models import DateRequest
from booking.operations.requesting import (
    UNANSWERED,
    close_tasks,
    end_request,
    locked_request,
    record_of,
)
from booking.querysets import DateRequestQuerySet
from booking.requesting.messages import remind_asker, tell_asker
from booking.requesting.rules import ANSWER_TIME, EXPIRES_AFTER, PROOF_TIME, REMIND_AFTER
from core.audit.log import SYSTEM, record
from core.outbox.operations import end_retention
from core.worklist.operations import open_item
from workshops.calendars import local_date_of

_BATCH = 500
_EMPTIED = {
    "contact_name": "",
    "contact_email": "",
    "contact_phone": "",
    "organisation": "",
    "needs": [],
    "interpreter_language": "",
}


def chase_requests(now: datetime) -> int:
    """Make tasks of unanswered requests, remind of proposed times, let times lapse, forget unconfirmed requests.

    Returns how many requests were dealt with. Safe to run twice, at once, or after missed days (rule 5).
    """
    count, _per_model = unproven_requests(now).delete()
    silent = DateRequest.objects.filter(state=RequestState.SENT, awaits_since__lte=now - ANSWER_TIME)
    for request in silent.select_related("offer").order_by("pk"):
        _make_task(request, now=now)
        count += 1
    answered = DateRequest.objects.filter(state=RequestState.ANSWERED)
    for pk in (
        answered.filter(answered_at__lte=now - REMIND_AFTER).order_by("pk").values_list("pk", flat=True)
    ):
        count += _remind_or_end(pk, now=now)
    return count


def unproven_requests(now: datetime) -> DateRequestQuerySet:
    """Return the requests whose address nobody confirmed in time."""
    rows: DateRequestQuerySet = DateRequest.objects.filter(
        state=RequestState.UNPROVEN, sent_at__lte=now - PROOF_TIME
    )
    return rows


def requests_to_anonymise(now: datetime) -> DateRequestQuerySet:
    """Return the requests whose last day of keeping has passed."""
    due: DateRequestQuerySet = DateRequest.objects.filter(
        delete_after__lt=local_date_of(now), anonymised_at=None
    )
    return due


def anonymise_requests(now: datetime) -> int:
    """Empty the contact of every request whose time has come, and let its mails and links go (rule 10).

    School, classes, wishes and states stay as figures. Returns how many; safe to run twice.
    """
    total = 0
    while ids := list(requests_to_anonymise(now).order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            done = empty_requests(ids, now=now)
            if done:
                record("requests_anonymised", "requests", actor=SYSTEM, now=now, count=done)
        total += done
    return total


def empty_requests(ids: Collection[int], *, now: datetime) -> int:
    """Empty the contact of requests; their mails go with the next purge, their links end. In the caller's transaction."""
    done = DateRequest.objects.filter(pk__in=ids, anonymised_at=None).update(
        **_EMPTIED, anonymised_at=now, link_generation=F("link_generation") + 1
    )
    end_retention(about=[f"request:{pk}" for pk in ids], now=now)
    return done


def _make_task(request: DateRequest, *, now: datetime) -> None:
    """Ask the administration to see to a request; once for each time it was put to the provider."""
    open_item(
        key=f"{UNANSWERED}:{request.pk}:{request.awaits_since:%Y%m%dT%H%M%S%f}",
        kind=UNANSWERED,
        subject=f"request:{request.pk}",
        provider_id=request.offer.provider_id if request.offer else None,
        data={"reference": request.reference, "title": request.offer.title if request.offer else ""},
        due_at=now,
        now=now,
    )


@transaction.atomic
def _remind_or_end(request_id: int, *, now: datetime) -> int:
    """Remind the asker of proposed times; after 14 days, or when all have passed, let them lapse."""
    request = locked_request(request_id)
    if request.state != RequestState.ANSWERED or request.answered_at is None:
        return 0
    is_ahead = request.proposals.filter(withdrawn_at=None, starts_at__gt=now).exists()
    if is_ahead and request.answered_at > now - EXPIRES_AFTER:
        remind_asker(request, now=now)
        return 1
    end_request(request, RequestState.EXPIRED, reason="", now=now)
    record_of(request, "request_expired", actor=SYSTEM, now=now)
    close_tasks(request, resolution="expired", actor=SYSTEM, now=now)
    tell_asker(request, now=now)
    return 1
