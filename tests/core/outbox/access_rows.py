"""Who opens the demo's mailbox (nobody outside the demo; inside it: test_mailbox.py) and the texts of mails."""

from django.utils import timezone

from core.outbox.models import MailTextVersion
from tests.access.rows import LOGIN, row

TEXT = {"name": "booking_receipt", "language": "da"}
OUTSIDE = {"anonymous": LOGIN, "persons": 302, "providers": 302}


def text(world):
    """A mail's text in Danish."""
    return TEXT


def changed_text(world):
    """A text that has been changed."""
    MailTextVersion.objects.get_or_create(
        mail_type="booking_receipt",
        language="da",
        number=1,
        defaults={
            "subject": "Vi ses {reference}",
            "body": "Hej",
            "why": "Fordi",
            "is_in_use": True,
            "standard": ["", "", ""],
            "saved_at": timezone.now(),
        },
    )
    return TEXT


def version(world):
    """A version of a text."""
    return {**changed_text(world), "number": 1}


ROWS = [
    row("mailbox", everyone=404),
    row("mailbox_message", lambda world: {"pk": 1}, everyone=404),
    row("mailbox_html", lambda world: {"pk": 1}, everyone=404),
    row("mailbox_attachment", lambda world: {"pk": 1, "number": 0}, everyone=404),
    row("mail_texts", **OUTSIDE, staff=200),
    row("mail_text", text, **OUTSIDE, staff=200),
    row("mail_text_edit", text, **OUTSIDE, staff=302, editor=200, administration=200),
    row(
        "mail_text_edit",
        text,
        method="post",
        data={"do": "save", "seen": 0},
        **OUTSIDE,
        staff=302,
        editor=422,
        administration=422,
    ),
    row("mail_text_reset", changed_text, **OUTSIDE, staff=302, editor=200, administration=200),
    row("mail_text_reset", changed_text, method="post", **OUTSIDE, staff=302),
    row("mail_text_keep", changed_text, **OUTSIDE, staff=302, editor=405, administration=405),
    row("mail_text_keep", changed_text, method="post", **OUTSIDE, staff=302),
    row("mail_text_version", version, **OUTSIDE, staff=200),
    row("mail_text_version", version, method="post", **OUTSIDE, staff=302),
]
