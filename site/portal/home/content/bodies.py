"""Writes StreamField bodies: one small function a block of core.cms.blocks."""

from collections.abc import Sequence
from typing import Any

Block = dict[str, Any]


def heading(text: str) -> Block:
    """Return a section heading."""
    return {"type": "heading", "value": {"text": text, "level": "h2"}}


def text(html: str) -> Block:
    """Return a text of paragraphs and lists."""
    return {"type": "paragraph", "value": html}


def callout(title: str, html: str, *, kind: str = "calm") -> Block:
    """Return a call-out, calm or warning."""
    return {"type": "callout", "value": {"kind": kind, "heading": title, "text": html}}


def steps(*pairs: tuple[str, str]) -> Block:
    """Return numbered steps of (title, html)."""
    return {
        "type": "steps",
        "value": {"steps": [{"title": title, "text": html} for title, html in pairs]},
    }


def questions(*pairs: tuple[str, str]) -> Block:
    """Return questions with their answers as html."""
    items = [{"question": question, "answer": html} for question, html in pairs]
    return {"type": "accordion", "value": {"questions": items}}


def links(title: str, entries: Sequence[tuple[str, str, str]]) -> Block:
    """Return links to other sites: (label, address, note)."""
    items = [{"label": label, "page": None, "url": url, "note": note} for label, url, note in entries]
    return {"type": "links", "value": {"heading": title, "links": items}}


def contact(name: str, *, about: str = "", phone: str = "", email: str = "", hours: str = "") -> Block:
    """Return a contact card."""
    return {
        "type": "contact",
        "value": {"name": name, "text": about, "phone": phone, "email": email, "hours": hours},
    }
