"""Writes of workshops: one function per use case."""

from workshops.operations.sessions import (
    SessionPlan,
    cancel_session,
    change_limits,
    close_session,
    create_session,
    edit_session,
    open_session,
    return_to_draft,
)

__all__ = [
    "SessionPlan",
    "cancel_session",
    "change_limits",
    "close_session",
    "create_session",
    "edit_session",
    "open_session",
    "return_to_draft",
]
