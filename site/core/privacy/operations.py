"""Asking for one's own data, erasing a person, and noting who read what (D3, R9)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.accounts.closing import end_log_ins
from core.audit.log import Actor, record
from core.audit.models import Entry
from core.outbox.operations import queue_message
from core.privacy.errors import NobodyNamedError
from core.privacy.models import DataRequest
from core.privacy.people import Person
from core.privacy.reading import rows_of, why_it_stays
from core.privacy.registry import Asked, all_holdings

LINK_WORKS_FOR = timedelta(hours=1)
READING_COUNTS_FOR = timedelta(hours=1)
"""Somebody who opens the same page again within it is noted once."""


@dataclass(frozen=True)
class Erased:
    """What an erasure did."""

    gone: int
    stayed: int


@transaction.atomic
def ask_for_own_data(*, email: str, language: str, now: datetime) -> DataRequest:
    """Mail a link to see and erase what is held about an address, known or not (rule 12); an earlier link ends."""
    address = email.strip().lower()
    DataRequest.objects.filter(email__iexact=address).delete()
    asked = DataRequest.objects.create(
        email=address, language=language, asked_at=now, expires_at=now + LINK_WORKS_FOR
    )
    queue_message(
        mail_type="own_data_link",
        to=address,
        ids={"request": asked.pk},
        language=language,
        key=f"own_data_link:{asked.pk}",
        about=f"datarequest:{asked.pk}",
        now=now,
    )
    return asked


@transaction.atomic
def erase_person(*, person: Person, actor: Actor, now: datetime, by_staff: bool, language: str) -> Erased:
    """Erase all that is held about a person and need not stay; one mail tells them. Twice changes nothing more.

    What lies ahead is withdrawn on the way, so that providers are told and queues run. Rows, states and numbers stay
    as figures (rule 10). Who must stay, and why, is said by each holding; the log gets numbers only.

    Args:
        by_staff: staff may withdraw after the participant's deadline.
        language: of the mail.
    Raises:
        NobodyNamedError: no address and no number.
    """
    if not person:
        raise NobodyNamedError
    asked = Asked(actor=actor, now=now, by_staff=by_staff)
    gone: Counter[str] = Counter()
    stayed: Counter[str] = Counter()
    for holding in all_holdings():
        goes = []
        # Asked again at each holding: a withdrawal on the way has just written a mail.
        for row in rows_of(holding, person):
            if holding.erase is None or why_it_stays(holding, row, person, asked):
                stayed[holding.rule] += 1
            else:
                goes.append(row)
        if holding.erase is not None and goes:
            holding.erase(goes, asked)
            gone[holding.rule] += len(goes)
    if person.email:
        end_log_ins(email=person.email)
    if not gone:
        return Erased(0, stayed.total())
    entry = record("person.erased", "person", actor=actor, now=now, erased=dict(gone), kept=dict(stayed))
    if person.email:
        queue_message(
            mail_type="data_erased",
            to=person.email,
            ids={"gone": gone.total(), "stayed": stayed.total()},
            language=language,
            key=f"data_erased:{entry.pk}",
            about="person",
            now=now,
        )
    return Erased(gone.total(), stayed.total())


def note_reading(
    action: str, subject: str, *, actor: Actor, now: datetime, provider_id: int | None = None
) -> bool:
    """Write in the audit log that somebody read personal data; once an hour and reader.

    Returns whether an entry was written.
    """
    recent = Entry.objects.filter(
        subject=subject,
        action=action,
        actor_id=actor.user_id,
        actor_kind=actor.kind,
        at__gt=now - READING_COUNTS_FOR,
    )
    if recent.exists():
        return False
    record(action, subject, actor=actor, now=now, provider_id=provider_id)
    return True


def delete_data_requests(now: datetime) -> int:
    """Delete requests for one's own data whose link has ended. Returns how many."""
    deleted, _per_model = ended_requests(now).delete()
    return deleted


def ended_requests(now: datetime) -> Any:
    """Return the requests whose link has ended."""
    return DataRequest.objects.filter(expires_at__lte=now)
