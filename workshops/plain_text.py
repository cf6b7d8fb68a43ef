"""Rich text of a page as plain text to type in, and back: paragraphs and lists, nothing else (L3)."""

import re
from html.parser import HTMLParser

from django.utils.html import escape

RICH = (
    "intro",
    "learning_goals",
    "competence_goals",
    "before_visit",
    "during_visit",
    "after_visit",
    "school_provides_extra",
    "practitioner_text",
    "content_accessibility",
    "sensitive_note",
)
"""Texts of an offer's page that may be several paragraphs."""

_BLOCKS = frozenset({"p", "h2", "h3", "h4", "li", "ul", "ol", "blockquote"})
_BULLET = re.compile(r"^\s*[-•*]\s+")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "br":
            self.lines.append("")
        elif tag == "li":
            self.lines.append("- ")
        elif tag in _BLOCKS:
            self.lines += ["", ""]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "h2", "h3", "h4", "ul", "ol", "blockquote"):
            self.lines += ["", ""]

    def handle_data(self, data: str) -> None:
        self.lines[-1] += " ".join(data.split("\n"))


def plain_of(html: str) -> str:
    """Return rich text as plain text: a blank line between paragraphs, a dash before each item of a list."""
    reader = _Reader()
    reader.feed(html or "")
    reader.close()
    text = "\n".join(" ".join(line.split()) if line.strip() != "-" else "" for line in reader.lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def html_of(text: str) -> str:
    """Return typed text as rich text. Everything in it is text: no markup gets through."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "".join(_block(block.split("\n")) for block in blocks if block.strip())


def kept_or_new(typed: str, html: str) -> str:
    """Return the rich text that is there where its words are still the same, else what was typed.

    Links and bold letters that a plain field cannot show stay as long as their text is not changed.
    """
    return html if _same(typed, plain_of(html)) else html_of(typed)


def _same(first: str, second: str) -> bool:
    return first.split() == second.split()


def _block(lines: list[str]) -> str:
    result = ""
    items: list[str] = []
    words: list[str] = []
    for line in (line.strip() for line in lines):
        if _BULLET.match(line):
            result += _paragraph(words)
            words = []
            items.append(_BULLET.sub("", line))
        elif line:
            result += _list(items)
            items = []
            words.append(line)
    return result + _paragraph(words) + _list(items)


def _paragraph(words: list[str]) -> str:
    return f"<p>{'<br/>'.join(escape(line) for line in words)}</p>" if words else ""


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>" if items else ""
