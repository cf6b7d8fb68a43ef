"""Reminders to sign: the ladder before coverage ends and on lapse, and the button of the board (C7, rule 5)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from charter import renewal_notices
from charter.board import Facts, facts_of, last_reminders
from charter.enums import CharterMode, MemberRole
from charter.errors import NobodyToRemindError, ReminderNotNeededError, ReminderSentTodayError
from charter.gate import local_day
from charter.models import CharterPeriod, Provider, ProviderMember
from charter.renewal import LADDER, prolongs, reminder_for
from charter.rules import CAN_SIGN_IN
from charter.work_items import CHARTER, PERIOD_MISSING
from core.audit.log import Actor, record
from core.outbox.operations import queue_messages
from core.worklist.operations import open_item


def queue_renewals(now: datetime) -> int:
    """Queue the reminders that are due to signatories, and one digest of them to the team; return how many are new.

    Each step of each end of coverage is told once, whatever runs twice, and a step that was missed is not made up
    for. A provider that cannot sign yet is not asked to; the team hears of it all the same.
    """
    with transaction.atomic():
        providers = Provider.objects.needing_charter().filter(state__in=CAN_SIGN_IN).order_by("name", "pk")
        due = [facts for facts in facts_of(providers, now=now) if facts.due is not None]
        if not due:
            return 0
        drafts = renewal_notices.drafts_of_ladder(
            [facts for facts in due if can_renew(facts)], users=_signatories(due), now=now
        )
        digest = renewal_notices.draft_of_digest(due, now=now)
        _ask_for_period(due, now=now)
        return queue_messages([*drafts, *([digest] if digest else [])], now=now)


def can_renew(facts: Facts) -> bool:
    """Return whether what can be signed now would answer the step that is due."""
    if facts.due is None:
        return False
    return prolongs(facts.periods, ends_on=facts.due.ends_on)


def remind_provider(*, provider_id: int, actor: Actor, now: datetime) -> int:
    """Ask a provider's signatories to sign, because somebody pressed a button; return how many mails are queued.

    Raises:
        ReminderNotNeededError: nothing can be signed now, or nothing needs to be.
        NobodyToRemindError: nobody is registered as signatory.
        ReminderSentTodayError: it was reminded today, by the ladder or by a person.
    """
    today = local_day(now)
    with transaction.atomic():
        provider = Provider.objects.locked().get(pk=provider_id)
        if not provider.needs_charter:
            raise ReminderNotNeededError
        facts = facts_of([provider], now=now)[0]
        reminder = reminder_for(facts.standing)
        if reminder is None or not facts.may_be_reminded:
            raise ReminderNotNeededError
        users = _signatories([facts]).get(provider_id, [])
        if not users:
            raise NobodyToRemindError
        last = last_reminders([provider_id]).get(provider_id)
        if last is not None and local_day(last) >= today:
            raise ReminderSentTodayError
        queued = queue_messages(
            renewal_notices.drafts_of_button(facts, reminder, users=users, today=today), now=now
        )
        record(
            "provider.reminded",
            f"provider:{provider_id}",
            actor=actor,
            now=now,
            provider_id=provider_id,
            reminder=reminder.value,
            mails=queued,
        )
    return queued


def _signatories(due: Sequence[Facts]) -> dict[int, list[renewal_notices.Recipient]]:
    members = (
        ProviderMember.objects.filter(
            provider__in=[facts.provider.pk for facts in due],
            role=MemberRole.SIGNATORY,
            user__is_active=True,
        )
        .select_related("user")
        .order_by("pk")
    )
    found: dict[int, list[renewal_notices.Recipient]] = {}
    for member in members:
        user = member.user
        found.setdefault(member.provider_id, []).append(
            renewal_notices.Recipient(user.pk, user.email, user.language)
        )
    return found


def _ask_for_period(due: Sequence[Facts], *, now: datetime) -> None:
    """Open a task where coverage ends and no charter period follows: nobody could sign (C3)."""
    if settings.PORTAL_CHARTER_MODE != CharterMode.CALENDAR_YEAR:
        return
    ends: set[date] = {
        facts.due.ends_on
        for facts in due
        if facts.due is not None and facts.due.step in LADDER and not can_renew(facts)
    }
    for ends_on in sorted(ends):
        if not CharterPeriod.objects.filter(last_day__gt=ends_on).exists():
            open_item(
                key=f"{PERIOD_MISSING}:{ends_on.isoformat()}",
                kind=PERIOD_MISSING,
                subject=CHARTER,
                data={"ends_on": ends_on.isoformat()},
                now=now,
            )
