"""The receipt of a signature as a PDF, and the charter to read before: PDF/UA-1 and PDF/A-2a.

A receipt is Danish, the same bytes for the same facts, and then sealed (charter.sealing): what comes out is
stored, hashed and mailed, and never changes.
"""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext, override

from charter.gate import COPENHAGEN
from charter.methods import honesty, leaves_open, proof_rows
from charter.models import CharterText, Signature, SignatureEvidence
from charter.sealing import Sealed, seal_document
from charter.texts import blocks_of, text_sha256
from core.typesetting import typeset

_TEMPLATES = Path(__file__).parent / "data"


def sealed_receipt(
    signature: Signature, evidence: SignatureEvidence, text: CharterText, *, software: str, chain_head: str
) -> Sealed:
    """Return the receipt as it is stored, mailed and downloaded, and what its seal is.

    Args:
        chain_head: the hash of the newest record when the document is made; whoever keeps the document holds
            the chain to it.
    Raises:
        SealError: it cannot be sealed.
    """
    document = receipt(receipt_facts(signature, evidence, text, software=software, chain_head=chain_head))
    return seal_document(document, reference=signature.reference, at=signature.signed_at)


def sha256_of_bytes(document: bytes) -> str:
    """Return the SHA-256 of a document, in hex."""
    return hashlib.sha256(document).hexdigest()


def receipt(facts: dict[str, Any]) -> bytes:
    """Return the PDF of the facts. The compiler refuses what is not accessible (a missing title, say)."""
    return typeset(_TEMPLATES / "receipt.typ", facts)


def charter_pdf(text: CharterText) -> bytes:
    """Return the charter itself as a PDF, to read before signing: the same words as the page."""
    published_at = text.version.published_at
    with override(text.language):
        day = _day(text.version.required_from) if text.version.required_from else ""
        facts = {
            "title": text.title,
            "publisher": settings.PORTAL_DEPARTMENT,
            "language": text.language,
            "made_at_parts": _parts(published_at) if published_at else [2020, 1, 1, 0, 0, 0],
            "notice": text.notice,
            "blocks": _without_gaps(_blocks(text)),
            "version": gettext("Version %(number)s") % {"number": text.version.number},
            "applies": gettext("Must be signed from %(day)s") % {"day": day} if day else "",
            "hash_label": gettext("SHA-256 of the text"),
            "hash": text_sha256(text),
            "page": gettext("Page"),
        }
    return typeset(_TEMPLATES / "charter.typ", facts)


def case_pdf(facts: dict[str, Any]) -> bytes:
    """Return a case's facts as a PDF, for the journal (charter.journal)."""
    return typeset(_TEMPLATES / "case.typ", facts)


def _blocks(text: CharterText) -> list[dict[str, str]]:
    return [{"kind": block.kind, "text": block.text} for block in blocks_of(text.body)]


def _without_gaps(blocks: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the blocks with no heading level left out: PDF/UA refuses a third level before a second."""
    has_second = False
    found = []
    for block in blocks:
        has_second = has_second or block["kind"] == "h2"
        is_gap = block["kind"] == "h3" and not has_second
        found.append({**block, "kind": "h2"} if is_gap else block)
    return found


def _parts(moment: datetime) -> list[int]:
    at = moment.astimezone(UTC)
    return [at.year, at.month, at.day, at.hour, at.minute, at.second]


def receipt_facts(
    signature: Signature,
    evidence: SignatureEvidence,
    text: CharterText,
    *,
    software: str,
    chain_head: str = "",
) -> dict[str, Any]:
    """Return everything the receipt says. It is Danish whatever the language of the signed text."""
    signed_at = signature.signed_at.astimezone(UTC)
    local = signature.signed_at.astimezone(COPENHAGEN)
    with override("da"):
        provider = signature.provider
        organisation = provider.name
        if provider.cvr:
            organisation = f"{provider.name} (CVR {provider.cvr})"
        moment = gettext("%(day)s at %(time)s (Danish time)") % {
            "day": _day(local.date()),
            "time": f"{local:%H.%M}",
        }
        span = f"{_day(signature.covers_from)} – {_day(signature.covers_until)}"
        return {
            "title": gettext("Receipt: the charter is signed"),
            "publisher": settings.PORTAL_DEPARTMENT,
            "reference": signature.reference,
            "signed_at_parts": _parts(signed_at),
            "summary": [
                [gettext("Reference number"), signature.reference],
                [gettext("Organisation"), organisation],
                [gettext("Covers"), span],
                [gettext("Signed"), moment],
                [gettext("Signed by"), f"{evidence.signer_name}, {evidence.signer_role}"],
            ],
            "charter_title": text.title,
            "charter_notice": text.notice,
            "blocks": _blocks(text),
            "statements": list(evidence.statements),
            "evidence": _stated(
                [
                    [gettext("Name"), evidence.signer_name, ""],
                    [gettext("Role in the organisation"), evidence.signer_role, ""],
                    [gettext("Entitled to sign as"), evidence.authority, ""],
                    [gettext("E-mail address"), evidence.signer_email, ""],
                    [gettext("How the signer proved who they are"), str(signature.get_method_display()), ""],
                    [gettext("Server's time (UTC)"), f"{signed_at:%Y-%m-%d %H:%M:%S}", "code"],
                    [gettext("Charter version"), str(signature.version.number), ""],
                    [gettext("SHA-256 of the signed text"), signature.text_sha256, "code"],
                    *[list(row) for row in proof_rows(evidence.proof)],
                    [
                        gettext("Newest record before this one (SHA-256)"),
                        chain_head or gettext("None"),
                        "code",
                    ],
                    [gettext("Software"), f"Dannelsesportalen {software}", "code"],
                ]
            ),
            "check": gettext(
                "Anybody can check this document at %(address)s: that the seal is unbroken, who set it, and what the "
                "portal's records say. The same page tells how to check it without us."
            )
            % {"address": f"{settings.PORTAL_BASE_URL}/charter/kontrol/"},
            "labels": {
                "page": gettext("Page"),
                "charter": gettext("The text that was signed"),
                "statements": gettext("What the signer declared"),
                "evidence": gettext("Evidence"),
                "evidence_intro": gettext("This page tells how the signature came about."),
                "fact": gettext("Fact"),
                "value": gettext("Value"),
                "check": gettext("How to check it"),
                "honesty_heading": gettext("What the signature proves, and what it does not"),
                "honesty": f"{honesty(signature.method)} {leaves_open(signature.method)}".strip(),
            },
        }


def _stated(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows that say something: a signature on paper has no e-mail address."""
    return [row for row in rows if row[1]]


def _day(day: date) -> str:
    return formats.date_format(day, "j. F Y")
