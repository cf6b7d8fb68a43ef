"""Answering for a signed document: what is proved, and what is not (C12, C13).

A seal alone is not enough: bytes after the end and padding inside the seal leave it valid. So a document is
genuine only if the seal is ours, intact and over the whole file, the file's SHA-256 is the one stored when it was
signed, and the signature's records add up. Nothing of an uploaded file is stored, and nothing is fetched for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from charter import chain
from charter.documents import sha256_of_bytes
from charter.enums import RecordKind
from charter.gate import local_day
from charter.models import (
    Agreement,
    CharterText,
    PaperSignature,
    Signature,
    SignatureEvidence,
    SignatureRecord,
)
from charter.sealing import (
    CLOCK_TOLERANCE,
    Published,
    SealLevel,
    SealReading,
    published,
    read_seal,
    read_stranger,
)
from charter.texts import text_sha256


class Verdict(StrEnum):
    """The one thing to say about a document or a reference. Stable: others may rely on the values."""

    IN_FORCE = "in_force"
    UPCOMING = "upcoming"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    VERSION_REPLACED = "version_replaced"
    WITHDRAWN = "withdrawn"
    UNREADABLE = "unreadable"
    UNSEALED = "unsealed"
    NOT_OURS = "not_ours"
    ALTERED = "altered"
    APPENDED = "appended"
    CERTIFICATE = "certificate_not_valid"
    TIME = "time_wrong"
    UNKNOWN = "unknown"
    NOT_STORED = "not_the_stored_file"
    OTHER_SIGNATURE = "other_signature"
    RECORDS = "records_broken"
    NO_SUCH_REFERENCE = "no_such_reference"


GENUINE = frozenset(
    {
        Verdict.IN_FORCE,
        Verdict.UPCOMING,
        Verdict.EXPIRED,
        Verdict.SUPERSEDED,
        Verdict.VERSION_REPLACED,
        Verdict.WITHDRAWN,
    }
)
"""The document is what was signed; whether it still covers is another matter."""

SENTENCES: Mapping[Verdict, Any] = {
    Verdict.IN_FORCE: _("The signature is in force today."),
    Verdict.UPCOMING: _("The signature is valid, and covers from a day that is still to come."),
    Verdict.EXPIRED: _("The signature was valid in its time. That time is over."),
    Verdict.SUPERSEDED: _("The signature has been replaced by a newer one of the same organisation."),
    Verdict.VERSION_REPLACED: _(
        "The signature was valid in its time. A newer version of the charter must be signed now."
    ),
    Verdict.WITHDRAWN: _("The signature has been withdrawn. It does not cover any more."),
    Verdict.UNREADABLE: _("This is not a PDF that can be read. It may be damaged."),
    Verdict.UNSEALED: _(
        "The document carries no seal, and it is none of those we have stored. It proves nothing."
    ),
    Verdict.NOT_OURS: _("The document was not sealed by us. It proves nothing about the charter."),
    Verdict.ALTERED: _("The document has been changed since it was sealed. Do not trust what it says."),
    Verdict.APPENDED: _(
        "Something has been added to the document since it was sealed. Do not trust what it says."
    ),
    Verdict.CERTIFICATE: _(
        "The document was sealed with a certificate that was not valid at that time. Do not trust it."
    ),
    Verdict.TIME: _("The time in the seal does not agree with our records. Write to us before you trust it."),
    Verdict.UNKNOWN: _(
        "The document carries our seal, but our records do not know it. Write to us before you trust it."
    ),
    Verdict.NOT_STORED: _(
        "The document carries our seal, but it is not the file that we stored when it was signed. Ask for the original."
    ),
    Verdict.OTHER_SIGNATURE: _("The document is genuine, but it belongs to another reference number."),
    Verdict.RECORDS: _(
        "Our own records about this signature do not add up. We have to look into it: write to us."
    ),
    Verdict.NO_SUCH_REFERENCE: _(
        "We have no signature with this reference number. Check that it is typed right."
    ),
}


@dataclass(frozen=True)
class Answer:
    """What is known about a document, or about a reference."""

    verdict: Verdict
    seal: SealReading | None = None
    """What the file itself says; none when only a reference was given."""

    signature: Signature | None = None
    sha256: str = ""
    problems: tuple[str, ...] = ()
    withdrawn_from: date | None = None
    evidence_deleted_on: date | None = None

    @property
    def is_genuine(self) -> bool:
        """Whether it is what was signed, in force or not."""
        return self.verdict in GENUINE

    @property
    def sentence(self) -> str:
        """The verdict in plain words."""
        return str(SENTENCES[self.verdict])


def verify_document(data: bytes, *, now: datetime, expected_reference: str = "") -> Answer:
    """Answer for one file.

    Args:
        expected_reference: what the asker thinks it is; another signature's document is not it.
    """
    digest = sha256_of_bytes(data)
    signature = _signatures().filter(document_sha256=digest).first()
    seal = read_stranger(data, known=published())
    if signature is None:
        return Answer(_verdict_of_unknown(seal), seal=seal, sha256=digest)
    if expected_reference and signature.reference != expected_reference:
        return Answer(Verdict.OTHER_SIGNATURE, seal=seal, sha256=digest)
    problems = seal_problems(signature, seal, chain.signed_content(signature), now=now)
    if problems:
        return Answer(problems[0][1], seal=seal, sha256=digest, problems=tuple(code for code, _v in problems))
    return _from_records(signature, seal=seal, sha256=digest, now=now)


def verify_reference(reference: str, *, now: datetime) -> Answer:
    """Answer for a reference alone: what our records say, without any file."""
    signature = _signatures().filter(reference=reference.strip().upper()).first()
    if signature is None:
        return Answer(Verdict.NO_SUCH_REFERENCE)
    return _from_records(signature, seal=None, sha256="", now=now)


def _signatures() -> Any:
    return Signature.objects.with_facts().select_related("provider")


def _verdict_of_unknown(seal: SealReading) -> Verdict:
    """Return what to say about a file whose hash is in no record."""
    if not seal.is_readable:
        return Verdict.UNREADABLE
    if not seal.is_sealed:
        return Verdict.UNSEALED
    if not seal.is_ours:
        return Verdict.NOT_OURS
    if not seal.is_intact:
        return Verdict.ALTERED
    if not seal.covers_file:
        return Verdict.APPENDED
    if not seal.is_trusted or not seal.was_in_time:
        return Verdict.CERTIFICATE
    is_known = Signature.objects.filter(reference=seal.reference).exists()
    return Verdict.NOT_STORED if is_known else Verdict.UNKNOWN


def seal_problems(
    signature: Signature, seal: SealReading, content: Mapping[str, Any], *, now: datetime
) -> list[tuple[str, Verdict]]:
    """Return what is wrong between the seal of a stored file and what the record says it is: code and verdict."""
    recorded: Mapping[str, Any] = content.get("seal") or {}
    if recorded.get("level", SealLevel.NONE) == SealLevel.NONE:
        # Signed where no seal was configured: only hash and records speak for it.
        return []
    tolerance = CLOCK_TOLERANCE
    is_late = seal.sealed_at is None or abs(seal.sealed_at - signature.signed_at) > tolerance
    is_future = signature.signed_at > now + tolerance
    checks = [
        ("seal_missing", not seal.is_sealed, Verdict.UNSEALED),
        ("seal_not_ours", not seal.is_ours, Verdict.NOT_OURS),
        ("seal_broken", not seal.is_intact, Verdict.ALTERED),
        ("seal_incomplete", not seal.covers_file, Verdict.APPENDED),
        ("seal_untrusted", not seal.is_trusted or not seal.was_in_time, Verdict.CERTIFICATE),
        ("seal_differs", seal.certificate != recorded.get("certificate"), Verdict.RECORDS),
        ("level_differs", seal.level != recorded.get("level"), Verdict.RECORDS),
        ("reference_differs", seal.reference != signature.reference, Verdict.RECORDS),
        ("time_differs", is_late, Verdict.TIME),
        ("from_the_future", is_future, Verdict.TIME),
    ]
    return [(code, verdict) for code, is_wrong, verdict in checks if is_wrong]


def _from_records(signature: Any, *, seal: SealReading | None, sha256: str, now: datetime) -> Answer:
    problems = [problem.code for problem in chain.verify_signature(signature)]
    if signature.signed_at > now + CLOCK_TOLERANCE:
        problems.append("from_the_future")
    records = {record.kind: record for record in signature.records.order_by("-pk")}
    deleted = records.get(RecordKind.EVIDENCE_DELETED)
    return Answer(
        Verdict.RECORDS if problems else _state_of(signature, records, today=local_day(now)),
        seal=seal,
        signature=signature,
        sha256=sha256,
        problems=tuple(dict.fromkeys(problems)),
        withdrawn_from=signature.withdrawn_from,
        evidence_deleted_on=local_day(deleted.at) if deleted else None,
    )


def _state_of(signature: Any, records: Mapping[str, SignatureRecord], *, today: date) -> Verdict:
    accepted_until = signature.version.accepted_until
    if signature.withdrawn_from and signature.withdrawn_from <= today:
        return Verdict.WITHDRAWN
    if RecordKind.SUPERSEDED in records:
        return Verdict.SUPERSEDED
    if signature.covers_until < today:
        return Verdict.EXPIRED
    if accepted_until and accepted_until < today:
        return Verdict.VERSION_REPLACED
    return Verdict.UPCOMING if signature.covers_from > today else Verdict.IN_FORCE


@dataclass(frozen=True)
class Finding:
    """One thing that does not add up, over all records, files and seals."""

    code: str
    signature_id: int | None = None
    reference: str = ""
    record_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it for a machine."""
        return {
            "code": self.code,
            "signature": self.signature_id,
            "reference": self.reference,
            "record": self.record_id,
        }


