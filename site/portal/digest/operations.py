"""Choosing a digest, and queueing those that are due: once a person and period (N5)."""

from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.outbox.operations import queue_message
from core.worklist.models import WorkItem
from portal.digest.enums import Cadence
from portal.digest.models import DigestChoice
from portal.digest.rules import period_of

MAIL_TYPE = "task_digest"


def may_have_digest(user: User) -> bool:
    """Whether a person's digest would tell nothing they may not see."""
    return user.is_active and user.has_perm("worklist.view_workitem")


def choose_digest(*, user_id: int, cadence: Cadence, now: datetime) -> DigestChoice:
    """Store how often a person wants the digest; the first comes with the next day or week."""
    with transaction.atomic():
        choice, _is_new = DigestChoice.objects.select_for_update().get_or_create(user_id=user_id)
        if choice.cadence != cadence:
            choice.cadence = cadence
            choice.last_period = period_of(cadence, now=now)
            choice.save(update_fields=["cadence", "last_period"])
    return choice


def queue_digests(now: datetime) -> int:
    """Queue the digests that are due; nothing where nothing is open. Safe to run twice or at once.

    Returns how many were queued.
    """
    queued = 0
    is_anything_open: bool | None = None
    for choice in DigestChoice.objects.exclude(cadence=Cadence.OFF).select_related("user").order_by("pk"):
        period = period_of(choice.cadence, now=now)
        if not period or period == choice.last_period or not may_have_digest(choice.user):
            continue
        if is_anything_open is None:
            is_anything_open = WorkItem.objects.awake(now=now).exists()
        with transaction.atomic():
            mine = DigestChoice.objects.filter(pk=choice.pk, last_period=choice.last_period)
            if mine.update(last_period=period) and is_anything_open:
                queue_message(
                    mail_type=MAIL_TYPE,
                    to=choice.user.email,
                    ids={"user": choice.user_id},
                    language=choice.user.language,
                    key=f"{MAIL_TYPE}:{choice.user_id}:{period}",
                    about=f"user:{choice.user_id}",
                    now=now,
                )
                queued += 1
    return queued
