"""Handing one message to the mail service."""

from email.message import MIMEPart
from email.utils import parseaddr
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from anymail.exceptions import AnymailInvalidAddress, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.crypto import salted_hmac

from core.outbox.registry import Attachment, Content
from core.outbox.rendering import Rendered
from core.outbox.sms import SmsRefusedError

METADATA_KEY = "portal_message"
"""Under this name the mail service gives our Message-ID back in its reports."""


def message_id_for(key: str) -> str:
    """Return the Message-ID of a key: the same every time, so that a mail sent twice is one mail (rule 5)."""
    domain = parseaddr(settings.PORTAL_MAIL_FROM)[1].rpartition("@")[2] or "localhost"
    return f"<{salted_hmac('core.outbox.message-id', key, algorithm='sha256').hexdigest()[:40]}@{domain}>"


def email_for(
    *, to: str, message_id: str, language: str, rendered: Rendered, content: Content
) -> EmailMultiAlternatives:
    """Return the mail with its headers: automatic, so that no absence notice answers it."""
    email = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=settings.PORTAL_MAIL_FROM,
        to=[to],
        reply_to=[settings.PORTAL_MAIL_REPLY_TO] if settings.PORTAL_MAIL_REPLY_TO else None,
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )
    email.attach_alternative(rendered.html, "text/html")
    for attachment in content.attachments:
        email.attach(_part(attachment))
    # Read by the services behind anymail; plain SMTP does not know it.
    email.metadata = {METADATA_KEY: message_id}  # type: ignore[attr-defined]  # anymail's documented way
    return email


def _part(attachment: Attachment) -> MIMEPart:
    """Return an attachment as a MIME part with the bytes as they are.

    Django's attach() would lose `method=REQUEST` of a calendar, and Python's text content its CRLF (RFC 5545).
    """
    kind, *parameters = [word.strip() for word in attachment.mimetype.split(";")]
    main, _slash, sub = kind.partition("/")
    given = dict(word.split("=", 1) for word in parameters if "=" in word)
    part = MIMEPart()
    part.set_content(attachment.content, maintype=main, subtype=sub, cte="base64", params=given or None)
    part.add_header("Content-Disposition", "attachment", filename=attachment.filename)
    return part


def transmit(email: EmailMultiAlternatives) -> None:
    """Hand the mail over. Returns when the service has taken responsibility for it (SMTP: its 250)."""
    email.send()


def is_permanent(error: Exception) -> bool:
    """Whether trying again is of no use: the address does not exist or is refused."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    return isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress | SmsRefusedError)


def summary(error: Exception) -> str:
    """Return an error in one line for the log: its kind and the service's code, without the address."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _text in error.recipients.values()})
        return f"{type(error).__name__} {', '.join(codes)}"
    if isinstance(error, SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    status = getattr(error, "status_code", "")
    return f"{type(error).__name__} {status}".strip()[:300]
