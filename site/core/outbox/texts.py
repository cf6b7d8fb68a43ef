"""The texts of mails: files in templates/emails/<language>/<name>.txt and the little markup they use.

Emne: Kvittering for booking {reference}

Paragraphs stand between blank lines. {placeholder} is replaced when the mail is sent.

## A heading
- an item; a value of several lines becomes several items
[Text of a button]({url})

---
Why the reader gets this mail.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from core.outbox.errors import MailTextError

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BUTTON = re.compile(r"^\[([^\]]+)\]\(\{([a-z][a-z0-9_]*)\}\)$")
SUBJECT_LABELS = {"da": "Emne:", "en": "Subject:"}

COMMON_PLACEHOLDERS = frozenset({"contact_email", "contact_phone", "department", "site_name", "site_url"})
"""Filled by the outbox itself in every mail."""

SUBJECT_PLACEHOLDERS = frozenset({"reference", "date", "deadline", "number", "time", "count", "year"})
"""What a subject may carry: never a name, a title or a theme (N7, DOMAIN.md 4)."""

UNPROVEN_PLACEHOLDERS = SUBJECT_PLACEHOLDERS | {
    "dates", "sessions", "session", "duration", "title", "provider", "place", "address", "school", "district",
    "seats", "pupils", "adults", "grades", "weekday", "hours", "minutes", "days", "until", "code", "url",
    "cause", "note",
    "hotline",
}  # fmt: skip
"""What a mail to an unproven address may carry, and any name that ends in `_url`: our own data, counts and
links; nothing that whoever filled the form could have typed as text (DESIGN.md 5, Links). A `cause` is one of fixed
reasons, a `note` sentences of our own."""


@dataclass(frozen=True)
class Heading:
    """A line that begins with `## `."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Lines between blank lines; each stays a line, as in an address."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Items:
    """Lines that begin with `- `."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Button:
    """A line `[Label]({url})`."""

    label: str
    placeholder: str


type Block = Heading | Paragraph | Items | Button


@dataclass(frozen=True)
class MailText:
    """A parsed text file."""

    subject: str
    blocks: tuple[Block, ...]
    why: str
    placeholders: frozenset[str]
    subject_placeholders: frozenset[str]


def path_of(name: str, language: str) -> Path:
    """Return where the text of a mail type in a language lies."""
    return Path(settings.TEMPLATE_DIR) / "emails" / language / f"{name}.txt"


@cache
def text_for(name: str, language: str) -> MailText:
    """Return a mail type's text in a language. Raises MailTextError when it is missing or malformed."""
    path = path_of(name, language)
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MailTextError(f"The text emails/{language}/{name}.txt is missing.") from None
    return parse(source, language)


def parse(source: str, language: str) -> MailText:
    """Read a text file. Raises MailTextError when the subject or the block saying why is missing."""
    first, _, rest = source.lstrip("\ufeff").partition("\n")
    label = SUBJECT_LABELS.get(language, "Subject:")
    if not first.startswith(label) or not first.removeprefix(label).strip():
        raise MailTextError(f"The first line must be '{label} ...'.")
    body, separator, why = rest.rpartition("\n---\n")
    if not separator or not why.strip():
        raise MailTextError("The text must end with a line '---' and why the reader gets this mail.")
    subject = first.removeprefix(label).strip()
    return MailText(
        subject=subject,
        blocks=tuple(_blocks(body)),
        why=" ".join(why.split()),
        placeholders=frozenset(PLACEHOLDER.findall(source)),
        subject_placeholders=frozenset(PLACEHOLDER.findall(subject)),
    )


def _blocks(body: str) -> list[Block]:
    blocks: list[Block] = []
    paragraph: list[str] = []
    items: list[str] = []

    def close() -> None:
        if paragraph:
            blocks.append(Paragraph(tuple(paragraph)))
            paragraph.clear()
        if items:
            blocks.append(Items(tuple(items)))
            items.clear()

    for raw in body.splitlines():
        line = raw.strip()
        if not line:
            close()
        elif line.startswith("## "):
            close()
            blocks.append(Heading(line.removeprefix("## ").strip()))
        elif line.startswith("- "):
            if paragraph:
                close()
            items.append(line.removeprefix("- ").strip())
        elif found := _BUTTON.match(line):
            close()
            blocks.append(Button(found.group(1), found.group(2)))
        elif items and raw.startswith("  "):
            items[-1] += " " + line
        else:
            if items:
                close()
            paragraph.append(line)
    close()
    return blocks
