"""The package for the municipality's journal (F2, eDoc): a ZIP that can be read and checked without the portal.

One for each signature, vetting case and agreement: the documents as they are, the facts as JSON, and a manifest
with the SHA-256 of every file. It holds personal data and internal notes: reading one is audited by the views.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.utils import formats
from django.utils.translation import gettext, override

from charter import chain
from charter.documents import case_pdf, sha256_of_bytes
from charter.gate import COPENHAGEN
from charter.methods import honesty
from charter.models import Agreement, Signature, SignatureRecord, VettingCase
from charter.operations.signing import software_version
from charter.sealing import published
from charter.texts import exact_text, text_sha256
from charter.verification import Answer, verify_document, verify_reference

FORMAT = "dannelsesportalen-journal-1"


@dataclass(frozen=True)
class Entry:
    """One file of a package."""

    name: str
    data: bytes
    what: str
    """What it is, in Danish, for the manifest."""


def signature_package(signature: Signature, *, now: datetime) -> bytes:
    """Return the package of a signature: document, evidence, its records, the text, the certificates."""
    evidence = getattr(signature, "evidence", None)
    entries: list[Entry] = []
    document = _content(evidence.document) if evidence else None
    with override("da"):
        if document is not None:
            entries.append(Entry("dokument.pdf", document, gettext("The signed and sealed document")))
        for text in signature.version.texts.all():
            if text_sha256(text) == signature.text_sha256:
                entries.append(
                    Entry(
                        "charter.html",
                        exact_text(text).encode(),
                        gettext("The text that was signed, as the bytes that the signature's hash is of"),
                    )
                )
        if evidence is not None and (authority := _content(evidence.authority_document)) is not None:
            name = _safe(evidence.authority_document.name.rpartition("/")[2])
            entries.append(
                Entry(f"bilag/{name}", authority, gettext("What the signer handed in as authority"))
            )
        paper = getattr(signature, "paper", None)
        if paper is not None and (scan := _content(paper.scan)) is not None:
            name = _safe(paper.scan.name.rpartition("/")[2])
            entries.append(Entry(f"bilag/{name}", scan, gettext("The scan of the paper")))
        certificates = "".join(one.pem for one in published().certificates)
        if certificates:
            entries.append(
                Entry("certifikater.pem", certificates.encode(), gettext("The published certificates"))
            )
        answer = (
            verify_document(document, now=now)
            if document is not None
            else verify_reference(signature.reference, now=now)
        )
        entries += [
            _json_entry(
                "underskrift.json", _signature_facts(signature, answer), gettext("Facts and evidence")
            ),
            _json_entry("protokol.json", _records(signature), gettext("The records, with their hashes")),
        ]
        return _zip(f"signature {signature.reference}", entries, now=now)


def case_package(case: VettingCase, *, now: datetime) -> bytes:
    """Return the package of a vetting case: what was asked, answered, noted and decided, and the files."""
    entries: list[Entry] = []
    listed = []
    with override("da"):
        rows: list[dict[str, Any]] = []
        for number, entry in enumerate(case.entries.select_related("by"), start=1):
            content, name = _content(entry.file), ""
            if content is not None:
                name = f"bilag/{number:02}-{_safe(entry.file_name)}"
                entries.append(Entry(name, content, str(entry.get_kind_display())))
            listed.append(
                {
                    "kind": entry.kind,
                    "at": entry.at,
                    "by": str(entry.by) if entry.by else "",
                    "text": entry.text,
                    "answer_by": entry.due_on,
                    "file": name,
                }
            )
            facts = [
                [gettext("When"), _moment(entry.at)],
                [gettext("By"), str(entry.by) if entry.by else "–"],
                [gettext("Text"), entry.text],
            ]
            if entry.due_on:
                facts.append([gettext("Answer by"), _day(entry.due_on)])
            if name:
                facts.append([gettext("File"), name])
            rows.append({"title": str(entry.get_kind_display()), "rows": facts})
        decision = [
            [gettext("Outcome"), str(case.get_outcome_display())],
            [gettext("Reason"), case.reason],
            [gettext("Decision maker"), case.decision_maker],
            [gettext("Date of the decision"), _day(case.decided_on) if case.decided_on else ""],
            [gettext("Registered by"), str(case.decided_by) if case.decided_by else ""],
            [gettext("Registered"), _moment(case.decided_at) if case.decided_at else ""],
            [gettext("File reference (F2/eDoc)"), case.file_reference],
        ]
        pdf = _case_pdf(
            title=gettext("Vetting of %(provider)s") % {"provider": case.provider.name},
            subject=f"{case.provider.name} {case.opened_at.astimezone(COPENHAGEN):%Y-%m-%d}",
            sections=[
                {
                    "title": gettext("The case"),
                    "rows": [
                        [gettext("Organisation"), _organisation(case.provider)],
                        [gettext("About"), str(case.get_kind_display())],
                        [gettext("State"), str(case.get_state_display())],
                        [gettext("Opened"), _moment(case.opened_at)],
                        [gettext("Opened by"), str(case.opened_by) if case.opened_by else "–"],
                    ],
                },
                *rows,
                {"title": gettext("Decision"), "rows": [row for row in decision if row[1]]},
            ],
            now=now,
        )
        facts_json = {
            "provider": _provider_facts(case.provider),
            "kind": case.kind,
            "state": case.state,
            "opened_at": case.opened_at,
            "opened_by": str(case.opened_by) if case.opened_by else "",
            "outcome": case.outcome,
            "reason": case.reason,
            "decision_maker": case.decision_maker,
            "decided_on": case.decided_on,
            "decided_at": case.decided_at,
            "decided_by": str(case.decided_by) if case.decided_by else "",
            "file_reference": case.file_reference,
            "entries": listed,
        }
        entries = [
            Entry("sag.pdf", pdf, gettext("The case, to read")),
            _json_entry("sag.json", facts_json, gettext("The case as data")),
            *entries,
        ]
        return _zip(f"vetting_case {case.pk}", entries, now=now)


def agreement_package(agreement: Agreement, *, now: datetime) -> bytes:
    """Return the package of a cooperation agreement: its facts and its document."""
    entries: list[Entry] = []
    with override("da"):
        document = _content(agreement.document)
        if document is not None:
            entries.append(
                Entry(f"bilag/{_safe(agreement.document_name)}", document, gettext("The agreement itself"))
            )
        rows = [
            [gettext("Organisation"), _organisation(agreement.provider)],
            [gettext("Programme"), agreement.programme.name],
            [gettext("Signed on"), _day(agreement.signed_on) if agreement.signed_on else ""],
            [gettext("First day"), _day(agreement.first_day)],
            [gettext("Last day"), _day(agreement.last_day) if agreement.last_day else ""],
            [gettext("File reference (F2/eDoc)"), agreement.file_reference],
            [gettext("Document"), agreement.document_name],
            ["SHA-256", agreement.document_sha256],
        ]
        pdf = _case_pdf(
            title=agreement.title,
            subject=agreement.title[:60],
            sections=[{"title": gettext("Cooperation agreement"), "rows": [row for row in rows if row[1]]}],
            now=now,
        )
        facts = {
            "title": agreement.title,
            "provider": _provider_facts(agreement.provider),
            "programme": agreement.programme.name,
            "signed_on": agreement.signed_on,
            "first_day": agreement.first_day,
            "last_day": agreement.last_day,
            "file_reference": agreement.file_reference,
            "document_sha256": agreement.document_sha256,
        }
        entries = [
            Entry("aftale.pdf", pdf, gettext("The agreement's facts, to read")),
            _json_entry("aftale.json", facts, gettext("The agreement's facts as data")),
            *entries,
        ]
        return _zip(f"agreement {agreement.pk}", entries, now=now)


def _signature_facts(signature: Any, answer: Answer) -> dict[str, Any]:
    evidence = getattr(signature, "evidence", None)
    facts: dict[str, Any] = {
        "facts": chain.facts_of(signature),
        "provider": _provider_facts(signature.provider),
        "version": signature.version.number,
        "method_means": honesty(signature.method),
        "checked": {
            "verdict": str(answer.verdict),
            "sentence": answer.sentence,
            "problems": list(answer.problems),
        },
        "evidence": None,
        "evidence_deleted_on": answer.evidence_deleted_on,
        "authority_checks": [
            {
                "outcome": check.outcome,
                "note": check.note,
                "by": str(check.checked_by) if check.checked_by else "",
                "at": check.checked_at,
            }
            for check in signature.authority_checks.select_related("checked_by")
        ],
    }
    if evidence is not None:
        facts["evidence"] = {
            **{name: getattr(evidence, name) for name in chain.PERSONAL_FIELDS},
            # With the salt anybody can hash the values above again and find them in the record.
            "salt": evidence.salt,
            "delete_after": evidence.delete_after,
        }
    return facts


def _records(signature: Signature) -> list[dict[str, Any]]:
    return [
        {
            "kind": record.kind,
            "at": record.at,
            "ends_on": record.ends_on,
            "content": record.content,
            "previous_hash": record.previous_hash,
            "record_hash": record.record_hash,
        }
        for record in SignatureRecord.objects.filter(signature=signature).order_by("pk")
    ]


def _provider_facts(provider: Any) -> dict[str, Any]:
    return {"name": provider.name, "cvr": provider.cvr or "", "p_number": provider.p_number}


def _organisation(provider: Any) -> str:
    return f"{provider.name} (CVR {provider.cvr})" if provider.cvr else str(provider.name)


def _case_pdf(*, title: str, subject: str, sections: Sequence[Mapping[str, Any]], now: datetime) -> bytes:
    at = now.astimezone(UTC)
    return case_pdf(
        {
            "title": title,
            "subject": subject,
            "publisher": settings.PORTAL_DEPARTMENT,
            "made_at_parts": [at.year, at.month, at.day, at.hour, at.minute, at.second],
            "intro": gettext("As it stands in Dannelsesportalen on %(moment)s.") % {"moment": _moment(now)},
            "sections": list(sections),
            "labels": {
                "page": gettext("Page"),
                "fact": gettext("Fact"),
                "value": gettext("Value"),
                "none": gettext("Nothing yet."),
            },
        }
    )


def _json_entry(name: str, value: Any, what: str) -> Entry:
    text = json.dumps(json.loads(chain.canonical(value)), ensure_ascii=False, indent=2, sort_keys=True)
    return Entry(name, f"{text}\n".encode(), what)


def _zip(subject: str, entries: Sequence[Entry], *, now: datetime) -> bytes:
    manifest = _json_entry(
        "manifest.json",
        {
            "format": FORMAT,
            "subject": subject,
            "made_at": now,
            "software": f"Dannelsesportalen {software_version()}",
            "portal": settings.PORTAL_BASE_URL,
            "files": [
                {
                    "name": entry.name,
                    "what": entry.what,
                    "bytes": len(entry.data),
                    "sha256": sha256_of_bytes(entry.data),
                }
                for entry in entries
            ],
        },
        "",
    )
    stamp = now.astimezone(COPENHAGEN).timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in (manifest, *entries):
            archive.writestr(zipfile.ZipInfo(entry.name, stamp), entry.data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _content(file: FieldFile) -> bytes | None:
    """Return a stored file's bytes, or None where there is none (or it has been deleted by rule)."""
    if not file:
        return None
    try:
        with file.open("rb") as opened:
            data: bytes = opened.read()
    except OSError:
        return None
    return data


def _safe(name: str) -> str:
    """Return a file name without folders or anything a file system could stumble over."""
    return re.sub(r"[^\w.\- ]", "_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")[:100] or "bilag"


def _day(day: date) -> str:
    return formats.date_format(day, "j. F Y")


def _moment(moment: datetime) -> str:
    local = moment.astimezone(COPENHAGEN)
    return gettext("%(day)s at %(time)s (Danish time)") % {
        "day": _day(local.date()),
        "time": f"{local:%H.%M}",
    }
