"""Cooperation agreements: registered, changed, their document kept apart, and noticed before they end (R8)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from charter.gate import local_day
from charter.models import Agreement
from charter.organisation.rules import DOCUMENT_KEPT, ENDING_SOON_DAYS
from charter.organisation.uploads import stored_copy
from charter.organisation.work_items import AGREEMENT_ENDING
from core.audit.log import SYSTEM, Actor, record
from core.worklist.operations import close_items, open_item


def save_agreement(
    *, agreement: Agreement, document: Any, removes_document: bool, actor: Actor, now: datetime
) -> Agreement:
    """Save a new or changed agreement with its document.

    Args:
        document: an uploaded file that takes the place of the one before, or None to leave it.
        removes_document: take the document away without a new one.
    Raises:
        UploadError: a file of another kind, or too large.
    """
    with transaction.atomic():
        before = Agreement.objects.select_for_update(of=("self",)).filter(pk=agreement.pk).first()
        old = before.document.name if before and before.document else ""
        if document or removes_document:
            agreement.document, agreement.document_name, agreement.document_sha256 = "", "", ""
        if document:
            content, agreement.document_name, agreement.document_sha256 = stored_copy(document)
            agreement.document.save(content.name or "file", content, save=False)
        agreement.save()
        if old and (document or removes_document):
            storage = agreement._meta.get_field("document").storage
            transaction.on_commit(lambda: storage.delete(old))
        if before is not None and before.last_day != agreement.last_day:
            close_items(
                kind=AGREEMENT_ENDING,
                subject=f"agreement:{agreement.pk}",
                resolution="changed",
                actor=actor,
                now=now,
            )
        record(
            "agreement.created" if before is None else "agreement.edited",
            f"agreement:{agreement.pk}",
            actor=actor,
            now=now,
            provider_id=agreement.provider_id,
            document_sha256=agreement.document_sha256,
        )
    return agreement


def watch_agreements(now: datetime) -> int:
    """Make a task of each agreement that ends soon, once for each last day. Returns how many end soon."""
    today, found = local_day(now), 0
    ending = Agreement.objects.ending_soon(today=today, days=ENDING_SOON_DAYS).select_related("provider")
    for agreement in ending.order_by("pk"):
        open_item(
            key=f"{AGREEMENT_ENDING}:{agreement.pk}:{agreement.last_day:%Y%m%d}",
            kind=AGREEMENT_ENDING,
            subject=f"agreement:{agreement.pk}",
            provider_id=agreement.provider_id,
            data={
                "name": agreement.provider.name,
                "title": agreement.title,
                "last_day": agreement.last_day.isoformat(),
            },
            due_at=now + timedelta(days=(agreement.last_day - today).days),
            now=now,
        )
        found += 1
    return found


def delete_agreement_documents(now: datetime) -> int:
    """Delete documents of agreements that ended long ago; the register keeps period and file reference."""
    due = old_documents(now).order_by("pk")
    deleted = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            agreement = Agreement.objects.select_for_update(of=("self",)).filter(pk=pk).first()
            if agreement is None or not agreement.document:
                continue
            agreement.document.delete(save=False)
            agreement.document, agreement.document_name = "", ""
            agreement.save(update_fields=["document", "document_name"])
            record(
                "agreement.document_deleted",
                f"agreement:{agreement.pk}",
                actor=SYSTEM,
                now=now,
                provider_id=agreement.provider_id,
            )
        deleted += 1
    return deleted


def old_documents(now: datetime) -> QuerySet[Agreement]:
    """Return the agreements that ended long ago and still have their document."""
    limit: date = local_day(now) - DOCUMENT_KEPT
    rows: QuerySet[Agreement] = Agreement.objects.filter(last_day__lt=limit).exclude(document="")
    return rows
