"""Charter versions and periods in the administration: written, compared, previewed, published, taken back (C1, C6)."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from charter.errors import (
    NewerVersionError,
    VersionAlreadyPublishedError,
    VersionLockedError,
    VersionNotPublishedError,
)
from charter.models import CharterPeriod, CharterText, CharterVersion
from charter.operations import discard_draft, publish_version, unpublish_version
from charter.rules import Period, gaps_between
from charter.texts import compared_text
from charter.triggers import LOCKS, lock_names
from core.audit.log import SYSTEM
from core.audit.models import Entry
from tests.charter.test_triggers import trigger_names
from tests.factories.booking import book
from tests.factories.charter import (
    CharterPeriodFactory,
    CharterTextFactory,
    CharterVersionFactory,
    ProviderFactory,
    SignatureFactory,
)
from tests.factories.workshops import OfferFactory, SessionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(staff_client):
    return staff_client("Administration")


@pytest.fixture
def draft():
    """Version 1 in Danish, and a draft of version 2 in both languages."""
    CharterTextFactory(body="<h3>Frihed</h3><p>Alle må tale frit.</p>")
    made = CharterVersionFactory(number=2, draft=True)
    CharterTextFactory(
        version=made, notice="Ny", body="<h3>Frihed</h3><p>Alle må altid tale frit.</p><p>Og lytte.</p>"
    )
    CharterTextFactory(version=made, language="en", title="Charter", body="<p>Everybody may speak.</p>")
    return made


def page_of(client, version) -> str:
    return client.get(reverse("charter_version:inspect", args=(version.pk,))).content.decode()


def test_the_page_of_a_draft_shows_both_languages_and_what_changed_in_words_not_only_in_colour(client, draft):
    html = page_of(client, draft)

    assert "3 steder" in html
    assert "Meddelelsen er ændret:" in html
    assert "<strong>Nyt:</strong>" in html
    assert '<ins><span class="w-sr-only">[tilføjet: </span>altid' in html
    assert '<del><span class="w-sr-only">[fjernet: </span>Demotekst' in html
    assert "Everybody may speak." in html
    assert "Det her er en kladde." in html


def test_a_changed_title_is_compared_and_equal_texts_say_so():
    old, new = CharterTextFactory(), CharterTextFactory(version=CharterVersionFactory(number=2))
    assert compared_text(old, new).changes == 0

    new.title = "Charter for fælles værdier"

    compared = compared_text(old, new)
    assert compared.changes == 1
    assert [piece.change for piece in compared.title] == ["same", "removed", "added", "same"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("da", "Det bekræfter den, der underskriver"), ("en", "What the signer confirms")],
)
def test_a_draft_can_be_seen_as_a_signer_sees_it_in_each_language(client, draft, language, expected):
    html = client.get(reverse("charter_version:preview", args=(draft.pk, language))).content.decode()

    assert expected in html
    assert f'<article class="charter-text" lang="{language}"' in html
    assert '<form method="post"' not in html.partition("<main")[2].partition("</main>")[0]


def test_a_preview_needs_a_text_and_a_language_we_have(client):
    version = CharterVersionFactory(number=3, draft=True)

    for language in ("da", "xx"):
        assert client.get(reverse("charter_version:preview", args=(version.pk, language))).status_code == 404


def test_publishing_shows_whom_it_touches_before_anything_happens(client, draft):
    provider = SignatureFactory(covers_until=date(2027, 12, 31), provider__name="Klar Tale").provider
    SignatureFactory(covers_until=date(2026, 12, 31), provider__name="Uberørt")
    offer = OfferFactory(provider=provider)
    book(SessionFactory(offer=offer, in_days=80))
    SessionFactory(offer=offer, in_days=87)
    SessionFactory(offer=offer, in_days=20)
    url = reverse("charter_version:publish", args=(draft.pk,))

    page = client.post(url, {"required_from": "2027-01-01"})

    html = " ".join(page.content.decode().split())
    draft.refresh_from_db()
    assert draft.published_at is None
    effect = page.context["effect"]
    assert [(one.provider, one.stake.dates, one.stake.bookings) for one in effect.providers] == [
        (provider, 2, 1)
    ]
    assert "Dækningen for 1 udbyder slutter dagen før" in html
    assert "2 tider lukker med det samme for nye bookinger; 1 booking på dem bliver til en opgave." in html
    assert "Uberørt" not in html

    again = client.post(url, {"required_from": "2027-01-01", "seen": "2027-01-01", "change_day": "1"})
    assert "Fra hvilken dag" in again.content.decode()
    other_day = client.post(url, {"required_from": "2027-02-01", "seen": "2027-01-01"})
    assert other_day.context["effect"] is not None
    draft.refresh_from_db()
    assert draft.published_at is None

    client.post(url, {"required_from": "2027-01-01", "seen": "2027-01-01"})
    draft.refresh_from_db()
    assert draft.required_from == date(2027, 1, 1)
    assert CharterVersion.objects.get(number=1).accepted_until == date(2026, 12, 31)


@pytest.mark.parametrize("day", ["2026-11-01", "2019-01-01", ""])
def test_publishing_refuses_a_day_in_the_first_step(client, draft, day):
    page = client.post(reverse("charter_version:publish", args=(draft.pk,)), {"required_from": day})

    assert page.context["effect"] is None
    assert page.context["form"].errors["required_from"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_effect_costs_the_same_whatever_the_number_of_providers(
    client, draft, count, django_assert_num_queries
):
    for _number in range(count):
        provider = SignatureFactory(covers_until=date(2027, 12, 31)).provider
        SessionFactory(offer=OfferFactory(provider=provider), in_days=80)
    url = reverse("charter_version:publish", args=(draft.pk,))
    client.post(url, {"required_from": "2027-01-01"})

    with django_assert_num_queries(12):
        page = client.post(url, {"required_from": "2027-01-01"})

    assert len(page.context["effect"].providers) == count


def published(draft):
    return publish_version(version_id=draft.pk, required_from=date(2027, 1, 1), actor=SYSTEM, now=NOW)


def test_a_published_version_that_nobody_signed_is_taken_back_and_the_one_before_covers_on(client, draft):
    published(draft)
    html = page_of(client, draft)
    assert "ingen har underskrevet den endnu" in html

    client.post(reverse("charter_version:unpublish", args=(draft.pk,)))

    draft.refresh_from_db()
    assert (draft.published_at, draft.required_from) == (None, None)
    assert CharterVersion.objects.get(number=1).accepted_until is None
    assert Entry.objects.filter(action="charter.version_unpublished").exists()


def test_a_signed_version_is_locked_with_the_reason_and_offers_no_way_to_change_it(client, draft):
    published(draft)
    SignatureFactory(provider=ProviderFactory(), version=draft)
    CharterVersion.objects.filter(pk=draft.pk).update(locked_at=NOW)

    html = page_of(client, draft)
    saved = client.post(
        reverse("charter_version:text", args=(draft.pk, "da")), {"title": "x", "notice": "", "body": "{}"}
    )
    with pytest.raises(VersionLockedError):
        unpublish_version(version_id=draft.pk, actor=SYSTEM, now=NOW)

    assert "Den her version blev underskrevet første gang" in html
    assert "Ret teksten" not in html
    assert "Træk versionen tilbage" not in html
    assert "låst" in saved.content.decode()


def test_a_version_is_not_taken_back_before_a_newer_one_nor_as_a_draft(draft):
    with pytest.raises(VersionNotPublishedError):
        unpublish_version(version_id=draft.pk, actor=SYSTEM, now=NOW)
    published(draft)
    with pytest.raises(NewerVersionError):
        unpublish_version(version_id=CharterVersion.objects.get(number=1).pk, actor=SYSTEM, now=NOW)


def test_a_draft_can_be_deleted_and_a_published_version_not(client, draft):
    first = CharterVersion.objects.get(number=1)
    with pytest.raises(VersionAlreadyPublishedError):
        discard_draft(version_id=first.pk, actor=SYSTEM, now=NOW)

    response = client.post(reverse("charter_version:discard", args=(draft.pk,)))
    discard_draft(version_id=draft.pk, actor=SYSTEM, now=NOW)

    assert response["Location"] == reverse("charter_version:index")
    assert list(CharterVersion.objects.all()) == [first]


def test_the_database_refuses_to_change_the_words_and_days_of_a_signed_version(draft):
    published(draft)
    text = CharterText.objects.get(version=draft, language="da")
    CharterText.objects.filter(pk=text.pk).update(title="Før underskriften")
    CharterVersion.objects.filter(pk=draft.pk).update(locked_at=NOW)

    for change in (
        lambda: CharterText.objects.filter(pk=text.pk).update(body="<p>Andet</p>"),
        lambda: CharterText.objects.filter(pk=text.pk).delete(),
        lambda: CharterVersion.objects.filter(pk=draft.pk).update(required_from=date(2026, 1, 1)),
        lambda: CharterVersion.objects.filter(pk=draft.pk).update(locked_at=None),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    CharterVersion.objects.filter(pk=draft.pk).update(accepted_until=date(2027, 6, 30))

    text.refresh_from_db()
    assert text.title == "Før underskriften"


def test_the_locks_stand_after_all_migrations():
    assert set(LOCKS) < lock_names(connection.vendor) <= trigger_names()


# --- periods --------------------------------------------------------------------------------------

PERIOD = {
    "name": "2027",
    "first_day": "2027-01-01",
    "last_day": "2027-12-31",
    "signing_opens_on": "2026-06-01",
}


def add(client, **more):
    return client.post(reverse("charter_period:add"), {**PERIOD, **more}, follow=True)


def test_a_period_is_added_and_noted(client):
    CharterPeriodFactory(year=2026)

    add(client)

    period = CharterPeriod.objects.get(name="2027")
    assert (period.first_day, period.signing_opens_on) == (date(2027, 1, 1), date(2026, 6, 1))
    assert Entry.objects.get(action="charter.period_saved").data["last_day"] == "2027-12-31"


@pytest.mark.parametrize(("first", "last"), [("2026-12-31", "2027-12-30"), ("2026-03-01", "2026-04-01")])
def test_a_period_that_shares_days_with_another_is_refused(client, first, last):
    CharterPeriodFactory(year=2026)

    response = add(client, first_day=first, last_day=last, signing_opens_on="2026-01-01")

    assert "Perioden 2026 har nogle af de dage." in response.content.decode()
    assert CharterPeriod.objects.count() == 1


def test_a_period_is_edited_without_clashing_with_itself(client):
    period = CharterPeriodFactory(year=2027)

    client.post(
        reverse("charter_period:edit", args=(period.pk,)), {**PERIOD, "signing_opens_on": "2026-09-01"}
    )

    period.refresh_from_db()
    assert period.signing_opens_on == date(2026, 9, 1)


def test_days_between_periods_are_warned_of(client):
    CharterPeriodFactory(year=2025)

    html = add(client).content.decode()

    assert "Ingen periode dækker 1. januar 2026 til 31. december 2026" in html


@pytest.mark.parametrize(
    ("spans", "gaps"),
    [
        ([], []),
        ([(date(2026, 1, 1), date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 12, 31))], []),
        (
            [(date(2027, 1, 3), date(2027, 12, 31)), (date(2026, 1, 1), date(2026, 12, 31))],
            [Period(date(2027, 1, 1), date(2027, 1, 2))],
        ),
    ],
)
def test_gaps_between_periods(spans, gaps):
    assert gaps_between([Period(*span) for span in spans]) == gaps


def test_a_period_without_its_days_says_what_to_do(client):
    html = client.post(reverse("charter_period:add"), {}).content.decode()

    for text in ("Vælg periodens første dag.", "Vælg periodens sidste dag.", "Skriv periodens navn"):
        assert text in html
