"""The chain of signature records: appending, salted hashes, verification (rule 4).

Each record carries the hash of the one before it. Personal values enter a record only as salted hashes of
what lies in SignatureEvidence, so that deleting the evidence by rule leaves the chain verifiable.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from charter.enums import RecordKind
from charter.models import ChainHead, Signature, SignatureEvidence, SignatureRecord
from charter.sealing import CLOCK_TOLERANCE


def canonical(value: Any) -> str:
    """Return a value as JSON with one spelling: sorted keys, no spaces, UTF-8, dates in ISO 8601 (UTC)."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_as_text, allow_nan=False
    )


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no canonical form")


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def salted_hash(salt: str, name: str, value: Any) -> str:
    """Return the hash under which a personal value stands in a record."""
    return sha256_of(canonical([salt, name, value]))


PERSONAL_FIELDS = ("signer_name", "signer_email", "signer_role", "authority", "statements", "proof")


def personal_hashes(evidence: SignatureEvidence) -> dict[str, str]:
    """Return the salted hash of each personal value of the evidence."""
    return {name: salted_hash(evidence.salt, name, getattr(evidence, name)) for name in PERSONAL_FIELDS}


def facts_of(signature: Signature) -> dict[str, Any]:
    """Return the columns of a signature as they stand in its first record."""
    return {
        "provider": signature.provider_id,
        "version": signature.version_id,
        "covers_from": signature.covers_from,
        "covers_until": signature.covers_until,
        "method": str(signature.method),
        "signed_at": signature.signed_at,
        "text_sha256": signature.text_sha256,
        "document_sha256": signature.document_sha256,
        "reference": signature.reference,
    }


def head_hash() -> str:
    """Return the hash of the newest record; empty before the first."""
    return ChainHead.objects.filter(pk=1).values_list("last_hash", flat=True).first() or ""


def append(
    signature: Signature,
    kind: RecordKind,
    *,
    at: datetime,
    content: Mapping[str, Any],
    ends_on: date | None = None,
) -> SignatureRecord:
    """Add a record to the end of the chain. Call inside a transaction: it locks the chain's head."""
    with transaction.atomic():
        ChainHead.objects.get_or_create(pk=1)
        head = ChainHead.objects.select_for_update().get(pk=1)
        text = canonical(
            {
                **content,
                "number": head.records + 1,
                "signature": signature.pk,
                "kind": str(kind),
                "at": at,
                "ends_on": ends_on,
            }
        )
        record_hash = sha256_of(f"{head.last_hash}\n{text}")
        record = SignatureRecord.objects.create(
            signature=signature,
            kind=kind,
            at=at,
            ends_on=ends_on,
            content=text,
            previous_hash=head.last_hash,
            record_hash=record_hash,
        )
        ChainHead.objects.filter(pk=1).update(last_hash=record_hash, records=head.records + 1)
    return record


@dataclass(frozen=True)
class Problem:
    """What does not add up, and where."""

    code: str
    record_id: int | None = None
    signature_id: int | None = None


