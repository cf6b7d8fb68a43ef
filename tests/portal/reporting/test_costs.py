"""What sessions cost: which price a session has, what it counts as, what the pages say, and what they cost."""

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from charter.models import Agreement, Programme, Provider
from core.accounts.roles import AUDITOR, CASEWORKER, EDITOR
from core.audit.log import SYSTEM
from core.audit.models import Entry
from portal.reporting.costs.enums import Basis, Counts
from portal.reporting.costs.errors import DayOutsideAgreementError, OfferOfAnotherError
from portal.reporting.costs.models import AgreedAmount, SessionPrice
from portal.reporting.costs.operations import set_session_price
from portal.reporting.costs.sums import Share, priced_sessions, year_cost
from tests.factories.attendance import report, set_back
from tests.factories.booking import book
from tests.factories.charter import AgreementFactory, ProgrammeFactory
from tests.factories.costs import agree, agreement_of
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import SessionState
from workshops.models import Offer, Session

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/Copenhagen"))
AUTUMN = datetime(2026, 10, 6, 10, tzinfo=NOW.tzinfo)
SPRING = datetime(2026, 3, 3, 10, tzinfo=NOW.tzinfo)


@pytest.fixture(autouse=True)
def _now(portal_site):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(staff_client):
    return staff_client("Administration")


@pytest.fixture
def offer():
    return OfferFactory(programme=ProgrammeFactory(yearly_budget_dkk=100_000))


def visit(offer, *, at=AUTUMN, came: int | None = 20, not_held: str = ""):
    """A visit that is over, reported unless nobody has."""
    session = SessionFactory(offer=offer)
    book(session)
    set_back(session, ended_at=at)
    if not_held:
        report(session, not_held=not_held)
    elif came is not None:
        report(session, classes=(came,))
    return session


def own_price(session, amount: int | None) -> None:
    set_session_price(session_id=session.pk, amount_dkk=amount, actor=SYSTEM, now=timezone.now())


def price_of(session):
    """What a session counts as, and its price; None where it costs nothing."""
    found = priced_sessions(now=NOW).filter(pk=session.pk).first()
    return found and (found.counts, found.price)


def cost_of(offer, year: int = 2026):
    return year_cost(programme=offer.programme, year=year, now=NOW)


def test_a_session_costs_what_was_agreed_on_its_day(offer):
    agreement = agreement_of(offer)
    agree(agreement, 8_000)
    agree(agreement, 9_500, day=date(2026, 8, 1))

    assert price_of(visit(offer, at=SPRING)) == (Counts.SPENT, 8_000)
    assert price_of(visit(offer)) == (Counts.SPENT, 9_500)


def test_a_new_price_leaves_earlier_sessions_as_they_were(offer):
    agreement = agreement_of(offer)
    agree(agreement, 8_000)
    visit(offer)
    before = cost_of(offer)

    agree(agreement, 20_000, day=date(2026, 11, 1))

    assert before.total.spent == 8_000
    assert cost_of(offer) == before


def test_an_amount_is_corrected_by_one_of_the_same_day_and_both_stay(offer):
    agreement = agreement_of(offer)
    agree(agreement, 80_000)
    agree(agreement, 8_000)
    agree(agreement, 8_000)

    assert price_of(visit(offer)) == (Counts.SPENT, 8_000)
    assert list(AgreedAmount.objects.order_by("pk").values_list("amount_dkk", flat=True)) == [80_000, 8_000]
    entries = Entry.objects.filter(action="agreed_amount.added").order_by("pk")
    assert [(entry.data["before"], entry.data["after"]) for entry in entries] == [
        (None, 80_000),
        (80_000, 8_000),
    ]


def test_the_price_of_one_offer_goes_before_the_price_of_all(offer):
    agreement = agreement_of(offer)
    other = OfferFactory(provider=offer.provider, programme=offer.programme)
    agree(agreement, 12_000, offer=offer)
    agree(agreement, 8_000, day=date(2026, 6, 1))

    assert price_of(visit(offer)) == (Counts.SPENT, 12_000)
    assert price_of(visit(other)) == (Counts.SPENT, 8_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"signed_on": None},
        {"last_day": date(2026, 9, 30)},
        {"first_day": date(2026, 10, 7)},
        {"programme": "other"},
        {"provider": "other"},
    ],
    ids=["not signed", "over", "not begun", "other programme", "other provider"],
)
def test_an_agreement_gives_no_price_where_it_does_not_hold(offer, changes):
    if "programme" in changes:
        changes = {"programme": ProgrammeFactory(slug="anden", name="Anden")}
    if "provider" in changes:
        changes = {"provider": OfferFactory().provider}
    agree(agreement_of(offer, **changes), 8_000)

    assert price_of(visit(offer)) == (Counts.SPENT, None)


