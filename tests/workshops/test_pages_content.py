"""The offers and the material a new portal begins with."""

import pytest
from django.utils.html import escape

from tests.factories.charter import ProgrammeFactory, ProviderFactory
from tests.factories.workshop_pages import material_index, offer_index
from workshops.content import OFFERS, ensure_material_pages, ensure_offer_pages, ensure_offers
from workshops.models import Offer, OfferPage, TeachingMaterialPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def offers(portal_site) -> dict[str, Offer]:
    providers = {key: ProviderFactory(covered=True) for key in ("klikklar", "modspil", "dialogbroen")}
    return ensure_offers({**providers, "team": ProviderFactory(municipal=True)}, ProgrammeFactory())


@pytest.fixture
def pages(offers) -> list[OfferPage]:
    found = [*ensure_offer_pages(offer_index("da"), offers).values()]
    return [*found, *ensure_offer_pages(offer_index("en"), offers).values()]


def test_offers_obey_their_own_rules(offers):
    assert list(offers) == list(OFFERS)
    for offer in offers.values():
        offer.full_clean()
        assert offer.max_groups or offer.max_people


def test_offer_pages_are_live_valid_and_translations_of_each_other(pages):
    assert len(pages) == 2 * len(OFFERS)
    for page in pages:
        page.full_clean()
        assert page.live
    assert len({page.translation_key for page in pages}) == len(OFFERS)


def test_every_page_can_be_read(client, pages):
    materials = [
        *ensure_material_pages(material_index("da")).values(),
        *ensure_material_pages(material_index("en")).values(),
    ]
    for page in [*pages, *materials]:
        page.full_clean()
        response = client.get(page.url)
        assert response.status_code == 200
        assert escape(page.title) in response.content.decode()


def test_creating_them_again_changes_nothing(offers, pages):
    ensure_material_pages(material_index("da"))

    ensure_offers(_providers(offers), offers["o1"].programme)
    ensure_offer_pages(offer_index("da"), offers)
    ensure_material_pages(material_index("da"))

    assert Offer.objects.count() == len(OFFERS)
    assert OfferPage.objects.count() == 2 * len(OFFERS)
    assert TeachingMaterialPage.objects.count() == 3


def _providers(offers):
    return {rules.provider: offers[key].provider for key, rules in OFFERS.items()}


def test_material_can_be_downloaded_as_an_accessible_pdf(client, offers):
    page = ensure_material_pages(material_index("da"))["m1"]

    content = client.get(page.url).content.decode()
    file = page.files.get()

    assert "Lærervejledning" in content
    assert file.document.url in content
    with file.document.file.open("rb") as document:
        assert document.read(4) == b"%PDF"
