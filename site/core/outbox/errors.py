"""Refusals of the outbox."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.outbox.rules import Problem


class OutboxError(Exception):
    """Base of the outbox's refusals."""

    code = "outbox"


class UnknownMailTypeError(OutboxError):
    """No mail type is registered under this name."""

    code = "unknown_mail_type"


class MailTextError(OutboxError):
    """A mail's text file is missing or cannot be used."""

    code = "mail_text"


class TypedTextError(OutboxError):
    """A mail to an unproven address would carry what a stranger typed (DESIGN.md 5, Links)."""

    code = "typed_text"


class MessageNotFailedError(OutboxError):
    """Only a message that failed or bounced can be sent again."""

    code = "message_not_failed"


class MailTextRefusedError(OutboxError):
    """A written text cannot be used; `problems` say what to mend."""

    code = "mail_text_refused"

    def __init__(self, problems: "Sequence[Problem]") -> None:
        super().__init__("; ".join(problem.code for problem in problems))
        self.problems = problems


class MailTextChangedError(OutboxError):
    """A colleague has saved another version in the meantime."""

    code = "mail_text_changed"