def test_a_sessions_own_price_goes_before_the_agreements_until_it_is_taken_away(offer):
    agree(agreement_of(offer), 8_000)
    session = visit(offer)

    own_price(session, 5_000)
    own_price(session, 6_000)
    with_own = price_of(session)
    own_price(session, None)
    own_price(session, None)

    assert with_own == (Counts.SPENT, 6_000)
    assert price_of(session) == (Counts.SPENT, 8_000)
    entries = Entry.objects.filter(
        subject=f"session:{session.pk}", action__startswith="session_price"
    ).order_by("pk")
    assert [(entry.action, entry.data["before"], entry.data["after"]) for entry in entries] == [
        ("session_price.set", None, 5_000),
        ("session_price.set", 5_000, 6_000),
        ("session_price.removed", 6_000, None),
    ]


def test_nothing_is_a_price_and_no_price_is_not_nothing(offer):
    without = visit(offer)
    free = visit(offer)
    own_price(free, 0)

    assert price_of(free) == (Counts.SPENT, 0)
    assert price_of(without) == (Counts.SPENT, None)
    assert cost_of(offer).total.counted == Share(sessions=2, priced=1, amount=0)


def test_spent_committed_and_open_are_three_sums(offer):
    agree(agreement_of(offer), 8_000)
    held, unreported = visit(offer), visit(offer, came=None)
    ahead, open_date = SessionFactory(offer=offer), SessionFactory(offer=offer)
    book(ahead)
    SessionFactory(offer=offer, draft=True)
    SessionFactory(offer=offer, closed=True)
    SessionFactory(offer=offer, in_days=1)
    nobody = SessionFactory(offer=offer)
    set_back(nobody, ended_at=AUTUMN)

    cost = cost_of(offer)

    assert [price_of(row)[0] for row in (held, unreported, ahead, open_date)] == [
        Counts.SPENT,
        Counts.COMMITTED,
        Counts.COMMITTED,
        Counts.OPEN,
    ]
    assert cost.total.held == Share(1, 1, 8_000)
    assert cost.total.booked == Share(2, 2, 16_000)
    assert cost.total.open == Share(1, 1, 8_000)
    assert (cost.total.spent, cost.total.committed, cost.left) == (8_000, 16_000, 76_000)


def test_what_is_cancelled_or_not_held_costs_only_what_it_is_given(offer):
    agree(agreement_of(offer), 8_000)
    not_held, cancelled = visit(offer, not_held="illness"), SessionFactory(offer=offer, cancelled=True)
    before = [price_of(not_held), price_of(cancelled)]

    own_price(not_held, 2_000)
    own_price(cancelled, 3_000)

    assert Session.objects.get(pk=not_held.pk).state == SessionState.NOT_HELD
    assert before == [None, None]
    assert [price_of(not_held), price_of(cancelled)] == [(Counts.SPENT, 2_000), (Counts.SPENT, 3_000)]


def test_a_municipal_team_is_not_bought_unless_it_has_a_price(offer):
    team = OfferFactory(provider__municipal=True, programme=offer.programme)
    unpaid, paid = visit(team), visit(team)
    own_price(paid, 1_000)

    assert price_of(unpaid) is None
    assert cost_of(offer).total.counted == Share(1, 1, 1_000)


def test_a_fixed_amount_counts_on_its_day_and_0_takes_it_away(offer):
    agreement = agreement_of(offer)
    for day, amount in (
        (date(2026, 3, 1), 30_000),
        (date(2026, 12, 1), 20_000),
        (date(2026, 5, 1), 99_000),
        (date(2026, 5, 1), 0),
        (date(2027, 3, 1), 30_000),
    ):
        agree(agreement, amount, day=day, basis=Basis.ONCE)
    agree(agreement_of(offer, signed_on=None), 50_000, basis=Basis.ONCE)

    cost = cost_of(offer)

    assert [(item.day, item.amount_dkk, item.is_due) for item in cost.fixed] == [
        (date(2026, 3, 1), 30_000, True),
        (date(2026, 12, 1), 20_000, False),
    ]
    assert (cost.total.spent, cost.total.committed) == (30_000, 20_000)
    assert cost_of(offer, 2027).total.committed == 30_000


