"""The shapes in which a new portal's texts are written down."""

from dataclasses import dataclass

from portal.home.content.bodies import Block


@dataclass(frozen=True)
class EntryText:
    """A card of the front page: picture, title, text, the key of the page it leads to, a filter."""

    picture: str
    title: str
    text: str
    target: str
    query: str = ""


@dataclass(frozen=True)
class HomeText:
    """A front page."""

    title: str
    slug: str
    headline: str
    lead: str
    entries: tuple[EntryText, ...]
    help_title: str
    help_text: str


@dataclass(frozen=True)
class PageText:
    """A page below the front page. Index pages take the lead as their introduction (html)."""

    title: str
    slug: str
    lead: str
    body: tuple[Block, ...] = ()
