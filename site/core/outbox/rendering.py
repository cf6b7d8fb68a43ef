"""From a mail type's text and values to subject, plain text and HTML."""

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.cms.frame import current_frame
from core.outbox import sms
from core.outbox.errors import TypedTextError
from core.outbox.registry import Audience, Content, MailType
from core.outbox.texts import (
    PLACEHOLDER,
    Block,
    Button,
    Heading,
    Items,
    MailText,
    Paragraph,
    text_for,
)

WIDTH = 72
"""Columns of the plain text; addresses of pages are never broken."""

_STRONG = re.compile(r"^\*\*(.+)\*\*$")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_TOGETHER = re.compile(r"(?<=\bkl\.) (?=\d)|(?<=\d\d) (?=\d\d\b)")
_WHOLE = re.compile(
    r"\b[A-Z]{2}-[A-Z0-9]{4,}(?:-[A-Z0-9]+)*\b|\b\d{1,2}[.:]\d\d–\d{1,2}[.:]\d\d\b|\bkl\. \d{1,2}\.\d\d\b(?!–)"
)
"""What no line may break in the HTML: reference numbers and hours."""

_TAG = re.compile(r"(<[^>]*>)")
_MAIL_ADDRESS = re.compile(r"(?<![\w/@.:-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class Rendered:
    """A mail ready to send."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class _Line:
    """One line of a paragraph or list, with its values filled in."""

    text: str
    is_strong: bool = False

    @property
    def html(self) -> SafeString:
        return _html(self.text)


@dataclass(frozen=True)
class _Piece:
    """One block with its values filled in, for both forms of the mail."""

    kind: str
    text: str = ""
    lines: tuple[_Line, ...] = ()
    url: str = ""


def render(
    mail_type: MailType, content: Content, *, language: str, delete_on: date, text: MailText | None = None
) -> Rendered:
    """Return the mail in a language.

    Args:
        delete_on: used where the content names no date of its own.
        text: as the administration has written it; without it, the shipped text.
    Raises:
        MailTextError: the text file is missing.
        TypedTextError: a value for an unproven address carries a foreign web address.
    """
    text = text or text_for(mail_type.name, language)
    if mail_type.audience == Audience.UNPROVEN:
        _refuse_typed_text(content.placeholders)
    with translation.override(language):
        values = {**common_values(), **{name: str(value) for name, value in content.placeholders.items()}}
        pieces = list(_pieces(text, values))
        footer = _footer(text, values, content.delete_on, delete_on)
        subject = " ".join(_fill(text.subject, values).split())
        context = {
            "language": language,
            "subject": subject,
            "heading": _html(subject),
            "pieces": pieces,
            "footer": [_html(line) for line in footer],
            "site_name": values["site_name"],
            "site_url": values["site_url"],
            "department": values["department"],
        }
        return Rendered(
            subject=subject,
            text=_plain(pieces, footer, values),
            html=render_to_string("emails/layout.html", context),
        )


def render_sms(
    mail_type: MailType, content: Content, *, language: str, text: MailText | None = None
) -> Rendered:
    """Return a text message in a language: the body alone, in letters it has, at most two parts long."""
    text = text or text_for(mail_type.name, language)
    with translation.override(language):
        values = {**common_values(), **{name: str(value) for name, value in content.placeholders.items()}}
        lines = [line.text for piece in _pieces(text, values) for line in piece.lines]
        return Rendered(_fill(text.subject, values), sms.cut(sms.written("\n".join(lines))), "")


def common_values() -> dict[str, str]:
    """Return the placeholders that every mail may use, in the active language."""
    frame = current_frame(translation.get_language() or settings.LANGUAGE_CODE)
    return {
        "contact_email": frame.email,
        "contact_phone": frame.phone,
        "department": frame.authority,
        "site_name": settings.WAGTAIL_SITE_NAME,
        "site_url": settings.PORTAL_BASE_URL + "/",
    }


def _refuse_typed_text(values: Mapping[str, str]) -> None:
    """Stop a stranger from sending a text of their own through us (DESIGN.md 5, Links)."""
    for name, value in values.items():
        for address in _ADDRESS.findall(value):
            if not address.startswith(settings.PORTAL_BASE_URL + "/"):
                raise TypedTextError(f"The value of {name} carries a foreign address.")


def _fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in. Values are data: nothing in them is read as markup."""
    return PLACEHOLDER.sub(lambda found: values.get(found.group(1), ""), text)


def _is_empty(line: str, values: Mapping[str, str]) -> bool:
    """Whether a line has nothing to say: all its placeholders are empty and beside them stands at most a label."""
    names = PLACEHOLDER.findall(line)
    if not names or any(values.get(name, "").strip() for name in names):
        return False
    rest = PLACEHOLDER.sub("", line).strip()
    return not rest or rest.endswith(":")


def _pieces(text: MailText, values: Mapping[str, str]) -> Iterable[_Piece]:
    """Yield the blocks that have something to say; a heading goes when what it announces went, and when all below did."""
    waiting: _Piece | None = None
    for block in text.blocks:
        piece = _piece(block, values)
        if isinstance(block, Heading):
            waiting = piece
        elif piece:
            if waiting:
                yield waiting
            waiting = None
            yield piece
        else:
            waiting = None  # or what follows would stand under a heading that speaks of something else


def _piece(block: Block, values: Mapping[str, str]) -> _Piece | None:
    match block:
        case Heading(text):
            return _Piece("heading", _fill(text, values))
        case Button(label, name):
            url = values.get(name, "").strip()
            return _Piece("button", _fill(label, values), url=url) if url else None
        case Items(lines):
            filled = tuple(_filled(lines, values))
            return _Piece("items", lines=filled) if filled else None
        case Paragraph(lines):
            filled = tuple(_filled(lines, values))
            return _Piece("paragraph", lines=filled) if filled else None


def _filled(lines: Iterable[str], values: Mapping[str, str]) -> Iterable[_Line]:
    """Yield the lines that have something to say; a value of several lines gives several."""
    for line in lines:
        if _is_empty(line, values):
            continue
        found = _STRONG.match(line)
        text = found.group(1) if found else line
        for part in _fill(text, values).splitlines():
            if part.strip():
                yield _Line(" ".join(part.split()), is_strong=bool(found))


def _footer(
    text: MailText, values: Mapping[str, str], data_deleted_on: date | None, message_deleted_on: date
) -> list[str]:
    """Return contact, why, and when we delete (N7)."""
    reference = values.get("reference", "").strip()
    contact = {"email": values["contact_email"], "phone": values["contact_phone"], "reference": reference}
    if reference:
        first = _(
            "Any questions? Write to %(email)s or call %(phone)s, and give the reference number %(reference)s."
        )
    else:
        first = _("Any questions? Write to %(email)s or call %(phone)s.")
    if data_deleted_on:
        last = _("We delete the details in this e-mail from our systems by %(date)s at the latest.")
    else:
        last = _("We delete the record of this e-mail by %(date)s at the latest.")
    day_format = "j. F Y" if translation.get_language() == "da" else "j F Y"
    day = formats.date_format(data_deleted_on or message_deleted_on, day_format)
    return [first % contact, _fill(text.why, values), last % {"date": day}]


def _plain(pieces: Iterable[_Piece], footer: Iterable[str], values: Mapping[str, str]) -> str:
    text = ""
    for piece in pieces:
        match piece.kind:
            case "heading":
                # One line break only: a heading stands close to what it heads.
                text += f"{piece.text}\n{'-' * min(len(piece.text), WIDTH)}\n"
            case "button":
                text += f"{piece.text}:\n{piece.url}\n\n"
            case "items":
                text += "\n".join(_wrap(line.text, first="- ", later="  ") for line in piece.lines) + "\n\n"
            case _:
                text += "\n".join(_wrap(line.text) for line in piece.lines) + "\n\n"
    foot = "\n\n".join(_wrap(line) for line in footer)
    signature = f"-- \n{values['site_name']}\n{values['department']}\n{values['site_url']}"
    return f"{text}* * *\n\n{foot}\n\n{signature}\n"


def _wrap(line: str, *, first: str = "", later: str = "") -> str:
    """Wrap a line; a time stays with its "kl." and a phone number in one piece."""
    kept_together = _TOGETHER.sub("\N{NO-BREAK SPACE}", line)
    wrapped = textwrap.fill(
        kept_together,
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace("\N{NO-BREAK SPACE}", " ")


def _html(text: str) -> SafeString:
    """Escape a text, make our own pages and e-mail addresses links, and keep references and hours in one piece."""
    result = str(escape(text))
    own = re.escape(escape(settings.PORTAL_BASE_URL))
    result = re.sub(
        rf"{own}/[^\s<]*", lambda found: f'<a href="{found.group(0)}">{found.group(0)}</a>', result
    )
    result = _MAIL_ADDRESS.sub(
        lambda found: f'<a href="mailto:{found.group(0)}">{found.group(0)}</a>', result
    )
    result = "".join(
        part if part.startswith("<") else _WHOLE.sub(r'<span class="whole">\g<0></span>', part)
        for part in _TAG.split(result)
    )
    return mark_safe(result)  # noqa: S308 - escaped above
