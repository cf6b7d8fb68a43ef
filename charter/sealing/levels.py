"""How far a seal proves when it was set, and what sealing returns."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far two clocks may differ before a time counts as wrong."""


class SealLevel(StrEnum):
    """The PAdES baseline levels (ETSI EN 319 142-1) that are made here, and none."""

    NONE = "none"
    B_B = "PAdES-B-B"
    B_T = "PAdES-B-T"
    B_LTA = "PAdES-B-LTA"


@dataclass(frozen=True)
class Sealed:
    """A sealed document, and what its `signed` record says about the seal."""

    document: bytes
    level: SealLevel
    certificate: str = ""
    """SHA-256 of the certificate that sealed, in hex."""

    lowered_from: str = ""
    """The level that was configured, where a setting let a lower one pass because the other could not be had."""

    timestamp_at: datetime | None = None
    """What the time-stamp authority said the time was."""

    def as_record(self) -> dict[str, Any]:
        """Return the facts for the chain."""
        facts: dict[str, Any] = {"level": str(self.level), "certificate": self.certificate}
        if self.lowered_from:
            facts["lowered_from"] = self.lowered_from
        if self.timestamp_at:
            facts["timestamp_at"] = self.timestamp_at
        return facts