@dataclass
class Report:
    """The outcome of checking everything."""

    checked_at: datetime
    records: int = 0
    signatures: int = 0
    files: int = 0
    attachments: int = 0
    sealed: int = 0
    unsealed: int = 0
    deleted_by_rule: list[tuple[str, date]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Whether everything adds up."""
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """Return it for a machine."""
        return {
            "intact": self.is_intact,
            "checked_at": self.checked_at.isoformat(),
            "records": self.records,
            "signatures": self.signatures,
            "files": self.files,
            "attachments": self.attachments,
            "sealed": self.sealed,
            "unsealed": self.unsealed,
            "deleted_by_rule": [
                {"reference": reference, "on": day.isoformat()} for reference, day in self.deleted_by_rule
            ],
            "findings": [finding.as_json() for finding in self.findings],
        }


def verify_everything(*, now: datetime | None = None) -> Report:
    """Check all records, all stored files and all seals (C13). Reads only."""
    now = now or timezone.now()
    verified = chain.verify_chain(now=now)
    references = dict(Signature.objects.values_list("pk", "reference"))
    report = Report(now, records=verified.records, signatures=verified.signatures)
    report.findings += [
        Finding(
            problem.code,
            problem.signature_id,
            references.get(problem.signature_id or 0, ""),
            problem.record_id,
        )
        for problem in verified.problems
    ]
    known = published()
    texts: dict[int, set[str]] = {}
    for text in CharterText.objects.select_related("version"):
        texts.setdefault(text.version_id, set()).add(text_sha256(text))
    evidence = {row.signature_id: row for row in SignatureEvidence.objects.iterator(chunk_size=500)}
    contents = _contents(SignatureRecord.objects.filter(kind=RecordKind.SIGNED))
    deleted = {
        record.signature_id: local_day(record.at)
        for record in SignatureRecord.objects.filter(kind=RecordKind.EVIDENCE_DELETED)
    }
    by_digest = dict(Signature.objects.exclude(document_sha256="").values_list("document_sha256", "pk"))
    for signature in Signature.objects.order_by("pk").iterator(chunk_size=500):
        if signature.pk in deleted:
            report.deleted_by_rule.append((signature.reference, deleted[signature.pk]))
        content = contents.get(signature.pk, {})
        codes = []
        if signature.version_id in texts and signature.text_sha256 not in texts[signature.version_id]:
            codes.append("text_changed")
        row = evidence.get(signature.pk)
        if signature.document_sha256 and row is not None:
            codes += _check_file(report, signature, row, content, known, by_digest, now=now)
        report.findings += [Finding(code, signature.pk, signature.reference) for code in codes]
    _check_attachments(report, evidence, references)
    return report


def _check_attachments(
    report: Report, evidence: Mapping[int, SignatureEvidence], references: Mapping[int, str]
) -> None:
    """Check the other files that carry a hash: what shows authority, scans of paper, agreements."""
    for signature_id, row in evidence.items():
        digest = (row.proof.get("facts") or {}).get("authority_document_sha256", "")
        if digest:
            _check_attachment(report, "authority", row.authority_document, digest, signature_id, references)
    for paper in PaperSignature.objects.exclude(scan=""):
        _check_attachment(report, "scan", paper.scan, paper.scan_sha256, paper.signature_id, references)
    for agreement in Agreement.objects.exclude(document_sha256=""):
        _check_attachment(
            report, "agreement", agreement.document, agreement.document_sha256, None, references
        )


def _check_attachment(
    report: Report,
    what: str,
    file: Any,
    digest: str,
    signature_id: int | None,
    references: Mapping[int, str],
) -> None:
    try:
        data = b""
        if file:
            with file.open("rb") as opened:
                data = opened.read()
    except OSError:
        data = b""
    report.attachments += 1
    code = f"{what}_missing" if not data else f"{what}_changed" if sha256_of_bytes(data) != digest else ""
    if code:
        report.findings.append(Finding(code, signature_id, references.get(signature_id or 0, "")))


def _contents(records: Iterable[SignatureRecord]) -> dict[int, dict[str, Any]]:
    return {record.signature_id: chain.parsed(record.content) for record in records}


def _check_file(
    report: Report,
    signature: Signature,
    evidence: SignatureEvidence,
    content: Mapping[str, Any],
    known: Published,
    by_digest: Mapping[str, int],
    *,
    now: datetime,
) -> list[str]:
    """Check one stored file: there, the one that was signed, and its seal."""
    if not evidence.document:
        return ["file_missing"]
    try:
        with evidence.document.open("rb") as file:
            data = file.read()
    except OSError:
        return ["file_missing"]
    report.files += 1
    digest = sha256_of_bytes(data)
    if digest != signature.document_sha256:
        return ["file_swapped" if by_digest.get(digest) else "file_changed"]
    seal = read_seal(data, known=known)
    codes = [code for code, _verdict in seal_problems(signature, seal, content, now=now)]
    if seal.is_sealed:
        report.sealed += 1
    else:
        report.unsealed += 1
    return codes
