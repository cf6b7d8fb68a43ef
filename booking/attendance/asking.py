"""Asking for the report: a mail when the session has ended, one the next day, then a task for the team (L8)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from booking.attendance.reading import sessions_without_report
from booking.attendance.rules import is_next_day, mail_window_starts, task_is_due
from booking.attendance.tasks import REPORT_MISSING
from booking.rules import is_by_day
from charter.contacts import provider_addresses
from charter.enums import MemberRole
from charter.models import ProviderMember
from core.outbox.operations import Draft, queue_messages
from core.worklist.models import WorkItem
from core.worklist.operations import open_item
from workshops.models import Session

REPORT_MAIL = "session_report"
REMINDER_MAIL = "session_report_reminder"


def ask_for_reports(now: datetime) -> int:
    """Queue the first mail of sessions that have ended, and by day the reminder of those of earlier days.

    Returns how many are new; safe to run twice, and at once on every node.
    """
    asked = 0
    ended = sessions_without_report(now=now).filter(ends_at__gt=mail_window_starts(now))
    for session in ended.select_related("provider").order_by("ends_at", "pk"):
        drafts = _drafts(session, REPORT_MAIL)
        if is_by_day(now) and is_next_day(session.ends_at, now=now):
            # Asked for the first time a day late (a job that stood still): the reminder alone says it all.
            drafts = _drafts(session, REMINDER_MAIL)
        with transaction.atomic():
            asked += queue_messages(drafts, now=now)
    return asked


def ask_for_report(session: Session, *, now: datetime) -> int:
    """Queue the mail of one session, in the caller's transaction. A new link makes it a new mail."""
    return queue_messages(_drafts(session, REPORT_MAIL), now=now)


def open_tasks_for_reports(now: datetime) -> int:
    """Make a task for the team of each session that nobody has reported for days. Returns how many are new."""
    due = [
        session
        for session in sessions_without_report(now=now).select_related("provider").order_by("ends_at", "pk")
        if task_is_due(session.ends_at, now=now)
    ]
    known = set(
        WorkItem.objects.filter(key__in=[_task_key(session) for session in due]).values_list("key", flat=True)
    )
    new = [session for session in due if _task_key(session) not in known]
    for session in new:
        open_item(
            key=_task_key(session),
            kind=REPORT_MISSING,
            subject=f"session:{session.pk}",
            data={
                "title": session.title,
                "date": session.local_date.isoformat(),
                "provider": session.provider.name,
            },
            provider_id=session.provider_id,
            now=now,
        )
    return len(new)


def _task_key(session: Session) -> str:
    return f"{REPORT_MISSING}:{session.pk}"


def _drafts(session: Session, mail_type: str) -> list[Draft]:
    stamp = f"{int(session.ends_at.timestamp())}:{session.link_generation}"
    return [
        Draft(
            mail_type=mail_type,
            to=address,
            ids={"session": session.pk, "to": address, "generation": session.link_generation},
            language=language,
            key=f"{mail_type}:{session.pk}:{stamp}:{address}",
            about=f"session:{session.pk}",
        )
        for address, language in sorted({*provider_addresses(session.provider), *_facilitators(session)})
    ]


def _facilitators(session: Session) -> Iterable[tuple[str, str]]:
    """Return the address of the member who held it, where the date names one of the provider's."""
    if not session.facilitator:
        return []
    members = ProviderMember.objects.filter(
        provider=session.provider_id, role=MemberRole.FACILITATOR, user__is_active=True
    ).select_related("user")
    wanted = session.facilitator.strip().casefold()
    return [
        (member.user.email, member.user.language)
        for member in members
        if member.user.get_full_name().casefold() == wanted
    ]
