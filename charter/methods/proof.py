"""What a method ends in: a proof of who was there, as it was given and no better."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from charter.enums import SignatureMethod


@dataclass(frozen=True)
class Proof:
    """Who proved to be there, how and when. No CPR number is ever part of it."""

    method: SignatureMethod
    issuer: str
    """Who says so: this portal, or the identity broker (`iss`)."""

    subject: str
    """Whom the issuer means; an identifier of the issuer's own (`sub`)."""

    level: str
    """The level of assurance that came back, in the issuer's words; never the one that was asked for."""

    authenticated_at: datetime
    transaction: str
    identity_type: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What else the issuer stated and we keep, as JSON values."""

    def as_evidence(self) -> dict[str, Any]:
        """Return the proof as JSON, the way SignatureEvidence keeps it and the chain hashes it."""
        return {
            "method": str(self.method),
            "issuer": self.issuer,
            "subject": self.subject,
            "level": self.level,
            "identity_type": self.identity_type,
            "authenticated_at": self.authenticated_at.isoformat(),
            "transaction": self.transaction,
            "facts": dict(self.facts),
        }

    @classmethod
    def from_evidence(cls, kept: Mapping[str, Any]) -> "Proof":
        """Return the proof that `as_evidence` has written."""
        return cls(
            **{
                **kept,
                "method": SignatureMethod(kept["method"]),
                "authenticated_at": datetime.fromisoformat(kept["authenticated_at"]),
            }
        )
