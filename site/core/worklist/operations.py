"""Opening, assigning and closing tasks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core.audit.log import Actor, record
from core.worklist.errors import ItemClosedError
from core.worklist.models import WorkItem


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
            record(
                "work_item.closed",
                f"work_item:{item.pk}",
                actor=actor,
                now=now,
                provider_id=item.provider_id,
                kind=item.kind,
                about=item.subject,
                resolution=resolution,
            )
        elif item.resolution != resolution:
            raise ItemClosedError(f"Item {item_id} is already closed: {item.resolution}.")
    return item


def close_item_by_key(*, key: str, resolution: str, actor: Actor, now: datetime) -> WorkItem | None:
    """Close the open task with this key; None when there is none (somebody was faster, or it never was)."""
    with transaction.atomic():
        item = WorkItem.objects.open().filter(key=key).first()
        if item is None:
            return None
        return close_item(item_id=item.pk, resolution=resolution, actor=actor, now=now)


def assign_item(*, item_id: int, assignee_id: int | None, actor: Actor, now: datetime) -> WorkItem:
    """Give an open task to a person, or to nobody.

    Raises:
        ItemClosedError: it is closed.
    """
    with transaction.atomic():
        if not WorkItem.objects.open().filter(pk=item_id).update(assignee=assignee_id):
            raise ItemClosedError(f"Item {item_id} is closed.")
        item = WorkItem.objects.get(pk=item_id)
        record(
            "work_item.assigned",
            f"work_item:{item.pk}",
            actor=actor,
            now=now,
            provider_id=item.provider_id,
            assignee=assignee_id,
        )
    return item


def close_items(*, kind: str, subject: str, resolution: str, actor: Actor, now: datetime) -> int:
    """Close every open task of a kind about a subject: what they asked for has been decided elsewhere.

    Returns how many there were; none is fine.
    """
    with transaction.atomic():
        ids = list(WorkItem.objects.open().filter(kind=kind, subject=subject).values_list("pk", flat=True))
        for item_id in ids:
            close_item(item_id=item_id, resolution=resolution, actor=actor, now=now)
    return len(ids)