def test_a_session_over_new_year_lies_in_the_year_of_its_date(offer):
    agree(agreement_of(offer), 8_000)
    session = SessionFactory(offer=offer)
    book(session)
    set_back(session, ended_at=datetime(2026, 1, 1, 1, tzinfo=NOW.tzinfo))
    report(session, classes=(20,))

    assert session.local_date == date(2025, 12, 31)
    assert cost_of(offer).providers == ()
    assert cost_of(offer, 2025).total.counted == Share(1, 0, 0)


def test_an_amount_is_refused_on_a_day_the_agreement_does_not_run(offer):
    agreement = agreement_of(offer, last_day=date(2026, 12, 31))

    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(DayOutsideAgreementError):
            agree(agreement, 8_000, day=day)


def test_an_amount_is_refused_for_an_offer_the_agreement_is_not_about(offer):
    agreement = agreement_of(offer)

    with pytest.raises(OfferOfAnotherError):
        agree(agreement, 8_000, offer=OfferFactory())
    with pytest.raises(OfferOfAnotherError):
        agree(agreement, 8_000, offer=offer, basis=Basis.ONCE)


def test_the_database_refuses_a_fixed_amount_for_one_offer(offer):
    with pytest.raises(IntegrityError):
        AgreedAmount.objects.create(
            agreement=agreement_of(offer),
            basis=Basis.ONCE,
            offer=offer,
            first_day=date(2026, 1, 1),
            amount_dkk=1,
            entered_at=NOW,
        )


def test_nothing_below_can_reach_an_amount():
    """No page, feed or export of the lower packages can show what they have no way to (and may not import)."""
    for model in (Session, Offer, Agreement, Provider, Programme):
        assert not {AgreedAmount, SessionPrice} & {field.related_model for field in model._meta.get_fields()}
        hidden = {field.related_model for field in model._meta.get_fields(include_hidden=True)}
        assert hidden & {AgreedAmount, SessionPrice} or model in (Provider, Programme)


def words_on(client, **query) -> str:
    page = client.get(reverse("costs"), query).content.decode()
    return " ".join(page.replace("\xa0", " ").split())


def test_the_page_says_frame_spent_committed_left_and_how_complete_it_is(client, offer):
    agree(agreement_of(offer), 12_500)
    visit(offer)
    book(SessionFactory(offer=offer))
    visit(OfferFactory(programme=offer.programme))

    page = words_on(client)

    for words in (
        "<dt>Årlig ramme</dt><dd>100.000 kr.</dd>",
        "<dt>Brugt</dt><dd>12.500 kr.</dd>",
        "<dt>Disponeret</dt><dd>12.500 kr.</dd>",
        "<dt>Tilbage</dt><dd>75.000 kr.</dd>",
        "2 af 3 afholdelser har en pris",
        "Se den, der mangler",
        offer.provider.name,
    ):
        assert words in page
    assert "overskredet" not in page


@pytest.mark.parametrize(
    ("frame", "says", "kind"),
    [
        (
            5_000,
            "Rammen er overskredet: Der er brugt 3.000 kr. mere, end den rummer. Med det disponerede bliver det 11.000 kr.",
            "critical",
        ),
        (10_000, "Brugt og disponeret er tilsammen 6.000 kr. mere end rammen.", "warning"),
        (17_000, "Bliver alle de åbne datoer booket, koster de 8.000 kr.", "info"),
        (24_000, "", ""),
        (None, "Indsatsen har ingen årlig ramme", ""),
        (0, "Rammen er overskredet: Der er brugt 8.000 kr. mere, end den rummer.", "critical"),
    ],
    ids=["spent above", "committed above", "open above", "just enough", "no frame", "frame of 0"],
)
def test_the_page_says_when_the_frame_does_not_suffice(client, offer, frame, says, kind):
    Programme.objects.update(yearly_budget_dkk=frame)
    agree(agreement_of(offer), 8_000)
    visit(offer)
    book(SessionFactory(offer=offer))
    SessionFactory(offer=offer)

    response = client.get(reverse("costs"))

    assert response.context["standing_kind"] == kind
    assert says in words_on(client)
    assert "kr.." not in words_on(client)


