"""Registering booking's mails: kept equally long, whichever module says what is in them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.outbox.registry import Content, MailType, register

RETENTION_DAYS = 400

type Build = Callable[[Mapping[str, Any], str, datetime], Content | None]
"""Reads what a mail says from the database when it is sent; None when it has nothing to say any more (rule 5)."""


def register_mail(
    name: str,
    audience: str,
    title: Any,
    placeholders: Sequence[str],
    build: Build,
    *,
    retention_days: int = RETENTION_DAYS,
) -> None:
    """Register one mail of this package (called when Django is ready)."""
    register(
        MailType(
            name=name,
            audience=audience,
            title=title,
            placeholders=tuple(placeholders),
            retention_days=retention_days,
            build=build,
        )
    )
