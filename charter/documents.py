"""The receipt of a signature as a PDF: PDF/UA-1 and PDF/A-2a, in Danish, the same bytes for the same facts.

`seal` is where the municipality's seal goes on (PAdES): the bytes it returns are stored, hashed and mailed.
"""

import hashlib
import json
from datetime import UTC, date
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext, override

from charter.gate import COPENHAGEN
from charter.methods import honesty, proof_rows
from charter.models import CharterText, Signature, SignatureEvidence
from charter.texts import blocks_of

_TEMPLATE = Path(__file__).parent / "data" / "receipt.typ"


def sealed_receipt(
    signature: Signature, evidence: SignatureEvidence, text: CharterText, *, software: str
) -> bytes:
    """Return the receipt as it is stored, mailed and downloaded."""
    return seal(receipt(receipt_facts(signature, evidence, text, software=software)))


def seal(document: bytes) -> bytes:
    """Return the document with the municipality's seal; without a configured seal as it is."""
    return document


def sha256_of_bytes(document: bytes) -> str:
    """Return the SHA-256 of a document, in hex."""
    return hashlib.sha256(document).hexdigest()


def receipt(facts: dict[str, Any]) -> bytes:
    """Return the PDF of the facts. The compiler refuses what is not accessible (a missing title, say)."""
    document = typst.compile(
        str(_TEMPLATE),
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(facts, ensure_ascii=False, sort_keys=True)},
    )
    if not isinstance(document, bytes):
        raise TypeError("typst returned no single document")
    return document


def receipt_facts(
    signature: Signature, evidence: SignatureEvidence, text: CharterText, *, software: str
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
            "signed_at_parts": [
                signed_at.year,
                signed_at.month,
                signed_at.day,
                signed_at.hour,
                signed_at.minute,
                signed_at.second,
            ],
            "summary": [
                [gettext("Reference number"), signature.reference],
                [gettext("Organisation"), organisation],
                [gettext("Covers"), span],
                [gettext("Signed"), moment],
                [gettext("Signed by"), f"{evidence.signer_name}, {evidence.signer_role}"],
            ],
            "charter_title": text.title,
            "charter_notice": text.notice,
            "blocks": [{"kind": block.kind, "text": block.text} for block in blocks_of(text.body)],
            "statements": list(evidence.statements),
            "evidence": [
                [gettext("Name"), evidence.signer_name, ""],
                [gettext("Role in the organisation"), evidence.signer_role, ""],
                [gettext("Entitled to sign as"), evidence.authority, ""],
                [gettext("E-mail address"), evidence.signer_email, ""],
                [gettext("How the signer proved who they are"), signature.get_method_display(), ""],
                [gettext("Server's time (UTC)"), f"{signed_at:%Y-%m-%d %H:%M:%S}", "code"],
                [gettext("Charter version"), str(signature.version.number), ""],
                [gettext("SHA-256 of the signed text"), signature.text_sha256, "code"],
                *[list(row) for row in proof_rows(evidence.proof)],
                [gettext("Software"), f"Dannelsesportalen {software}", "code"],
            ],
            "labels": {
                "page": gettext("Page"),
                "charter": gettext("The text that was signed"),
                "statements": gettext("What the signer declared"),
                "evidence": gettext("Evidence"),
                "evidence_intro": gettext("This page tells how the signature came about."),
                "fact": gettext("Fact"),
                "value": gettext("Value"),
                "honesty": honesty(signature.method),
            },
        }


def _day(day: date) -> str:
    return formats.date_format(day, "j. F Y")