def test_the_list_behind_a_sum_adds_up_to_it_and_says_why_a_price_is_missing(client, offer):
    agreement = agreement_of(offer)
    agree(agreement, 8_000, day=date(2026, 9, 1))
    priced, before_price = visit(offer), visit(offer, at=SPRING)
    no_agreement = visit(OfferFactory(programme=offer.programme))

    shown = client.get(reverse("costs")).context
    behind = client.get(shown["urls"]["held"]).context
    missing = client.get(shown["urls"]["missing"]).context

    assert [line["session"] for line in behind["lines"]] == [before_price, priced, no_agreement]
    assert sum(line["session"].price or 0 for line in behind["lines"]) == shown["cost"].total.spent == 8_000
    assert [(line["session"], line["source"]) for line in missing["lines"]] == [
        (before_price, "Aftalen har ingen pris for den"),
        (no_agreement, "Ingen underskrevet aftale den dag"),
    ]
    assert missing["lines"][0]["agreement_url"] == reverse("agreement_prices", args=[agreement.pk])


def test_the_list_of_all_never_mixes_what_is_spent_committed_and_open(client, offer):
    agree(agreement_of(offer), 8_000)
    visit(offer)
    book(SessionFactory(offer=offer))
    SessionFactory(offer=offer)
    visit(OfferFactory(programme=offer.programme))

    context = client.get(reverse("cost_sessions")).context

    assert [(item["label"], item["amount"]) for item in context["sums"]] == [
        ("Brugt", "8.000\xa0kr."),
        ("Disponeret", "8.000\xa0kr."),
        ("Åben dato uden bekræftet booking", "8.000\xa0kr."),
    ]
    assert context["share"] == Share(sessions=3, priced=2, amount=16_000)


def test_the_list_keeps_to_one_provider(client, offer):
    session = visit(offer)
    visit(OfferFactory(programme=offer.programme))

    [row] = [
        item
        for item in client.get(reverse("costs")).context["rows"]
        if item["row"].provider_id == offer.provider_id
    ]

    assert [line["session"] for line in client.get(row["urls"]["all"]).context["lines"]] == [session]


def test_an_amount_is_entered_in_the_administration(client, offer):
    agreement = agreement_of(offer)
    url = reverse("agreement_prices", args=[agreement.pk])
    data = {"basis": "per_session", "first_day": "2026-01-01", "amount_dkk": "12500", "offer": ""}

    empty = client.post(url, {})
    outside = client.post(url, data | {"first_day": "2025-01-01"})
    wrong = client.post(url, data | {"basis": "once", "offer": str(offer.pk)})
    negative = client.post(url, data | {"amount_dkk": "-1"})
    entered = client.post(url, data)

    assert [answer.status_code for answer in (empty, outside, wrong, negative, entered)] == [
        422, 409, 422, 422, 302,
    ]  # fmt: skip
    assert "Skriv beløbet i hele kroner" in empty.content.decode()
    assert "Aftalen gælder ikke den dag" in outside.content.decode()
    assert AgreedAmount.objects.get().amount_dkk == 12_500
    assert "12.500\xa0kr." in client.get(url).content.decode()
    assert "12.500\xa0kr. pr. afholdelse" in client.get(reverse("agreed_prices")).content.decode()


def test_the_list_of_agreements_tells_prices_of_today_and_to_come(client, offer):
    agreement = agreement_of(offer)
    agree(agreement, 7_000)
    agree(agreement, 8_000, day=date(2026, 6, 1))
    agree(agreement, 9_000, day=date(2027, 1, 1))
    agree(agreement, 6_000, offer=offer)
    agree(agreement, 30_000, basis=Basis.ONCE)

    [line] = client.get(reverse("agreed_prices")).context["lines"]

    assert [words.replace("\xa0", " ") for words in line["prices"]] == [
        "8.000 kr. pr. afholdelse",
        f"{offer.title}: 6.000 kr. pr. afholdelse",
        "Fra 1. januar 2027: 9.000 kr. pr. afholdelse",
        "30.000 kr. i faste beløb",
    ]


def test_a_session_gets_its_own_price_in_the_administration(client, offer):
    session = visit(offer)
    url = reverse("session_price", args=[session.pk])

    wrong = client.post(url, {"amount_dkk": "tusind"})
    entered = client.post(url, {"amount_dkk": "0"})

    assert (wrong.status_code, entered.status_code) == (422, 302)
    assert SessionPrice.objects.get(session=session).amount_dkk == 0

    client.post(url, {"amount_dkk": ""})

    assert not SessionPrice.objects.exists()


