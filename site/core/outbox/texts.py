"""The texts of mails: files in templates/emails/<language>/<name>.txt and the little markup they use.

Emne: Kvittering for booking {reference}
Sendes: når en booking er bekræftet.

Paragraphs stand between blank lines. {placeholder} is replaced when the mail is sent.

## A heading
- an item; a value of several lines becomes several items
[Text of a button]({url})

---
Why the reader gets this mail.

The second line tells the administration when the mail goes; it is not part of the mail.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

from core.outbox.errors import MailTextError

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
BUTTON = re.compile(r"^\[([^\]]+)\]\(\{([a-z][a-z0-9_]*)\}\)$")
SUBJECT_LABELS = {"da": "Emne:", "en": "Subject:"}
WHEN_LABEL = "Sendes:"

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


@dataclass(frozen=True)
class Wording:
    """A mail's text as a person edits it: what `parse` reads, in its three parts."""

    subject: str
    body: str
    why: str

    def source(self, language: str) -> str:
        """Return it as a text file."""
        label = SUBJECT_LABELS.get(language, "Subject:")
        return f"{label} {self.subject}\n\n{self.body}\n\n---\n{self.why}\n"

    def parsed(self, language: str) -> MailText:
        """Return it ready for rendering. Raises MailTextError when a part is empty."""
        return _parsed(self.source(language), language)


@lru_cache(maxsize=512)
def _parsed(source: str, language: str) -> MailText:
    return parse(source, language)


def path_of(name: str, language: str) -> Path:
    """Return where the text of a mail type in a language lies."""
    return Path(settings.TEMPLATE_DIR) / "emails" / language / f"{name}.txt"


@cache
def text_for(name: str, language: str) -> MailText:
    """Return a mail type's shipped text in a language. Raises MailTextError when it is missing or malformed."""
    return parse(_shipped(name, language), language)


@cache
def default_wording(name: str, language: str) -> Wording:
    """Return a mail type's shipped text as a person edits it. Raises MailTextError as `text_for` does."""
    return _split(_shipped(name, language), language)[0]


@cache
def sent_when(name: str) -> str:
    """Return when a mail goes, in the administration's words; empty where the Danish text does not say."""
    try:
        return _split(_shipped(name, "da"), "da")[1]
    except MailTextError:
        return ""


def _shipped(name: str, language: str) -> str:
    try:
        return path_of(name, language).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MailTextError(f"The text emails/{language}/{name}.txt is missing.") from None


def _split(source: str, language: str) -> tuple[Wording, str]:
    """Return the parts of a text file, and when the mail goes."""
    first, _, rest = source.lstrip("\ufeff").partition("\n")
    label = SUBJECT_LABELS.get(language, "Subject:")
    if not first.startswith(label) or not first.removeprefix(label).strip():
        raise MailTextError(f"The first line must be '{label} ...'.")
    when = ""
    if rest.startswith(WHEN_LABEL):
        line, _, rest = rest.partition("\n")
        when = line.removeprefix(WHEN_LABEL).strip()
    body, separator, why = rest.rpartition("\n---\n")
    if not separator or not why.strip():
        raise MailTextError("The text must end with a line '---' and why the reader gets this mail.")
    return Wording(first.removeprefix(label).strip(), body.strip("\n"), " ".join(why.split())), when


def parse(source: str, language: str) -> MailText:
    """Read a text file. Raises MailTextError when the subject or the block saying why is missing."""
    wording, _when = _split(source, language)
    return MailText(
        subject=wording.subject,
        blocks=tuple(_blocks(wording.body)),
        why=wording.why,
        placeholders=frozenset(PLACEHOLDER.findall("\n".join((wording.subject, wording.body, wording.why)))),
        subject_placeholders=frozenset(PLACEHOLDER.findall(wording.subject)),
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
        elif found := BUTTON.match(line):
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
