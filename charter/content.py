"""A first charter to start from: a demo text in our own words, and calendar-year periods around today.

The charter the municipality has adopted is not public word for word (DOMAIN.md 1.2): the administration replaces
this text by its own as the next version.
"""

from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from charter.gate import local_day
from charter.models import CharterPeriod, CharterText, CharterVersion

_DATA = Path(__file__).parent / "data"

TITLES = {"da": "Charter for demokratiske værdier", "en": "Charter of democratic values"}
NOTICES = {
    "da": "Demotekst – ikke kommunens vedtagne charter",
    "en": "Demo text – not the charter adopted by the municipality",
}


def ensure_charter(now: datetime, *, required_from: date | None = None) -> CharterVersion:
    """Make version 1 with its texts and the periods of last year to next year; what exists is left alone.

    Args:
        required_from: from when version 1 is in force; by default 1 January two years ago.
    """
    today = local_day(now)
    with transaction.atomic():
        ensure_periods(today)
        version = CharterVersion.objects.order_by("number").first()
        if version is None:
            version = CharterVersion.objects.create(
                number=1, published_at=now, required_from=required_from or date(today.year - 2, 1, 1)
            )
            for language in TITLES:
                CharterText.objects.create(
                    version=version,
                    language=language,
                    title=TITLES[language],
                    notice=NOTICES[language],
                    body=(_DATA / f"charter_{language}.html").read_text(encoding="utf-8"),
                )
    return version


def ensure_periods(today: date) -> None:
    """Make the calendar years from two years ago to next year; signing opens on 1 June before (rule 2)."""
    for year in range(today.year - 2, today.year + 2):
        CharterPeriod.objects.get_or_create(
            first_day=date(year, 1, 1),
            defaults={
                "name": str(year),
                "last_day": date(year, 12, 31),
                "signing_opens_on": date(year - 1, 6, 1),
            },
        )
