"""What everybody may know of the charter: a badge and a list of those covered, never who is not (C16)."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import translation

from charter.enums import ProviderState
from charter.models import Provider
from charter.public import PER_PAGE, SEARCH_FROM, badge_of
from tests.factories.charter import ProviderFactory, SignatureFactory
from tests.factories.workshop_pages import offer_index, offer_page
from tests.factories.workshops import OfferFactory, SessionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
URL = "/charter/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def signed(name: str, **more):
    return SignatureFactory(
        provider__name=name, signed_at=datetime(2025, 12, 3, 9, tzinfo=UTC), **more
    ).provider


def test_the_list_says_who_is_covered_since_when_until_when_and_by_which_version(client):
    signed("Klar Tale")

    html = text_of(client.get(URL))

    row = "<td>3. december 2025</td><td>31. december 2026</td><td>1</td>"
    assert f'<th scope="row">Klar Tale</th>{row}' in html


def test_the_list_and_the_badge_know_the_same_providers_and_tell_nothing_of_the_others(client):
    shown = [signed("Dækket"), signed("Dækket til i morgen", withdrawn_from=date(2026, 11, 4))]
    hidden = [
        signed("Udløbet", covers_until=date(2026, 11, 1)),
        signed("Opsagt", withdrawn_from=date(2026, 11, 2)),
        signed("Dækker senere", covers_from=date(2027, 1, 1), covers_until=date(2027, 12, 31)),
        ProviderFactory(name="Aldrig underskrevet"),
    ]
    for state in set(ProviderState) - {ProviderState.ACTIVE}:
        provider = signed(f"Tilstand {state.value}")
        Provider.objects.filter(pk=provider.pk).update(state=state)
        provider.refresh_from_db()
        hidden.append(provider)

    html = text_of(client.get(URL))

    assert [provider.name in html for provider in shown] == [True] * len(shown)
    assert [provider.name for provider in hidden if provider.name in html] == []
    assert all(badge_of(provider, now=NOW) for provider in shown)
    assert [badge_of(provider, now=NOW) for provider in hidden] == [None] * len(hidden)


def test_a_name_that_is_not_covered_is_as_unknown_as_one_that_does_not_exist(client):
    signed("Klar Tale")
    ProviderFactory(name="Aldrig underskrevet")

    answers = {text_of(client.get(URL, {"q": name})).replace(name, "") for name in ("Aldrig", "Findes")}

    assert len(answers) == 1
    assert "Ingen på listen har »" in answers.pop()


def test_the_list_is_searched_by_name_and_paged_when_it_is_long(client):
    for number in range(PER_PAGE + 1):
        signed(f"Udbyder {number:02}")

    first, second, found = (client.get(URL, params) for params in ({}, {"side": 2}, {"q": "bYDER 07"}))

    assert text_of(first).count('<th scope="row">') == PER_PAGE
    assert "Udbyder 25" in text_of(second)
    assert text_of(found).count('<th scope="row">') == 1
    assert 'value="bYDER 07"' in text_of(found)


@pytest.mark.parametrize(("count", "is_searchable"), [(SEARCH_FROM, False), (SEARCH_FROM + 1, True)])
def test_a_short_list_has_no_search(client, count, is_searchable):
    for number in range(count):
        signed(f"Udbyder {number:02}")

    assert ('role="search" aria-label="Find en udbyder"' in text_of(client.get(URL))) is is_searchable


def test_an_empty_list_is_friendly_in_both_languages(client):
    danish, english = client.get(URL), client.get("/en/charter/")

    assert (danish.status_code, english.status_code) == (200, 200)
    assert "Der står ingen på listen i dag." in text_of(danish)
    assert "Nobody stands on the list today." in text_of(english)


@pytest.mark.parametrize("odd", [{"q": "x" * 500}, {"side": "-1"}, {"side": "x"}, {"q": "\x00"}])
def test_odd_questions_are_answered(client, odd):
    signed("Klar Tale")

    assert client.get(URL, odd).status_code == 200


def test_the_badge_of_a_municipal_team_is_honest_and_costs_no_query(django_assert_num_queries):
    team = ProviderFactory(municipal=True)

    with django_assert_num_queries(0):
        badge = badge_of(team, now=NOW)

    assert badge is not None
    assert badge.text == "Kommunens eget team: skal ikke underskrive charteret"


@pytest.mark.parametrize(
    ("traits", "danish", "english"),
    [
        (
            {},
            "Charter underskrevet, gælder til 31. december 2026",
            "Charter signed, valid until 31 December 2026",
        ),
        ({"municipal": True}, "Kommunens eget team", "The municipality&#x27;s own team"),
    ],
)
def test_offer_page_and_session_page_carry_the_badge(client, portal_site, traits, danish, english):
    offer_index()
    provider = ProviderFactory(**traits) if traits else signed("Klar Tale")
    offer = OfferFactory(provider=provider)
    page = offer_page(offer)
    session = SessionFactory(offer=offer)

    assert danish in text_of(client.get(page.url))
    assert danish in text_of(client.get(f"/book/{session.pk}/"))
    assert english in text_of(client.get(f"/en/book/{session.pk}/"))
    with translation.override("en"):
        badge = badge_of(provider, now=NOW)
    assert badge is not None


def test_a_paused_providers_pages_say_neither_that_nor_anything_of_the_charter(client, portal_site):
    offer_index()
    provider = signed("Klar Tale")
    offer = OfferFactory(provider=provider)
    page = offer_page(offer)
    session = SessionFactory(offer=offer)
    Provider.objects.filter(pk=provider.pk).update(state=ProviderState.SUSPENDED)

    for url in (page.url, f"/book/{session.pk}/"):
        main = text_of(client.get(url)).partition("<main")[2].partition("</main>")[0].lower()
        assert "charter" not in main
        assert "pause" not in main
