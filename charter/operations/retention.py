"""Letting go of personal data about signatures when its time has come (rules 4 and 10). Each is safe to run twice."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from charter import chain
from charter.enums import PaperState, RecordKind
from charter.models import (
    AuthorityCheck,
    PaperSignature,
    Provider,
    ProviderMember,
    SignatureEvidence,
    SigningAttempt,
)
from charter.operations.signing import ATTEMPT_VALID_FOR
from charter.organisation.rules import CLOSED_STATES
from core.audit.log import SYSTEM, record

DECLINED_PAPER_KEPT_FOR = timedelta(days=90)
NOTE_GONE = "–"
"""What stands in place of a deleted note: a doubt keeps saying that there was one."""


def delete_old_attempts(now: datetime) -> int:
    """Delete started signings a day after they began, done or not. Returns how many.

    A document of authority goes with them where nothing was signed; else it belongs to the evidence by now. Files
    go first: killed in between, the next run finds the row again.
    """
    old = old_attempts(now)
    for attempt in old.filter(signature=None).exclude(authority_document=""):
        attempt.authority_document.delete(save=False)
    deleted, _per_model = old.delete()
    return deleted


def old_attempts(now: datetime) -> QuerySet[SigningAttempt]:
    """Return the signings that were started a day ago."""
    return SigningAttempt.objects.filter(started_at__lt=now - ATTEMPT_VALID_FOR)


def delete_declined_papers(now: datetime) -> int:
    """Delete declined registrations of papers, with their scans, when their time has come. Returns how many."""
    deleted = 0
    for paper in declined_papers(now):
        if paper.scan:
            paper.scan.delete(save=False)
        paper.delete()
        deleted += 1
    return deleted


def declined_papers(now: datetime) -> QuerySet[PaperSignature]:
    """Return the registrations of papers that were declined long ago."""
    return PaperSignature.objects.filter(
        state=PaperState.DECLINED, decided_at__lt=now - DECLINED_PAPER_KEPT_FOR
    )


def forget_networks(now: datetime) -> int:
    """Empty IP address and browser of evidence after their short retention. They are no part of the chain."""
    return old_networks(now).update(ip_address=None, user_agent="")


def old_networks(now: datetime) -> QuerySet[SignatureEvidence]:
    """Return the evidence whose IP address and browser are due."""
    return with_networks().filter(network_delete_after__lt=timezone.localdate(now))


def with_networks() -> QuerySet[SignatureEvidence]:
    """Return the evidence that has an IP address or a browser."""
    return SignatureEvidence.objects.exclude(ip_address=None, user_agent="")


def delete_evidence(now: datetime) -> int:
    """Delete who signed, and the receipt with the name in it, and add a record that the rule did it.

    The signature and its records stay; verification then says "deleted by rule". The receipt's file goes
    first: killed in between, the next run finds the row again.
    """
    due = old_evidence(now).order_by("pk")
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


def old_evidence(now: datetime) -> QuerySet[SignatureEvidence]:
    """Return the evidence whose last day of keeping has passed."""
    return SignatureEvidence.objects.filter(delete_after__lt=timezone.localdate(now))


PROVIDER_KEPT_FOR = timedelta(days=365)
"""Contact and members of a provider that has ended or declined: long enough to settle what is left."""


def ended_contacts(now: datetime) -> QuerySet[Provider]:
    """Return the providers that ended a year ago and still name a contact person."""
    return with_contact().filter(state__in=CLOSED_STATES, state_since__lt=now - PROVIDER_KEPT_FOR)


def with_contact() -> QuerySet[Provider]:
    """Return the providers that name a contact person."""
    return Provider.objects.exclude(contact_name="", contact_email="", contact_phone="")


def ended_members(now: datetime) -> QuerySet[ProviderMember]:
    """Return the memberships at providers that ended a year ago."""
    return ProviderMember.objects.filter(
        provider__state__in=CLOSED_STATES, provider__state_since__lt=now - PROVIDER_KEPT_FOR
    )


def forget_ended_providers(now: datetime) -> int:
    """Empty the contact of providers that ended a year ago, and delete who acted for them. Returns how many rows."""
    with transaction.atomic():
        emptied = ended_contacts(now).update(contact_name="", contact_email="", contact_phone="")
        deleted, _per_model = ended_members(now).delete()
        if emptied or deleted:
            record(
                "provider.contacts_forgotten",
                "providers",
                actor=SYSTEM,
                now=now,
                contacts=emptied,
                members=deleted,
            )
    return emptied + deleted


def _forget_who(signature_id: int) -> None:
    """Empty what names the signer beside the evidence: the paper it came on, the notes about their authority."""
    for paper in PaperSignature.objects.filter(signature=signature_id).exclude(scan="", signer_name=""):
        if paper.scan:
            paper.scan.delete(save=False)
        paper.signer_name = paper.signer_role = paper.authority = ""
        paper.save(update_fields=["scan", "signer_name", "signer_role", "authority"])
    AuthorityCheck.objects.filter(signature=signature_id).exclude(note="").update(note=NOTE_GONE)
