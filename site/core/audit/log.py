"""Writing the audit log, in the transaction of the act it tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.audit.models import Entry

if TYPE_CHECKING:
    from core.accounts.models import User


@dataclass(frozen=True)
class Actor:
    """Who acts: a logged-in user, the holder of a personal link, a visitor, or the system itself."""

    kind: str
    user_id: int | None = None

    @classmethod
    def of(cls, user: "User | Any") -> "Actor":
        """Return the actor for a request's user; a visitor when not logged in."""
        return cls("user", user.pk) if getattr(user, "is_authenticated", False) else VISITOR


SYSTEM = Actor("system")
VISITOR = Actor("visitor")
LINK = Actor("link")


def record(
    action: str,
    subject: str,
    *,
    actor: Actor,
    now: datetime,
    provider_id: int | None = None,
    **data: Any,
) -> Entry:
    """Add one entry. `subject` is "<model>:<pk>"; `data` must hold no personal data (rule 10)."""
    return Entry.objects.create(
        at=now,
        actor_id=actor.user_id,
        actor_kind=actor.kind,
        action=action,
        subject=subject,
        provider_id=provider_id,
        data=data,
    )
