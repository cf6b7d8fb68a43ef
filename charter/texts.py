"""The charter's text as shown and as hashed, and what a signer states."""

import difflib
import re
from dataclasses import dataclass
from html import unescape

from django.utils.html import strip_tags
from django.utils.translation import gettext, override

from charter.chain import sha256_of
from charter.models import CharterText, CharterVersion


def exact_text(text: CharterText) -> str:
    """Return the text word for word as shown: the bytes (UTF-8) whose SHA-256 a signature carries."""
    notice = f"<p>{text.notice}</p>\n" if text.notice else ""
    return f"<h1>{text.title}</h1>\n{notice}{text.body}\n"


def text_sha256(text: CharterText) -> str:
    """Return the SHA-256 of the exact text."""
    return sha256_of(exact_text(text))


def text_in(version: CharterVersion, language: str) -> CharterText | None:
    """Return a version's text in a language, Danish where there is no other, None without any."""
    texts = {text.language: text for text in version.texts.all()}
    return texts.get(language) or texts.get("da")


def statements_in(language: str) -> list[str]:
    """Return what a signer ticks, word for word as displayed in a language."""
    with override(language):
        return [
            gettext("I have read the whole charter."),
            gettext("The organisation commits itself to following the charter."),
            gettext("I am entitled to sign for the organisation."),
        ]


@dataclass(frozen=True)
class Block:
    """A heading, paragraph or list item of the charter as plain text."""

    kind: str
    """"h2", "h3", "p" or "li"."""

    text: str


_BLOCK = re.compile(r"<(h2|h3|p|li)\b[^>]*>(.*?)</\1>", re.DOTALL)


def blocks_of(body: str) -> list[Block]:
    """Return the blocks of a rich text in order: for the PDF and the comparison."""
    found = []
    for kind, inner in _BLOCK.findall(body):
        plain = " ".join(unescape(strip_tags(inner)).split())
        if plain:
            found.append(Block(kind, plain))
    return found


@dataclass(frozen=True)
class Piece:
    """Some words of a compared block: kept, added or removed."""

    change: str
    """"same", "added" or "removed"."""

    text: str


@dataclass(frozen=True)
class ComparedBlock:
    """A block of the new text with its changes, or one that is gone."""

    kind: str
    change: str
    """"same", "changed", "added" or "removed"."""

    pieces: tuple[Piece, ...]


def compare(old: str, new: str) -> list[ComparedBlock]:
    """Return the new rich text block by block with what changed since the old one (C1), word by word."""
    before, after = blocks_of(old), blocks_of(new)
    matcher = difflib.SequenceMatcher(
        a=[(b.kind, b.text) for b in before], b=[(b.kind, b.text) for b in after], autojunk=False
    )
    found: list[ComparedBlock] = []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            found += [ComparedBlock(b.kind, "same", (Piece("same", b.text),)) for b in after[b1:b2]]
            continue
        removed, added = before[a1:a2], after[b1:b2]
        while removed and added and removed[0].kind == added[0].kind:
            old_block, new_block = removed.pop(0), added.pop(0)
            found.append(
                ComparedBlock(new_block.kind, "changed", _compare_words(old_block.text, new_block.text))
            )
        found += [ComparedBlock(b.kind, "removed", (Piece("removed", b.text),)) for b in removed]
        found += [ComparedBlock(b.kind, "added", (Piece("added", b.text),)) for b in added]
    return found


def _compare_words(old: str, new: str) -> tuple[Piece, ...]:
    before, after = old.split(), new.split()
    pieces = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", " ".join(after[b1:b2])))
            continue
        if a2 > a1:
            pieces.append(Piece("removed", " ".join(before[a1:a2])))
        if b2 > b1:
            pieces.append(Piece("added", " ".join(after[b1:b2])))
    return tuple(pieces)


@dataclass(frozen=True)
class ComparedText:
    """What changed between two texts of one language."""

    title: tuple[Piece, ...]
    """Empty when the title stayed."""

    notice: tuple[Piece, ...]
    blocks: list[ComparedBlock]

    @property
    def changes(self) -> int:
        """How many places differ: title, notice, and blocks."""
        blocks = sum(block.change != "same" for block in self.blocks)
        return blocks + bool(self.title) + bool(self.notice)


def compared_text(old: CharterText, new: CharterText) -> ComparedText:
    """Return the new text with all that changed since the old one: title, notice and body (C1)."""
    return ComparedText(
        title=_compare_words(old.title, new.title) if old.title != new.title else (),
        notice=_compare_words(old.notice, new.notice) if old.notice != new.notice else (),
        blocks=compare(old.body, new.body),
    )
