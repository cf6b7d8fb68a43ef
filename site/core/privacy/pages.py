"""What pages about a person's data show, for the person and for the administration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from core.privacy.documents import as_json, as_pdf, by_purpose
from core.privacy.people import Person
from core.privacy.reading import Held

OWN_QUESTION = ("own_data_link", "data_requests")
"""What is only there because somebody has just asked."""


@dataclass(frozen=True)
class Purpose:
    """What is held for one purpose."""

    title: Any
    purpose: Any
    rows: list[Held]


def purposes(held: Sequence[Held]) -> list[Purpose]:
    """Return what is held, purpose by purpose."""
    return [
        Purpose(rule.title, rule.purpose, list(rows))
        for rule, rows in groupby(by_purpose(held), key=lambda each: each.rule)
    ]


def without_the_question(held: Sequence[Held]) -> list[Held]:
    """Leave out the request itself and its mail: somebody unknown is told that nothing is held."""
    return [
        each
        for each in held
        if each.rule.name != "data_requests" and getattr(each.row, "mail_type", "") != "own_data_link"
    ]


def download(person: Person, held: Sequence[Held], *, file_format: str, now: datetime) -> HttpResponse:
    """Return the export as a file; its name says nothing about the person."""
    name = gettext("my-data")
    if file_format == "pdf":
        response = HttpResponse(as_pdf(person, held, now=now), content_type="application/pdf")
    else:
        file_format = "json"
        response = HttpResponse(
            as_json(person, held, now=now), content_type="application/json; charset=utf-8"
        )
    response["Content-Disposition"] = (
        content_disposition_header(True, f"{name}.{file_format}") or "attachment"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
