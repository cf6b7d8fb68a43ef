"""Refusals of the outbox."""


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