@dataclass
class Verification:
    """The outcome of checking the whole chain."""

    records: int = 0
    signatures: int = 0
    evidence_deleted: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Whether everything adds up."""
        return not self.problems


def verify_chain(*, now: datetime | None = None) -> Verification:
    """Check every record's hash and link, every signature against its record, all evidence, and the end.

    An edited, deleted or inserted row of signatures, records or evidence is found; evidence that is gone is
    right only where a record says that it was deleted by rule. With `now`, so is a record from the future.
    """
    result = Verification()
    previous, first_records, deleted, hashes = "", {}, set(), set()
    for record in SignatureRecord.objects.order_by("pk").iterator(chunk_size=500):
        result.records += 1
        content = parsed(record.content)
        result.problems += _problems_of(record, content, previous=previous)
        if content.get("number") != result.records:
            result.problems.append(Problem("wrong_number", record.pk, record.signature_id))
        if now is not None and record.at > now + CLOCK_TOLERANCE:
            result.problems.append(Problem("from_the_future", record.pk, record.signature_id))
        if content.get("chain_head") and content["chain_head"] not in hashes:
            result.problems.append(Problem("head_unknown", record.pk, record.signature_id))
        if record.kind == RecordKind.SIGNED:
            first_records[record.signature_id] = content
        elif record.kind == RecordKind.EVIDENCE_DELETED:
            deleted.add(record.signature_id)
            result.evidence_deleted += 1
        previous = record.record_hash
        hashes.add(previous)
    head = ChainHead.objects.filter(pk=1).first()
    if (head.last_hash if head else "", head.records if head else 0) != (previous, result.records):
        result.problems.append(Problem("cut_off"))
    _verify_signatures(result, first_records, deleted)
    return result


def _problems_of(record: SignatureRecord, content: Mapping[str, Any], *, previous: str) -> list[Problem]:
    """Return what is wrong with one record, given the hash of the one before it."""
    found = []
    if record.previous_hash != previous:
        found.append(Problem("broken_link", record.pk, record.signature_id))
    if sha256_of(f"{record.previous_hash}\n{record.content}") != record.record_hash:
        found.append(Problem("edited_content", record.pk, record.signature_id))
    columns = {
        "signature": record.signature_id,
        "kind": record.kind,
        "at": _as_text(record.at),
        "ends_on": record.ends_on.isoformat() if record.ends_on else None,
    }
    if any(content.get(name) != value for name, value in columns.items()):
        found.append(Problem("edited_columns", record.pk, record.signature_id))
    return found


def verify_signature(signature: Signature) -> list[Problem]:
    """Check one signature: its records, their links to both sides, its columns and its evidence.

    Costs a few queries however long the chain is; a gap elsewhere in the chain is found by `verify_chain`.
    """
    problems: list[Problem] = []
    first, is_deleted = None, False
    for record in signature.records.order_by("pk"):
        content = parsed(record.content)
        before = SignatureRecord.objects.filter(pk__lt=record.pk).order_by("-pk").first()
        after = SignatureRecord.objects.filter(pk__gt=record.pk).order_by("pk").first()
        problems += _problems_of(record, content, previous=before.record_hash if before else "")
        if (after.previous_hash if after else head_hash()) != record.record_hash:
            problems.append(Problem("broken_link", record.pk, signature.pk))
        if record.kind == RecordKind.SIGNED:
            first = content
        is_deleted = is_deleted or record.kind == RecordKind.EVIDENCE_DELETED
    row = SignatureEvidence.objects.filter(signature=signature).first()
    return problems + _problems_of_signature(signature, first, row, is_deleted=is_deleted)


def signed_content(signature: Signature) -> dict[str, Any]:
    """Return what the signature's first record says, or nothing where it is gone."""
    record = signature.records.filter(kind=RecordKind.SIGNED).order_by("pk").first()
    return parsed(record.content) if record else {}


def _problems_of_signature(
    signature: Signature,
    content: Mapping[str, Any] | None,
    evidence: SignatureEvidence | None,
    *,
    is_deleted: bool,
) -> list[Problem]:
    if content is None:
        return [Problem("no_record", signature_id=signature.pk)]
    found = []
    if content.get("facts") != json.loads(canonical(facts_of(signature))):
        found.append(Problem("edited_signature", signature_id=signature.pk))
    if evidence is None:
        if not is_deleted:
            found.append(Problem("evidence_missing", signature_id=signature.pk))
    elif content.get("personal") != personal_hashes(evidence):
        found.append(Problem("edited_evidence", signature_id=signature.pk))
    return found


def _verify_signatures(
    result: Verification, first_records: dict[int, dict[str, Any]], deleted: set[int]
) -> None:
    evidence = {row.signature_id: row for row in SignatureEvidence.objects.iterator(chunk_size=500)}
    seen = set()
    for signature in Signature.objects.order_by("pk").iterator(chunk_size=500):
        result.signatures += 1
        seen.add(signature.pk)
        result.problems += _problems_of_signature(
            signature,
            first_records.get(signature.pk),
            evidence.get(signature.pk),
            is_deleted=signature.pk in deleted,
        )
    result.problems.extend(
        Problem("signature_missing", signature_id=pk) for pk in first_records if pk not in seen
    )


def parsed(text: str) -> dict[str, Any]:
    """Return a record's content; nothing where it is no JSON object."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
