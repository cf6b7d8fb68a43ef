"""The search page: what it finds, and what it survives."""

import pytest
from django.test import Client
from django.utils import timezone

from core.limits.limits import LIMITS, hit
from tests.factories.workshop_pages import material_page, offer_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(portal_site):
    """Have home pages."""


def found(client: Client, text: str, path: str = "/soeg/") -> list[str]:
    response = client.get(path, {"q": text})
    assert response.status_code == 200
    return [hit.title for hit in response.context["hits"]]


def test_search_finds_offers_and_material_in_the_visitors_language(client):
    page = offer_page(title="Forældreaften", teaser="Om skærmen derhjemme.")
    offer_page(page.offer, language="en", title="Parents' evening", teaser="About the screen at home.")
    material_page(title="Tal om det", teaser="Om skærmen i klassen.")
    offer_page(title="Kladde", teaser="Om skærmen.", live=False)

    assert sorted(found(client, "skærm")) == ["Forældreaften", "Tal om det"]
    assert found(client, "screen", "/en/soeg/") == ["Parents' evening"]


def test_search_without_words_finds_nothing_and_asks(client):
    offer_page(title="Forældreaften")

    assert found(client, "") == []
    assert found(client, " ?! ") == []


def test_search_that_finds_nothing_says_what_to_do(client):
    response = client.get("/soeg/", {"q": "dinosaur"})

    assert "Vi fandt ikke noget" in response.content.decode()


@pytest.mark.parametrize(
    "text", ['"', "a OR b", "*", "x" * 500, "<script>alert(1)</script>", "\x00", "'", "{{ q }}"]
)
def test_search_survives_and_escapes_any_text(client, text):
    response = client.get("/soeg/", {"q": text, "side": "x"})

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_search_pages_its_hits(client):
    for number in range(12):
        offer_page(title=f"Skærm {number}")

    response = client.get("/soeg/", {"q": "skærm"})

    assert len(response.context["hits"]) == 10
    assert "?q=sk%C3%A6rm&amp;side=2" in response.content.decode()


def test_search_is_limited_per_address(client):
    for _time in range(LIMITS["search_ip"].count):
        hit("search_ip", "127.0.0.1", now=timezone.now())

    assert client.get("/soeg/", {"q": "skærm"}).status_code == 429


@pytest.mark.parametrize("count", [1, 3])
def test_search_takes_the_same_number_of_statements_whatever_it_finds(
    client, django_assert_num_queries, count
):
    for number in range(count):
        offer_page(title=f"Skærm {number}")
    client.get("/soeg/", {"q": "skærm"})

    with django_assert_num_queries(10):
        client.get("/soeg/", {"q": "skærm"})
