"""Letting go of personal data about signatures when its time has come (rules 4 and 10). Each is safe to run twice."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from charter import chain
from charter.enums import RecordKind
from charter.models import SignatureEvidence, SigningAttempt
from charter.operations.signing import ATTEMPT_VALID_FOR
from core.audit.log import SYSTEM, record


def delete_old_attempts(now: datetime) -> int:
    """Delete started signings a day after they began, done or not. Returns how many."""
    deleted, _per_model = SigningAttempt.objects.filter(started_at__lt=now - ATTEMPT_VALID_FOR).delete()
    return deleted


def forget_networks(now: datetime) -> int:
    """Empty IP address and browser of evidence after their short retention. They are no part of the chain."""
    return (
        SignatureEvidence.objects.filter(network_delete_after__lt=timezone.localdate(now))
        .exclude(ip_address=None, user_agent="")
        .update(ip_address=None, user_agent="")
    )


def delete_evidence(now: datetime) -> int:
    """Delete who signed, and the receipt with the name in it, and add a record that the rule did it.

    The signature and its records stay; verification then says "deleted by rule". The receipt's file goes
    first: killed in between, the next run finds the row again.
    """
    due = SignatureEvidence.objects.filter(delete_after__lt=timezone.localdate(now)).order_by("pk")
    deleted = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            evidence = (
                SignatureEvidence.objects.select_for_update(of=("self",))
                .select_related("signature")
                .filter(pk=pk)
                .first()
            )
            if evidence is None:
                continue
            if evidence.document:
                evidence.document.delete(save=False)
            signature = evidence.signature
            evidence.delete()
            chain.append(signature, RecordKind.EVIDENCE_DELETED, at=now, content={})
            record(
                "evidence.deleted",
                f"signature:{signature.pk}",
                actor=SYSTEM,
                now=now,
                provider_id=signature.provider_id,
            )
            deleted += 1
    return deleted
