"""The offers and the teaching material a new portal begins with: rules, texts, and what creates their pages."""

from workshops.content.making import (
    ensure_material_pages,
    ensure_offer_pages,
    ensure_offers,
    ensure_subjects_and_topics,
)
from workshops.content.rules import OFFERS

__all__ = [
    "OFFERS",
    "ensure_material_pages",
    "ensure_offer_pages",
    "ensure_offers",
    "ensure_subjects_and_topics",
]
