"""The sheets that go with a material: accessible PDFs made from the same texts as its page."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from charter.texts import blocks_of
from core.typesetting import typeset
from workshops.content.texts import MaterialText, bullet_list
from workshops.labels import duration_label, grades_label

_TEMPLATE = Path(__file__).resolve().parents[1] / "data" / "material.typ"


def material_sheet(page: Any, text: MaterialText) -> bytes:
    """Return a material's teacher's guide as PDF/UA-1 and PDF/A-2a, the same bytes for the same text.

    Args:
        page: the material's page: version, state, grades, licence.
    """
    with override("da"):
        facts = {
            "title": text.title,
            "publisher": settings.PORTAL_DEPARTMENT,
            "language": "da",
            "version": page.version,
            "state": str(page.get_state_display()),
            "facts": " · ".join(
                filter(
                    None,
                    [
                        grades_label(page.grade_from, page.grade_to),
                        duration_label(page.minutes, page.lessons),
                    ],
                )
            ),
            "intro": _blocks(text.intro),
            "sections": [
                _section(_("Learning goals"), "", [("", bullet_list(text.learning_goals))]),
                *(
                    _section(
                        lesson.title,
                        duration_label(lesson.minutes, None),
                        [
                            (_("Learning goals"), lesson.goals),
                            (_("What you do"), lesson.activities),
                            (_("Signs of learning"), lesson.signs),
                        ],
                    )
                    for lesson in text.lessons
                ),
            ],
            "licence": str(page.get_licence_display()),
        }
    return typeset(_TEMPLATE, facts)


def _blocks(html: str) -> list[dict[str, str]]:
    return [{"kind": block.kind, "text": block.text} for block in blocks_of(html)]


def _section(title: str, note: str, parts: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "title": title,
        "note": note,
        "parts": [{"title": heading, "blocks": _blocks(html)} for heading, html in parts if html],
    }
