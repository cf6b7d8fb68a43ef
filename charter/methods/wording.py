"""What each method is, in plain words: on the page before signing, on the receipt, in the sealed document.

Honest by construction: a method says what it proves and what it does not, and none is called qualified
(DESIGN.md 6).
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from charter.enums import SignatureMethod

_HONESTY: dict[str, Any] = {
    SignatureMethod.EMAIL_CODE: gettext_lazy(
        "The signature was given by a person who was logged in and typed a one-time code from an e-mail. "
        "It is an electronic signature, not a qualified one."
    ),
    SignatureMethod.MITID: gettext_lazy(
        "The signer confirmed again with MitID through an identity broker. That tells who the person is, not for "
        "whom they may sign: that is what the signer declared. It is an electronic signature, not a qualified one."
    ),
    SignatureMethod.MITID_ERHVERV: gettext_lazy(
        "The signer confirmed again with MitID Erhverv through an identity broker, as a person attached to the "
        "organisation's CVR number. Whether they may sign for it is what the signer declared. "
        "It is an electronic signature, not a qualified one."
    ),
    SignatureMethod.DEMO_BROKER: gettext_lazy(
        "The signer used the demo's own identity broker. It is not MitID, and it proves nothing about who signed."
    ),
    SignatureMethod.PASSKEY: gettext_lazy(
        "The signature was given by a person who was logged in and confirmed with a passkey on their own device. "
        "It is an electronic signature, not a qualified one."
    ),
    SignatureMethod.PAPER: gettext_lazy(
        "The signature was given on paper or in another system. One caseworker registered it and another approved "
        "it. The portal was not there when it was given; the scan is kept with it."
    ),
}


_LEAVES_OPEN: dict[str, Any] = {
    SignatureMethod.EMAIL_CODE: gettext_lazy(
        "Nobody checked an identity card: whoever could read that mailbox could have signed."
    ),
    SignatureMethod.PASSKEY: gettext_lazy(
        "Nobody checked an identity card: whoever could unlock that device could have signed."
    ),
}
"""Where `honesty` does not say it already."""


def leaves_open(method: str) -> str:
    """Return what a method leaves open about who signed; empty where `honesty` says it already."""
    return str(_LEAVES_OPEN.get(SignatureMethod(method), ""))


def honesty(method: str) -> str:
    """Return what a method proves and what it does not, in the active language."""
    return str(_HONESTY[SignatureMethod(method)])


def label(method: str) -> str:
    """Return what a method is called, in the active language."""
    return str(SignatureMethod(method).label)


def proof_rows(proof: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the facts of a kept proof that a reader of the document can use: label, value, "code" or "".

    What a method does not have is left out.
    """
    facts = proof.get("facts", {})
    rows = [
        (gettext("Confirmed by"), proof.get("issuer", ""), ""),
        (gettext("Level of assurance that came back"), proof.get("level", ""), "code"),
        (gettext("Kind of identity"), proof.get("identity_type", ""), ""),
        (gettext("Time of confirmation (UTC)"), _in_utc(str(proof.get("authenticated_at", ""))), "code"),
        (gettext("Transaction"), proof.get("transaction", ""), "code"),
        (gettext("Name at the broker"), facts.get("name", ""), ""),
        (gettext("Document of authority (SHA-256)"), facts.get("authority_document_sha256", ""), "code"),
        (gettext("Signed in"), facts.get("signed_in", ""), ""),
        (gettext("Signed on"), facts.get("signed_on", ""), ""),
        (gettext("Registered by"), facts.get("registered_by", ""), ""),
        (gettext("Approved by"), facts.get("approved_by", ""), ""),
        (gettext("Scan (SHA-256)"), facts.get("scan_sha256", ""), "code"),
    ]
    return [(name, str(value), kind) for name, value, kind in rows if value]


def _in_utc(moment: str) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else ""
