"""The catalogue (P3, P4, P8): filters, dates, queries, bad parameters."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from charter.enums import ProviderState
from charter.models import Provider
from core.limits.limits import LIMITS, hit
from tests.factories.charter import ProviderFactory
from tests.factories.workshop_pages import offer_index, offer_page
from tests.factories.workshops import DistrictFactory, OfferFactory, SessionFactory, local_start
from workshops.enums import Audience, PlaceKind, SessionAccess
from workshops.models import Subject, Topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(portal_site):
    offer_index()


def titles(client: Client, **params) -> list[str]:
    response = client.get("/tilbud/", params)
    assert response.status_code == 200
    return [hit["page"].title for hit in response.context["hits"]]


def test_catalogue_lists_live_pages_of_its_own_language_only(client):
    offer = OfferFactory(title="Feedet", title_en="The feed")
    offer_page(offer)
    offer_page(offer, language="en")
    offer_page(title="Kladde", live=False)

    assert titles(client) == ["Feedet"]
    english = client.get("/en/offers/")
    assert [hit["page"].title for hit in english.context["hits"]] == ["The feed"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["Elever", "Forældre"]),
        ({"maalgruppe": "parents"}, ["Forældre"]),
        ({"maalgruppe": "school"}, ["Elever"]),
        ({"klassetrin": "5"}, ["Elever"]),
        ({"klassetrin": "0"}, []),
        ({"klassetrin": "7"}, []),
        ({"fag": "dansk"}, ["Elever"]),
        ({"emne": "feed"}, ["Elever"]),
        ({"bydel": "3"}, ["Elever", "Forældre"]),
        ({"bydel": "4"}, ["Forældre"]),
        ({"sprog": "en"}, ["Forældre"]),
        ({"udbyder": "klikklar"}, ["Elever"]),
        ({"form": "venue"}, ["Forældre"]),
        ({"q": "skærm"}, ["Forældre"]),
        ({"q": "skærm", "klassetrin": "5"}, []),
    ],
    ids=str,
)
def test_catalogue_filters_by_each_choice(client, params, expected):
    DistrictFactory(number=4)
    pupils = OfferFactory(title="Elever", provider=ProviderFactory(slug="klikklar", covered=True))
    pupils.subjects.add(Subject.objects.create(slug="dansk", name="Dansk"))
    pupils.topics.add(Topic.objects.create(slug="feed", name="Feedet"))
    pupils.districts.add(DistrictFactory(number=3))
    parents = OfferFactory(title="Forældre", evening=True, teaching_languages=["da", "en"])
    offer_page(pupils)
    offer_page(parents, teaser="Om skærmen derhjemme.")

    assert titles(client, **params) == expected


@pytest.mark.parametrize(
    "text",
    ["skærm", "Skærmen", "skær", "derhj", "om skærmen"],
    ids=["stem", "case", "begun", "compound", "two"],
)
def test_catalogue_search_finds_words_by_their_beginning_on_both_databases(client, text):
    offer_page(title="Forældreaften", teaser="Om skærmen derhjemme.")
    offer_page(title="Dialogspil", teaser="Uenige sammen.")

    assert titles(client, q=text) == ["Forældreaften"]


@pytest.mark.parametrize(
    "text", ['"', "a AND", "*", "(", "a:b", "' OR 1=1 --", "<script>", "%", "æ" * 100, "\\"]
)
def test_catalogue_search_survives_any_text(client, text):
    offer_page(title="Forældreaften")

    assert client.get("/tilbud/", {"q": text}).status_code == 200


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"maalgruppe": "ukendt"}, "audience"),
        ({"klassetrin": "11"}, "grade"),
        ({"klassetrin": "x"}, "grade"),
        ({"fag": "ukendt"}, "subject"),
        ({"bydel": "99"}, "district"),
        ({"udbyder": "\x00"}, "provider"),
        ({"fra": "32-01-2027"}, "first_day"),
        ({"til": "i morgen"}, "last_day"),
        ({"fra": "2027-03-02", "til": "2027-03-01"}, "last_day"),
        ({"q": "x" * 101}, "text"),
    ],
    ids=str,
)
def test_catalogue_tells_what_is_wrong_with_a_parameter_and_keeps_it(client, params, field):
    offer_page(title="Feedet")

    response = client.get("/tilbud/", params)

    assert response.status_code == 200
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert str(form.errors[field][0]) in response.content.decode().replace("&#x27;", "'")
    if form[field].field.widget.input_type == "text":
        assert f'value="{form[field].value()}"' in response.content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "99999", "x", ""])
def test_catalogue_shows_the_nearest_page_for_a_page_number_that_does_not_exist(client, number):
    offer_page(title="Feedet")

    assert titles(client, side=number) == ["Feedet"]


@pytest.mark.parametrize("typed", ["2027-03-24", "24-03-2027", "24/03/2027", "24.03.2027", "24032027"])
def test_catalogue_reads_dates_as_danes_write_them(client, typed):
    response = client.get("/tilbud/", {"fra": typed})

    assert f"{response.context['form'].wanted.first_day:%Y-%m-%d}" == "2027-03-24"


def test_catalogue_shows_next_free_date_and_their_number_soonest_first(client):
    late, soon, never = (offer_page(title=title) for title in ("Sen", "Snart", "Aldrig"))
    SessionFactory(offer=late.offer, in_days=40)
    SessionFactory(offer=soon.offer, in_days=20)
    SessionFactory(offer=soon.offer, in_days=10)
    SessionFactory(offer=soon.offer, in_days=5, full=True)
    SessionFactory(offer=soon.offer, in_days=4, access=SessionAccess.INVITATION)
    SessionFactory(offer=never.offer, past=True)

    hits = client.get("/tilbud/").context["hits"]

    assert [hit["page"].title for hit in hits] == ["Snart", "Sen", "Aldrig"]
    assert hits[0]["dates"].next_free == local_start(in_days=10)
    assert [hit["dates"].free_dates for hit in hits] == [2, 1, 0]


def test_catalogue_period_keeps_offers_with_a_free_place_between_two_dates(client):
    inside, outside, full, closed = (offer_page(title=title) for title in "ABCD")
    SessionFactory(offer=inside.offer, in_days=20)
    SessionFactory(offer=inside.offer, in_days=50)
    SessionFactory(offer=outside.offer, in_days=50)
    SessionFactory(offer=full.offer, in_days=20, full=True)
    SessionFactory(offer=closed.offer, in_days=20, closed=True)
    today = timezone.localdate()

    response = client.get(
        "/tilbud/", {"fra": today + timedelta(days=20), "til": (today + timedelta(days=20)).isoformat()}
    )

    assert [hit["page"].title for hit in response.context["hits"]] == ["A"]
    assert response.context["hits"][0]["dates"].free_dates == 1


def test_catalogue_period_asks_the_charter_gate(client):
    provider = ProviderFactory(covered=True)
    page = offer_page(OfferFactory(provider=provider, title="Med charter"))
    SessionFactory(offer=page.offer, in_days=20)
    period = {"fra": timezone.localdate().isoformat()}
    assert titles(client, **period) == ["Med charter"]

    Provider.objects.filter(pk=provider.pk).update(state=ProviderState.SUSPENDED)

    assert titles(client, **period) == []
    notice = client.get("/tilbud/").context["hits"][0]["dates"].notice
    assert (
        notice
        == "Tiderne åbner, når udbyderens aftaler med kommunen er på plads. Se igen senere, eller ring til os."
    )


def test_catalogue_chips_lead_to_the_same_list_without_one_choice(client):
    offer_page(OfferFactory(title="Elever"))

    response = client.get("/tilbud/", {"klassetrin": "5", "maalgruppe": "school"})

    chips = {chip.label: chip for chip in response.context["chips"]}
    assert chips["Klassetrin"].url == "?maalgruppe=school"
    assert chips["Klassetrin"].value == "5. klasse"


def test_catalogue_without_hits_says_what_to_do(client):
    offer_page(OfferFactory(title="Elever"))

    content = client.get("/tilbud/", {"klassetrin": "9"}).content.decode()

    assert "Ingen tilbud passer på det hele" in content


def _fill(count: int, sessions: int) -> None:
    for _number in range(count):
        offer = OfferFactory(provider=ProviderFactory(covered=True))
        offer_page(offer)
        for day in range(sessions):
            SessionFactory(offer=offer, in_days=10 + day)


@pytest.mark.parametrize("count", [3, 30])
def test_catalogue_takes_the_same_number_of_statements_whatever_the_data(
    client, django_assert_num_queries, count
):
    _fill(count, 2)
    client.get("/tilbud/")  # site, content types and filter choices are remembered by the process

    with django_assert_num_queries(15):
        response = client.get("/tilbud/", {"fra": timezone.localdate().isoformat(), "klassetrin": "5"})

    assert len(response.context["hits"]) == min(count, 12)


def test_catalogue_pages_long_lists_and_keeps_the_choices(client):
    _fill(13, 0)

    content = client.get("/tilbud/", {"klassetrin": "5"}).content.decode()

    assert "?klassetrin=5&amp;side=2" in content


def test_catalogue_filters_forms_by_place(client):
    offer_page(OfferFactory(title="Online", online=True))
    offer_page(OfferFactory(title="På skolen"))

    assert titles(client, form=PlaceKind.ONLINE.value, maalgruppe=Audience.SCHOOL.value) == ["Online"]


def test_catalogue_limits_searches_per_address_and_nothing_else(client):
    offer_page(OfferFactory(title="Skærm"))
    client.get("/tilbud/", {"q": "skærm"})
    for _time in range(LIMITS["search_ip"].count - 1):
        hit("search_ip", "127.0.0.1", now=timezone.now())

    assert client.get("/tilbud/", {"q": "skærm"}).status_code == 429
    assert client.get("/tilbud/", {"q": " ? ", "klassetrin": "5"}).status_code == 200


def test_cards_say_who_has_signed_and_never_who_has_not(client):
    offer_page(OfferFactory(title="Dækket", provider=ProviderFactory(covered=True)))
    offer_page(OfferFactory(title="Udækket", provider=ProviderFactory()))
    offer_page(OfferFactory(title="Eget hold", provider=ProviderFactory(municipal=True)))
    paused = ProviderFactory(covered=True)
    offer_page(OfferFactory(title="På pause", provider=paused))
    Provider.objects.filter(pk=paused.pk).update(state=ProviderState.SUSPENDED)

    response = client.get("/tilbud/")

    badges = {
        hit["page"].title: hit["badge"].text if hit["badge"] else "" for hit in response.context["hits"]
    }
    assert badges == {"Dækket": "Charter underskrevet", "Udækket": "", "Eget hold": "", "På pause": ""}
    assert response.content.decode().count("offer-card-charter") == 1