def test_a_cancelled_session_can_be_given_a_price(client, offer):
    session = SessionFactory(offer=offer, cancelled=True)

    page = client.get(reverse("session_price", args=[session.pk])).content.decode()

    assert "Som det er nu, koster afholdelsen ikke noget" in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_year_and_its_sessions_are_exported(client, offer, kind):
    agree(agreement_of(offer), 8_000)
    session = visit(offer)

    year = client.get(reverse("costs"), {"export": kind})
    sessions = client.get(reverse("cost_sessions"), {"export": kind})

    if kind == "csv":
        lines = b"".join(year.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[1].split(";")[:5] == [offer.provider.name, "1", "8000", "0", "8000"]
        assert "Årlig ramme (kr.);100000" in lines
        lines = b"".join(sessions.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[1].split(";")[-2:] == ["8000", "Fra aftalen"]
    else:
        sheet = load_workbook(io.BytesIO(b"".join(year.streaming_content))).active
        assert [cell.value for cell in sheet[2]][:5] == [offer.provider.name, 1, 8000, 0, 8000]
        sheet = load_workbook(io.BytesIO(b"".join(sessions.streaming_content))).active
        assert sheet[2][0].value == session.pk


def test_an_export_of_a_hostile_name_is_harmless(client, offer):
    Provider.objects.filter(pk=offer.provider_id).update(name="=HYPERLINK(1)")
    visit(offer)

    lines = b"".join(client.get(reverse("costs"), {"export": "csv"}).streaming_content).decode("utf-8-sig")

    assert "\r\n'=HYPERLINK(1);" in lines


@pytest.mark.parametrize("query", [{"programme": "x", "year": "0", "provider": "9" * 40, "counts": "alt"}])
def test_what_makes_no_sense_in_an_address_is_left_out(client, offer, query):
    visit(offer)

    assert client.get(reverse("costs"), query).context["question"].year == 2026
    assert len(client.get(reverse("cost_sessions"), query).context["lines"]) == 1


def test_a_year_without_costs_and_a_portal_without_programmes_say_so(client):
    assert "Der er ingen indsats endnu" in words_on(client)
    assert client.get(reverse("cost_sessions")).status_code == 404

    ProgrammeFactory()

    assert "Intet koster noget i dette år endnu" in words_on(client)
    assert "Der er ingen samarbejdsaftaler endnu" in client.get(reverse("agreed_prices")).content.decode()


def test_the_auditor_sees_amounts_and_enters_none(staff_client, offer):
    auditor = staff_client(AUDITOR)
    agreement = agreement_of(offer)
    url = reverse("agreement_prices", args=[agreement.pk])

    page = auditor.get(url)
    answer = auditor.post(
        url, {"basis": "per_session", "first_day": "2026-01-01", "amount_dkk": "12500", "offer": ""}
    )

    assert page.status_code == 200
    assert "Gem beløbet" not in page.content.decode()
    assert answer.status_code == 302
    assert not AgreedAmount.objects.exists()


@pytest.mark.parametrize("role", [CASEWORKER, EDITOR])
def test_others_do_not_even_see_the_menu_item(staff_client, offer, role):
    url = reverse("costs")
    of_role = staff_client(role)

    assert of_role.get(url).status_code == 302
    assert url not in of_role.get(reverse("wagtailadmin_home")).content.decode()


def test_a_changed_frame_is_in_the_log_with_what_stood_before(client, offer):
    url = reverse("programme:edit", args=[offer.programme.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}

    client.post(url, data | {"yearly_budget_dkk": 120_000})

    entry = Entry.objects.get(action="programme.edited")
    assert (entry.data["frame_before"], entry.data["frame_after"]) == (100_000, 120_000)


WAGTAILS_FRAME = 6
"""Statements of any page of the administration: session, user, permissions, and the menu around it."""


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    ("name", "own"),
    [("costs", 3), ("cost_sessions", 4), ("agreed_prices", 3), ("agreement_prices", 3), ("session_price", 3)],
)
def test_a_page_costs_the_same_whatever_there_is(client, name, own, size, django_assert_num_queries):
    offer = OfferFactory(programme=ProgrammeFactory(yearly_budget_dkk=100_000))
    for _number in range(size):
        other = OfferFactory(programme=offer.programme, provider=offer.provider)
        agreement = agreement_of(other)
        agree(agreement, 8_000, offer=other)
        agree(agreement, 1_000, basis=Basis.ONCE)
        visit(other)
        session = visit(OfferFactory(programme=offer.programme))
        AgreementFactory(provider=session.provider, programme=offer.programme)
    pk = {"agreement_prices": [agreement.pk], "session_price": [session.pk]}.get(name, [])
    url = reverse(name, args=pk)
    client.get(url)

    with django_assert_num_queries(WAGTAILS_FRAME + own):
        client.get(url)
