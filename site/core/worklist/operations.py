"""Opening, assigning, putting off and closing tasks."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.audit.log import Actor, record
from core.worklist.errors import ItemClosedError, ItemTakenError, NotAHandlerError
from core.worklist.models import WorkItem
from core.worklist.permissions import handlers
from core.worklist.rules import check_wake


def open_item(
    *,
    key: str,
    kind: str,
    subject: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    provider_id: int | None = None,
    due_at: datetime | None = None,
) -> WorkItem:
    """Open a task in the caller's transaction; opening the same key again returns the first, open or closed.

    Args:
        key: what it is about, once: "affected_booking:17:suspended:2026-11-21".
        subject: the object, as "booking:17".
        data: facts for its text, without personal data (rule 10).
    Source: DESIGN.md rule 3.
    """
    item = WorkItem(
        key=key,
        kind=kind,
        subject=subject,
        opened_at=now,
        data=dict(data or {}),
        provider_id=provider_id,
        due_at=due_at,
    )
    # INSERT ... ON CONFLICT DO NOTHING: no error that would break the caller's transaction.
    WorkItem.objects.bulk_create([item], ignore_conflicts=True)
    return WorkItem.objects.get(key=key)


def close_item(*, item_id: int, resolution: str, actor: Actor, now: datetime) -> WorkItem:
    """Close a task. Closing it again with the same resolution changes nothing.

    Raises:
        ItemClosedError: it was closed with another resolution.
    """
    with transaction.atomic():
        closed = (
            WorkItem.objects.open()
            .filter(pk=item_id)
            .update(closed_at=now, closed_by=actor.user_id, resolution=resolution)
        )
        item = WorkItem.objects.get(pk=item_id)
        if closed:
            _note(
                "work_item.closed",
                item,
                actor=actor,
                now=now,
                kind=item.kind,
                about=item.subject,
                resolution=resolution,
            )
        elif item.resolution != resolution:
            raise ItemClosedError
    return item


def close_item_by_key(*, key: str, resolution: str, actor: Actor, now: datetime) -> WorkItem | None:
    """Close the open task with this key; None when there is none (somebody was faster, or it never was)."""
    with transaction.atomic():
        item = WorkItem.objects.open().filter(key=key).first()
        if item is None:
            return None
        return close_item(item_id=item.pk, resolution=resolution, actor=actor, now=now)


def assign_item(
    *, item_id: int, assignee_id: int | None, actor: Actor, now: datetime, only_if_free: bool = False
) -> WorkItem:
    """Give an open task to a person, or to nobody. Giving it again to whoever has it changes nothing.

    Args:
        only_if_free: refuse when a colleague has it; for who takes a task from a list.
    Raises:
        ItemClosedError: it is closed.
        ItemTakenError: somebody else has it, and `only_if_free` was said.
        NotAHandlerError: the person may not deal with tasks.
    """
    with transaction.atomic():
        item = _locked(item_id)
        if item.assignee_id == assignee_id:
            return item
        if only_if_free and item.assignee_id is not None:
            raise ItemTakenError
        if assignee_id is not None and not handlers().filter(pk=assignee_id).exists():
            raise NotAHandlerError
        item.assignee_id = assignee_id
        item.save(update_fields=["assignee"])
        _note("work_item.assigned", item, actor=actor, now=now, assignee=assignee_id)
    return item


def snooze_item(*, item_id: int, wakes_on: date, actor: Actor, now: datetime) -> WorkItem:
    """Put an open task off until a local day. It comes back by itself: lists ask the day, no job runs.

    Raises:
        ItemClosedError: it is closed.
        DayNotAheadError, DayTooLateError: the day (core.worklist.rules).
    """
    with transaction.atomic():
        item = _locked(item_id)
        check_wake(
            wakes_on,
            today=timezone.localdate(now),
            due_on=timezone.localdate(item.due_at) if item.due_at else None,
        )
        if item.wakes_on != wakes_on:
            item.wakes_on = wakes_on
            item.save(update_fields=["wakes_on"])
            _note("work_item.snoozed", item, actor=actor, now=now, wakes_on=wakes_on.isoformat())
    return item


def wake_item(*, item_id: int, actor: Actor, now: datetime) -> WorkItem:
    """Take a task that sleeps back now. One that is awake stays as it is.

    Raises:
        ItemClosedError: it is closed.
    """
    with transaction.atomic():
        item = _locked(item_id)
        if item.is_asleep(on=timezone.localdate(now)):
            item.wakes_on = None
            item.save(update_fields=["wakes_on"])
            _note("work_item.woken", item, actor=actor, now=now)
    return item


def _locked(item_id: int) -> WorkItem:
    item = WorkItem.objects.select_for_update().get(pk=item_id)
    if not item.is_open:
        raise ItemClosedError
    return item


def _note(action: str, item: WorkItem, *, actor: Actor, now: datetime, **data: Any) -> None:
    record(action, f"work_item:{item.pk}", actor=actor, now=now, provider_id=item.provider_id, **data)


def close_items(*, kind: str, subject: str, resolution: str, actor: Actor, now: datetime) -> int:
    """Close every open task of a kind about a subject: what they asked for has been decided elsewhere.

    Returns how many there were; none is fine.
    """
    with transaction.atomic():
        ids = list(WorkItem.objects.open().filter(kind=kind, subject=subject).values_list("pk", flat=True))
        for item_id in ids:
            close_item(item_id=item_id, resolution=resolution, actor=actor, now=now)
    return len(ids)
