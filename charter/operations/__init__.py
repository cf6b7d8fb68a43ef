"""Writes of the charter package: one function per use case; each owns its transaction, locks and refusals."""

from charter.operations.authority import check_authority
from charter.operations.confirming import (
    claim_answer,
    keep_passkey_proof,
    keep_proof,
    note_passkey_question,
    note_question,
    release_binding,
)
from charter.operations.members import add_member, remove_member
from charter.operations.paper import (
    approve_paper_signature,
    decline_paper_signature,
    register_paper_signature,
)
from charter.operations.providers import (
    change_provider_state,
    create_provider,
)
from charter.operations.reminding import queue_renewals, remind_provider
from charter.operations.signing import request_signing_code, sign_charter, sign_with_proof, start_signing
from charter.operations.versions import (
    create_draft_version,
    discard_draft,
    publish_version,
    save_text,
    unpublish_version,
)
from charter.operations.withdrawal import withdraw_charter, withdraw_signature

__all__ = [
    "add_member",
    "approve_paper_signature",
    "change_provider_state",
    "check_authority",
    "claim_answer",
    "create_draft_version",
    "create_provider",
    "decline_paper_signature",
    "discard_draft",
    "keep_passkey_proof",
    "keep_proof",
    "note_passkey_question",
    "note_question",
    "publish_version",
    "queue_renewals",
    "register_paper_signature",
    "release_binding",
    "remind_provider",
    "remove_member",
    "request_signing_code",
    "save_text",
    "sign_charter",
    "sign_with_proof",
    "start_signing",
    "unpublish_version",
    "withdraw_charter",
    "withdraw_signature",
]
