"""The board of the charter in the administration (C7): who stands where, what is at stake, the button."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from charter import chain
from charter.board import PER_PAGE, board
from charter.enums import RecordKind
from charter.gate import covered
from charter.models import Provider
from charter.renewal import Standing
from core.outbox.models import Message
from tests.factories.booking import book
from tests.factories.charter import (
    CharterPeriodFactory,
    CharterVersionFactory,
    ProviderFactory,
    ProviderMemberFactory,
    SignatureFactory,
)
from tests.factories.workshops import OfferFactory, SessionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
URL = "/admin/charter_board/"


@pytest.fixture(autouse=True)
def _clock():
    CharterPeriodFactory(year=2026)
    CharterPeriodFactory(year=2027)
    CharterVersionFactory()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(staff_client):
    return staff_client("Sagsbehandler")


def everyone() -> dict[Standing, Provider]:
    """Make a provider in each standing, and some who do not belong on the board."""
    made = {
        Standing.LAPSED: SignatureFactory(covers_until=date(2026, 11, 30)).provider,
        Standing.WITHDRAWN: SignatureFactory(withdrawn_from=date(2026, 11, 1)).provider,
        Standing.NOT_SIGNED: ProviderFactory(),
        Standing.RENEWAL: SignatureFactory().provider,
        Standing.ENDING: SignatureFactory(withdrawn_from=date(2026, 12, 24)).provider,
        Standing.COVERED: SignatureFactory(covers_until=date(2030, 12, 31)).provider,
        Standing.UPCOMING: SignatureFactory(
            covers_from=date(2027, 1, 1), covers_until=date(2027, 12, 31)
        ).provider,
        Standing.SUSPENDED: ProviderFactory(suspended=True, covered=True),
        Standing.DECLINED: ProviderFactory(declined=True),
    }
    ProviderFactory(municipal=True)
    ProviderFactory(ended=True)
    ProviderFactory(vetting=True)
    ProviderFactory(new=True)
    return made


def test_board_shows_everybody_who_needs_the_charter_the_most_urgent_first():
    made = everyone()

    found = board(now=NOW)

    assert [row.facts.provider for row in found.rows] == list(made.values())
    assert dict(found.counts) == dict.fromkeys(made, 1)


def test_board_and_gate_agree_on_who_is_covered():
    everyone()

    by_board = {row.facts.provider.pk for row in board(now=NOW).rows if row.facts.coverage.is_covered}

    today = date(2026, 12, 1)
    on_board = Provider.objects.needing_charter().filter(
        state__in=["active", "suspended", "declined_charter"]
    )
    assert by_board == set(on_board.filter(covered("pk", today)).values_list("pk", flat=True))


@pytest.mark.parametrize("standing", Standing)
def test_board_filters_by_standing_and_name(client, standing):
    made = everyone()

    response = client.get(URL, {"stand": standing.value})
    by_name = client.get(URL, {"q": made[standing].name})

    assert [row["provider"] for row in response.context["rows"]] == [made[standing]]
    assert made[standing] in [row["provider"] for row in by_name.context["rows"]]


def test_board_without_anybody_says_so_and_a_filter_that_fits_nobody_leads_back(client):
    assert "Der er ingen udbydere, der skal have charteret endnu." in client.get(URL).content.decode()
    assert "Ingen udbydere passer" in client.get(URL, {"stand": "lapsed"}).content.decode()
    assert client.get(URL, {"stand": "nonsense", "p": "x"}).status_code == 200


def test_board_counts_dates_and_bookings_that_wait_for_the_signature(client):
    provider = SignatureFactory(covers_until=date(2027, 12, 31)).provider
    offer = OfferFactory(provider=provider)
    for days in (10, 40, 47):
        book(SessionFactory(offer=offer, in_days=days))
    SessionFactory(offer=offer, in_days=54)
    chain.append(
        provider.signatures.get(), RecordKind.WITHDRAWN, at=NOW, content={}, ends_on=date(2027, 1, 1)
    )

    row = client.get(URL).context["rows"][0]

    assert (row["dates"], row["bookings"], row["first_day"]) == (3, 2, date(2027, 1, 10))


@pytest.mark.parametrize("count", [1, 3])
def test_board_costs_the_same_number_of_queries_whatever_is_on_it(client, count, django_assert_num_queries):
    for _number in range(count):
        provider = SignatureFactory().provider
        ProviderMemberFactory(provider=provider)
        offer = OfferFactory(provider=provider)
        for days in range(count):
            SessionFactory(offer=offer, in_days=40 + days)
    client.get(URL)

    with django_assert_num_queries(14):
        response = client.get(URL)

    assert len(response.context["rows"]) == count


def test_board_is_paged(client):
    ProviderFactory.create_batch(PER_PAGE + 1)

    first, second = client.get(URL), client.get(URL, {"p": 2})

    assert (len(first.context["rows"]), len(second.context["rows"])) == (PER_PAGE, 1)
    assert "Side 2 af 2" in second.content.decode()


def test_reminder_is_one_click_once_a_day_and_the_board_says_when(client):
    member = ProviderMemberFactory(provider=SignatureFactory().provider)
    page = client.get(URL, {"stand": "renewal"})
    row = page.context["rows"][0]

    response = client.post(row["remind_url"], {"next": f"{URL}?stand=renewal"}, follow=True)

    html = response.content.decode()
    assert response.redirect_chain[-1][0] == f"{URL}?stand=renewal"
    assert "En påmindelse er på vej til 1, der kan underskrive." in html
    assert "1. december 2026 10.00" in html
    assert response.context["rows"][0]["remind_url"] == ""
    assert [message.to_email for message in Message.objects.all()] == [member.user.email]

    again = client.post(row["remind_url"], follow=True)

    assert "Der er allerede sendt en påmindelse i dag." in again.content.decode()
    assert Message.objects.count() == 1


def test_reminder_never_leads_to_another_site(client):
    member = ProviderMemberFactory(provider=SignatureFactory().provider)
    url = reverse("charter_board:remind", args=(member.provider_id,))

    assert client.post(url, {"next": "https://evil.example/"})["Location"] == URL
    assert client.get(url).status_code == 405


def test_board_offers_no_button_where_nobody_can_sign(client):
    SignatureFactory()

    row = client.get(URL).context["rows"][0]

    assert (row["remind_url"], row["signatories"]) == ("", 0)
    assert "Ingen er registreret som underskriver." in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("role", "sees", "may_remind"),
    [
        ("Administration", 200, True),
        ("Sagsbehandler", 200, True),
        ("Revisor", 200, False),
        ("Redaktør", 302, False),
    ],
)
def test_board_is_for_those_who_may_see_signatures(staff_client, role, sees, may_remind):
    member = ProviderMemberFactory(provider=SignatureFactory().provider)
    client = staff_client(role)

    response = client.get(URL)
    client.post(reverse("charter_board:remind", args=(member.provider_id,)))

    assert response.status_code == sees
    assert Message.objects.exists() is may_remind
    assert (URL in client.get("/admin/").content.decode()) is (sees == 200)


def test_a_lapse_and_a_renewal_show_on_the_board_without_any_job(staff_client):
    provider = SignatureFactory().provider
    midnight = datetime(2026, 12, 31, 23, tzinfo=UTC)

    def standing() -> str:
        row = staff_client("Sagsbehandler").get(URL).context["rows"][0]
        return str(row["standing"])

    with time_machine.travel(midnight - timedelta(minutes=1), tick=False):
        before = standing()
    with time_machine.travel(midnight, tick=False):
        lapsed = standing()
        SignatureFactory(provider=provider, covers_from=timezone.localdate(), covers_until=date(2027, 12, 31))
        renewed = standing()

    assert (before, lapsed, renewed) == ("renewal", "lapsed", "covered")
