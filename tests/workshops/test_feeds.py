"""Public calendar feeds."""

from datetime import UTC, timedelta

import icalendar
import pytest
from django.utils import timezone

from charter.enums import ProviderState
from core.audit.log import SYSTEM
from tests.booking.ical_checks import check_calendar
from tests.factories.workshop_pages import offer_page
from tests.factories.workshops import (
    DistrictFactory,
    OfferFactory,
    SchoolFactory,
    SessionFactory,
    VenueFactory,
)
from tests.workshops.test_ical import _parse_with_ical_js
from workshops.enums import SessionAccess, SessionState
from workshops.models import Session
from workshops.operations import cancel_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("portal_site")]
ALL = "/kalender/alle.ics"
QUERIES = 4


@pytest.fixture
def offer():
    """An offer that visitors can read about."""
    offer = OfferFactory(title="Falske nyheder", title_en="Fake news")
    offer_page(offer)
    return offer


def _summaries(client, url=ALL, **params):
    response = client.get(url, params)
    assert response.status_code == 200
    return [entry.summary for entry in check_calendar(response.content)]


def test_feed_names_announced_sessions_with_their_page(client, offer):
    SessionFactory(offer=offer)

    response = client.get(ALL)

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (entry,) = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert str(entry["summary"]) == "Falske nyheder"
    assert str(entry["url"]) == f"http://testserver/tilbud/tilbud-{offer.pk}/"
    assert str(entry["location"]) == "På den skole, der booker"
    assert entry["transp"] == "TRANSPARENT"


@pytest.mark.parametrize(
    "facts",
    [
        {"draft": True},
        {"past": True},
        {"access": SessionAccess.SCHOOL},
        {"access": SessionAccess.INVITATION},
        {"draft": True, "state": SessionState.CANCELLED, "announced_at": None},
    ],
    ids=["draft", "past", "one school's", "invitation", "cancelled draft"],
)
def test_feed_leaves_out_what_is_not_announced_to_all(client, offer, facts):
    SessionFactory(offer=offer, **facts)

    assert _summaries(client) == []


def test_feed_leaves_out_offers_without_a_published_page(client):
    offer = OfferFactory()
    offer_page(offer, live=False)
    SessionFactory(offer=offer)

    assert _summaries(client) == []


def test_feed_follows_the_charter_gate_at_once(client, offer):
    SessionFactory(offer=offer)
    assert len(_summaries(client)) == 1

    offer.provider.state = ProviderState.SUSPENDED
    offer.provider.save()

    assert _summaries(client) == []


def test_cancelled_session_stays_30_days_as_cancelled(client, offer):
    session = SessionFactory(offer=offer)
    now = timezone.now()
    cancel_session(session_id=session.pk, reason="", now=now, actor=SYSTEM)

    (entry,) = icalendar.Calendar.from_ical(client.get(ALL).content).walk("VEVENT")
    assert (entry["status"], entry["sequence"]) == ("CANCELLED", 1)

    Session.objects.update(changed_at=now - timedelta(days=31))
    assert _summaries(client) == []


def test_feed_shows_no_person_and_no_host_school(client):
    offer = OfferFactory(title="Falske nyheder")
    offer_page(offer)
    SessionFactory(
        offer=offer,
        facilitator="Aya Holm",
        host_school=SchoolFactory(name="Hemmelige Skole", address="Skjultvej 9"),
        online_url="https://video.example.dk/hemmeligt",
    )

    text = client.get(ALL).content.decode()

    assert "Falske nyheder" in text
    for secret in ("Aya", "Hemmelige", "Skjultvej", "video.example.dk"):
        assert secret not in text


def test_feed_of_one_offer(client, offer):
    other = OfferFactory(title="Et andet")
    offer_page(other)
    SessionFactory(offer=offer)
    SessionFactory(offer=other)

    assert _summaries(client, f"/kalender/tilbud/{offer.pk}.ics") == ["Falske nyheder"]
    assert client.get("/kalender/tilbud/999999.ics").status_code == 404


def test_feed_speaks_english_below_en(client, offer):
    SessionFactory(offer=offer)

    assert _summaries(client, "/en/kalender/alle.ics") == ["Fake news"]


def test_feed_narrows_by_audience_grade_and_district(client, offer):
    evening = OfferFactory(evening=True, title="Aften")
    offer_page(evening)
    far = OfferFactory(title="Kun Valby", grade_from=7, grade_to=9)
    far.districts.add(DistrictFactory(number=5), DistrictFactory(number=6))
    offer_page(far)
    SessionFactory(offer=offer)
    SessionFactory(offer=evening, venue=VenueFactory(district=DistrictFactory(number=3)))
    SessionFactory(offer=far)

    assert set(_summaries(client)) == {"Falske nyheder", "Aften", "Kun Valby"}
    assert _summaries(client, maalgruppe="parents") == ["Aften"]
    assert set(_summaries(client, klassetrin="5")) == {"Falske nyheder", "Aften"}
    assert sorted(_summaries(client, bydel="5")) == ["Falske nyheder", "Kun Valby"]
    assert set(_summaries(client, bydel="3")) == {"Falske nyheder", "Aften"}


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"maalgruppe": "katte"}, "maalgruppe"),
        ({"bydel": "11"}, "bydel"),
        ({"bydel": "Nørrebro"}, "bydel"),
        ({"klassetrin": "-1"}, "klassetrin"),
        ({"klassetrin": "9" * 400}, "klassetrin"),
        ({"klassetrin": "\x00"}, "klassetrin"),
    ],
)
def test_wrong_parameter_gets_a_clear_400(client, params, said):
    response = client.get(ALL, params)

    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert f"{said} skal være" in response.content.decode()


def test_feed_answers_304_while_nothing_changed(client, offer):
    session = SessionFactory(offer=offer)
    first = client.get(ALL)

    same = client.get(ALL, headers={"if-none-match": first["ETag"]})
    session.title = "Nyt navn"
    session.save()
    other = client.get(ALL, headers={"if-none-match": first["ETag"]})

    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)
    assert "Last-Modified" in first
    assert same["ETag"] == first["ETag"]


def test_date_of_change_alone_never_gives_304(client, offer):
    SessionFactory(offer=offer)
    first = client.get(ALL)

    assert client.get(ALL, headers={"if-modified-since": first["Last-Modified"]}).status_code == 200


@pytest.mark.parametrize("sessions", [1, 3])
def test_feed_costs_the_same_queries_whatever_it_holds(client, django_assert_num_queries, sessions):
    for _ in range(sessions):
        offer = OfferFactory()
        offer_page(offer)
        SessionFactory(offer=offer)
    client.get(ALL)

    with django_assert_num_queries(QUERIES):
        client.get(ALL)


def test_second_parser_reads_the_feed_the_same(client, offer):
    session = SessionFactory(offer=offer)

    (entry,) = _parse_with_ical_js(client.get(ALL).content)

    assert entry["summary"] == "Falske nyheder"
    assert entry["start"] == f"{session.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def test_feed_holds_the_soonest_dates_only(client, offer, monkeypatch):
    monkeypatch.setattr("workshops.views.MOST_DATES", 2)
    sessions = [SessionFactory(offer=offer, in_days=days) for days in (40, 20, 30)]

    response = client.get(ALL)

    uids = [str(entry["uid"]) for entry in icalendar.Calendar.from_ical(response.content).walk("VEVENT")]
    assert [uid.split("@")[0] for uid in uids] == [f"session-{sessions[number].pk}" for number in (1, 2)]
