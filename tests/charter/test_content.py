"""The first charter to start from."""

from datetime import UTC, datetime

import pytest

from charter.content import ensure_charter
from charter.models import CharterPeriod, CharterText, CharterVersion
from charter.texts import blocks_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_ensure_charter_makes_a_version_in_two_languages_and_the_years_around_today():
    version = ensure_charter(NOW)

    assert CharterVersion.objects.newest_at(NOW) == version
    assert sorted(version.texts.values_list("language", flat=True)) == ["da", "en"]
    assert list(CharterPeriod.objects.values_list("name", flat=True)) == ["2024", "2025", "2026", "2027"]
    assert "Demotekst" in version.texts.get(language="da").notice


@pytest.mark.django_db
def test_ensure_charter_twice_changes_nothing():
    ensure_charter(NOW)
    CharterText.objects.update(title="Rettet")

    ensure_charter(NOW)

    assert CharterVersion.objects.count() == 1
    assert set(CharterText.objects.values_list("title", flat=True)) == {"Rettet"}


@pytest.mark.django_db
def test_both_languages_have_the_same_shape():
    version = ensure_charter(NOW)

    shapes = {text.language: [block.kind for block in blocks_of(text.body)] for text in version.texts.all()}

    assert shapes["da"] == shapes["en"]
