"""An offer's page: its texts and facts, its dates, its charter (P8, C16)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from charter.enums import ProviderState
from charter.models import Provider
from tests.factories.charter import ProviderFactory, SignatureFactory
from tests.factories.workshop_pages import offer_index, offer_page
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Audience, SchoolProvides
from workshops.models import OfferPage, Session, Subject

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(portal_site):
    offer_index()


def shown(client, page) -> str:
    response = client.get(page.url)
    assert response.status_code == 200
    return response.content.decode()


def test_offer_page_shows_rules_of_the_offer_and_texts_of_the_page(client):
    offer = OfferFactory(lessons=2, school_provides=[SchoolProvides.TEACHER], max_group_size=28)
    offer.subjects.add(Subject.objects.create(slug="dansk", name="Dansk"))
    page = offer_page(
        offer,
        teaser="En lille smagsprøve.",
        before_visit="<p>Tal om jeres vaner.</p>",
        sensitive_note="<p>Ring til hotlinen.</p>",
        price_for="for københavnske skoler",
    )

    content = shown(client, page)

    for text in (
        "En lille smagsprøve.",
        "4.–6. klasse",
        "90 minutter (2 lektioner)",
        "1 klasse, højst 28 elever i hver",
        "Dansk",
        "En lærer, der deltager hele tiden",
        "Tal om jeres vaner.",
        "Ring til hotlinen.",
        "Gratis for københavnske skoler",
        "Hele København",
    ):
        assert text in content


@pytest.mark.parametrize(
    ("audience", "headings"),
    [
        (Audience.SCHOOL, ["Før besøget", "Under besøget", "Efter besøget"]),
        (Audience.PARENTS, ["Før aftenen", "På aftenen", "Efter aftenen"]),
        (Audience.ADULTS, ["Før arrangementet", "Til arrangementet", "Efter arrangementet"]),
        (Audience.PROFESSIONALS, ["Før arrangementet", "Til arrangementet", "Efter arrangementet"]),
    ],
)
def test_offer_page_speaks_of_a_visit_to_schools_only(client, audience, headings):
    texts = {"before_visit": "<p>A</p>", "during_visit": "<p>B</p>", "after_visit": "<p>C</p>"}
    page = offer_page(OfferFactory(audience=audience, max_people=30), **texts)

    content = shown(client, page)

    assert [step.title for step in client.get(page.url).context["visit"]] == headings
    assert all(heading in content for heading in headings)
    assert ("besøget" in content) == (audience == Audience.SCHOOL)


def test_offer_page_says_until_when_the_charter_is_signed(client):
    provider = ProviderFactory()
    SignatureFactory(
        provider=provider,
        covers_from=date(2020, 1, 1),
        covers_until=timezone.localdate() + timedelta(days=40),
    )
    until = timezone.localdate() + timedelta(days=40)
    page = offer_page(OfferFactory(provider=provider))

    content = shown(client, page)

    assert "Charter underskrevet, gælder til" in content
    assert f"{until.year}" in content


def test_offer_page_says_nothing_of_a_charter_that_is_not_in_force(client):
    page = offer_page(OfferFactory(provider=ProviderFactory(name="Uden Charter")))

    content = shown(client, page)

    assert "Uden Charter" in content
    assert "Charter underskrevet" not in content


def _notice(client, page) -> str:
    return client.get(page.url).context["dates"].notice


def test_offer_page_without_dates_says_so_and_what_to_do(client):
    assert _notice(client, offer_page()).startswith("Der er ingen tider endnu.")


def test_offer_page_of_a_full_offer_says_so_and_what_to_do(client):
    page = offer_page()
    SessionFactory(offer=page.offer, full=True)

    assert _notice(client, page).startswith("Alle tider er optaget.")
    assert "Alle tider er optaget." in shown(client, page)


def test_offer_page_of_a_closed_offer_says_so(client):
    page = offer_page(OfferFactory(is_open=False))
    SessionFactory(offer=page.offer)

    assert _notice(client, page).startswith("Der er lukket for booking lige nu.")


def test_offer_page_of_a_provider_outside_the_charter_stays_readable_and_neutral(client):
    provider = ProviderFactory(covered=True)
    page = offer_page(OfferFactory(provider=provider))
    SessionFactory(offer=page.offer)
    assert _notice(client, page) == ""

    Provider.objects.filter(pk=provider.pk).update(state=ProviderState.SUSPENDED)

    content = shown(client, page)
    assert (
        "Tiderne åbner, når udbyderens aftaler med kommunen er på plads. Se igen senere, eller ring til os."
        in content
    )
    assert "suspenderet" not in content.lower()


def test_offer_page_before_booking_opens_says_so(client):
    page = offer_page()
    SessionFactory(offer=page.offer, booking_opens_at=timezone.now() + timedelta(days=2))

    assert _notice(client, page) == "Der er ikke åbnet for booking af tiderne endnu."


def test_offer_page_with_a_free_date_leads_to_it(client):
    page = offer_page()
    session = SessionFactory(offer=page.offer)

    content = shown(client, page)

    assert f'href="/book/{session.pk}/"' in content
    assert 'href="#datoer"' in content
    assert 'id="datoer"' in content


@pytest.mark.parametrize("count", [1, 3])
def test_offer_page_takes_the_same_number_of_statements_whatever_the_dates(
    client, django_assert_num_queries, count
):
    page = offer_page(OfferFactory(provider=ProviderFactory(covered=True)))
    for day in range(count):
        SessionFactory(offer=page.offer, in_days=10 + day)
    client.get(page.url)

    with django_assert_num_queries(23):
        client.get(page.url)


def test_a_second_live_page_for_the_same_offer_and_language_is_refused():
    first = offer_page(title="Den første")
    second = OfferPage(offer=first.offer, title="Den anden", slug="anden", locale=first.locale)

    with pytest.raises(ValidationError) as refused:
        second.clean()

    assert refused.value.error_dict["offer"][0].code == "offer_has_page"
    assert "Den første" in str(refused.value)


def test_a_page_of_the_same_offer_in_another_language_is_accepted():
    first = offer_page()

    assert offer_page(first.offer, language="en").live


def test_a_second_page_is_refused_while_the_first_waits_for_its_hour():
    first = offer_page(live=False, go_live_at=timezone.now() + timedelta(days=1))

    with pytest.raises(ValidationError):
        OfferPage(offer=first.offer, title="Den anden", slug="anden", locale=first.locale).clean()


def test_a_page_is_published_and_taken_down_at_its_hours(client):
    page = offer_page(live=False)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.expire_at = timezone.now() + timedelta(hours=3)
    page.save_revision(approved_go_live_at=page.go_live_at)
    page.save()
    call_command("publish_scheduled")
    assert client.get(page.url).status_code == 404

    _set_hours(page, go_live_at=timezone.now() - timedelta(minutes=1))
    call_command("run_job", "publish_scheduled")
    assert client.get(page.url).status_code == 200

    OfferPage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled")
    assert client.get(page.url).status_code == 404


def _set_hours(page, *, go_live_at):
    revision = page.latest_revision
    revision.approved_go_live_at = go_live_at
    revision.content["go_live_at"] = go_live_at.isoformat()
    revision.save()


def test_unpublishing_a_page_leaves_its_sessions_alone(client):
    page = offer_page()
    session = SessionFactory(offer=page.offer)

    page.unpublish()

    assert client.get(page.url).status_code == 404
    assert Session.objects.filter(pk=session.pk).exists()
