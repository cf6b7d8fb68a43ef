"""Whether a teaching material has been tried, and decided to be spread (P7).

Only booking knows the pilots and stands above: it fills in the source here when it starts. Until then nothing
has been tried.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Approval:
    """The decision to spread a material, after classes have tried it."""

    decided_by: str
    decided_on: date
    reference: str
    version: str
    classes: int
    schools: int


ApprovalSource = Callable[[uuid.UUID], Approval | None]


def _nothing_tried(material_key: uuid.UUID) -> Approval | None:
    return None


_approval_of: ApprovalSource = _nothing_tried


def set_source(approval_of: ApprovalSource) -> None:
    """Say where approvals are found, by the material's translation key."""
    global _approval_of
    _approval_of = approval_of


def approval_of(material_key: uuid.UUID) -> Approval | None:
    """Return the newest decision to spread a material, or None."""
    return _approval_of(material_key)
