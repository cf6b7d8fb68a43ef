"""Letting go of personal data about signatures when its time has come (rules 4 and 10). Each is safe to run twice."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from charter import chain
from charter.enums import PaperState, RecordKind
from charter.models import AuthorityCheck, PaperSignature, SignatureEvidence, SigningAttempt
from charter.operations.signing import ATTEMPT_VALID_FOR
from core.audit.log import SYSTEM, record

DECLINED_PAPER_KEPT_FOR = timedelta(days=90)
NOTE_GONE = "–"
"""What stands in place of a deleted note: a doubt keeps saying that there was one."""


def delete_old_attempts(now: datetime) -> int:
    """Delete started signings a day after they began, done or not. Returns how many.

    A document of authority goes with them where nothing was signed; else it belongs to the evidence by now. Files
    go first: killed in between, the next run finds the row again.
    """
    old = SigningAttempt.objects.filter(started_at__lt=now - ATTEMPT_VALID_FOR)
    for attempt in old.filter(signature=None).exclude(authority_document=""):
        attempt.authority_document.delete(save=False)
    deleted, _per_model = old.delete()
    return deleted


def delete_declined_papers(now: datetime) -> int:
    """Delete declined registrations of papers, with their scans, when their time has come. Returns how many."""
    deleted = 0
    for paper in PaperSignature.objects.filter(
        state=PaperState.DECLINED, decided_at__lt=now - DECLINED_PAPER_KEPT_FOR
    ):
        if paper.scan:
            paper.scan.delete(save=False)
        paper.delete()
        deleted += 1
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
            for file in (evidence.document, evidence.authority_document):
                if file:
                    file.delete(save=False)
            signature = evidence.signature
            _forget_who(signature.pk)
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


def _forget_who(signature_id: int) -> None:
    """Empty what names the signer beside the evidence: the paper it came on, the notes about their authority."""
    for paper in PaperSignature.objects.filter(signature=signature_id).exclude(scan="", signer_name=""):
        if paper.scan:
            paper.scan.delete(save=False)
        paper.signer_name = paper.signer_role = paper.authority = ""
        paper.save(update_fields=["scan", "signer_name", "signer_role", "authority"])
    AuthorityCheck.objects.filter(signature=signature_id).exclude(note="").update(note=NOTE_GONE)
