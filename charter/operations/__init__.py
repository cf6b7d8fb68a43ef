"""Writes of the charter package: one function per use case; each owns its transaction, locks and refusals."""

from charter.operations.members import add_member, remove_member
from charter.operations.providers import (
    activate_provider,
    approve_provider,
    ask_explanation,
    change_provider_state,
    create_provider,
    decline_charter,
    end_provider,
    reactivate_provider,
    receive_explanation,
    start_vetting,
    suspend_provider,
)
from charter.operations.signing import request_signing_code, sign_charter, start_signing
from charter.operations.versions import create_draft_version, publish_version, save_text
from charter.operations.withdrawal import withdraw_charter, withdraw_signature

__all__ = [
    "activate_provider",
    "add_member",
    "approve_provider",
    "ask_explanation",
    "change_provider_state",
    "create_draft_version",
    "create_provider",
    "decline_charter",
    "end_provider",
    "publish_version",
    "reactivate_provider",
    "receive_explanation",
    "remove_member",
    "request_signing_code",
    "save_text",
    "sign_charter",
    "start_signing",
    "start_vetting",
    "suspend_provider",
    "withdraw_charter",
    "withdraw_signature",
]
