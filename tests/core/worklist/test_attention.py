"""«Det kræver din opmærksomhed»: tasks by kind, the oldest first, taken, given, put off, and what happened to them."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from core.audit.log import SYSTEM, Actor
from core.audit.models import Entry
from core.worklist import kinds, watches
from core.worklist.errors import (
    DayNotAheadError,
    DayTooLateError,
    ItemClosedError,
    ItemTakenError,
    NotAHandlerError,
)
from core.worklist.history import history_of
from core.worklist.kinds import Kind
from core.worklist.models import WorkItem
from core.worklist.operations import assign_item, snooze_item, wake_item
from core.worklist.permissions import handlers
from core.worklist.querysets import KindCounts
from core.worklist.watches import Watch
from tests.factories.accounts import UserFactory
from tests.factories.charter import ProviderFactory
from tests.factories.worklist import OPENED_AT, WorkItemFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/opgaver/"
QUERIES = 10
QUERIES_OF_ONE_KIND = 11
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def two_kinds():
    for name, title in (("sample", "Prøveopgave"), ("other", "Anden opgave")):
        kinds.register(Kind(name, title, lambda item: f"Se på {item.subject}", lambda item: "/se/her/"))
    yield
    for name in ("sample", "other"):
        kinds.unregister(name)


@pytest.fixture
def caseworker(roles_exist):
    return UserFactory(first_name="Karin", last_name="Krog", roles=["Sagsbehandler"])


@pytest.fixture
def roles_exist(portal_site):
    """The roles with their rights, as after a migration."""


def text_of(client, **filters) -> str:
    page = client.get(PAGE, filters).content.decode()
    main = page[page.index("<main") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def local_noon() -> datetime:
    return timezone.localtime().replace(hour=12)


# --- the page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 30, 90])
@pytest.mark.parametrize("filters", [{}, {"kind": "sample"}], ids=["all kinds", "one kind"])
def test_page_costs_the_same_queries_whatever_waits(
    staff_client, portal_site, rows, filters, django_assert_num_queries
):
    client = staff_client("Sagsbehandler")
    WorkItemFactory.create_batch(rows)
    WorkItemFactory.create_batch(rows, kind="other", assignee=UserFactory())
    client.get(PAGE, filters)

    with django_assert_num_queries(QUERIES_OF_ONE_KIND if filters else QUERIES):
        client.get(PAGE, filters)


def test_page_groups_by_kind_and_shows_the_oldest_five_of_each(staff_client, portal_site):
    client = staff_client("Sagsbehandler")
    now = local_noon()
    for days in range(7):
        WorkItemFactory(subject=f"booking:{900 + days}", opened_at=now - days * A_DAY)
    WorkItemFactory(kind="other", subject="booking:700", opened_at=now)
    WorkItemFactory(kind="other", subject="booking:701", closed=True)

    text = text_of(client)

    assert re.findall(r"Se på (booking:\d+) (?:\d+ dage? gammel|fra i dag)", text) == [
        *[f"booking:{number}" for number in (906, 905, 904, 903, 902)],
        "booking:700",
    ]
    assert "6 dage gammel" in text
    assert "Se alle 7" in text


def test_kind_shows_all_of_it_thirty_a_page(staff_client, portal_site):
    client = staff_client("Sagsbehandler")
    WorkItemFactory.create_batch(31)
    WorkItemFactory(kind="other", subject="session:5")

    first, second = text_of(client, kind="sample"), text_of(client, kind="sample", p="2")

    assert (first.count("Giv videre eller udskyd"), second.count("Giv videre eller udskyd")) == (30, 1)
    assert "session:5" not in first + second


def test_filters_keep_mine_and_those_nobody_has(staff_client, portal_site, caseworker):
    client = staff_client("Sagsbehandler")
    WorkItemFactory(subject="booking:1", assignee_id=int(client.session["_auth_user_id"]))
    WorkItemFactory(subject="booking:2")
    WorkItemFactory(subject="booking:3", assignee=caseworker)
    WorkItemFactory(subject="booking:4", assignee=UserFactory(is_active=False))

    def seen(**filters):
        return sorted(set(re.findall(r"booking:\d", text_of(client, **filters))))

    assert seen() == ["booking:1", "booking:2", "booking:3", "booking:4"]
    assert seen(who="mine") == ["booking:1"]
    assert seen(who="free") == ["booking:2", "booking:4"]
    assert "Alles 4 Mine 1 Ingen har dem 2 Sover 0" in text_of(client)


def test_row_leads_to_the_decision_itself(staff_client, portal_site):
    WorkItemFactory()

    page = staff_client("Sagsbehandler").get(PAGE).content.decode()

    assert 'class="button button-small" href="/se/her/"' in page


def test_auditor_reads_and_is_offered_nothing_else(staff_client, portal_site):
    item = WorkItemFactory()
    client = staff_client("Revisor")

    page = client.get(PAGE).content.decode()
    answers = [
        client.post(f"{PAGE}{item.pk}/{step}/", {"wakes_on": "2099-01-01"}).status_code
        for step in ("giv", "udskyd", "frem")
    ]

    assert "Se på booking:" in page
    assert f"{PAGE}{item.pk}/" not in page
    assert answers == [302, 302, 302]  # the front page, with a word of refusal
    assert not Entry.objects.filter(subject=f"work_item:{item.pk}").exists()


def test_front_page_shows_figures_of_other_lists_when_they_are_not_nought(staff_client, portal_site):
    client = staff_client("Sagsbehandler")
    for name, count, permission in (
        ("some", 3, "worklist.view_workitem"),
        ("none", 0, "worklist.view_workitem"),
        ("secret", 5, "accounts.delete_user"),
    ):
        watches.register(Watch(name, f"Tal {name}", lambda now, n=count: n, lambda: "/der/", permission))

    try:
        home = client.get("/admin/").content.decode()
    finally:
        for name in ("some", "none", "secret"):
            watches.unregister(name)

    assert '<a href="/der/">Tal some</a>' in home
    assert "Tal none" not in home
    assert "Tal secret" not in home


def test_front_page_counts_providers_without_charter_and_requests(staff_client, portal_site):
    ProviderFactory(state="active")

    home = staff_client("Sagsbehandler").get("/admin/").content.decode()

    row = home[home.index("Aktive udbydere uden charter i dag") :]
    assert "<td>1</td>" in row[: row.index("</tr>")]
    assert "Anmodninger, der venter på svar" not in home


# --- taking and giving ------------------------------------------------------------------------------------


def test_take_give_and_put_back_from_the_page(staff_client, portal_site, caseworker):
    client = staff_client("Sagsbehandler")
    me = int(client.session["_auth_user_id"])
    item = WorkItemFactory()
    here = f"{PAGE}?who=free"

    holders = []
    for assignee in (me, caseworker.pk, ""):
        answer = client.post(f"{PAGE}{item.pk}/giv/", {"assignee": assignee, "next": here})
        assert answer.headers["Location"] == here
        holders.append(WorkItem.objects.get().assignee_id)

    assert holders == [me, caseworker.pk, None]
    assert [(event.what, event.who) for event in history_of(item)] == [
        ("Lagt tilbage", str(caseworker.__class__.objects.get(pk=me))),
        ("Givet til Karin Krog", str(caseworker.__class__.objects.get(pk=me))),
        ("Taget", str(caseworker.__class__.objects.get(pk=me))),
        ("Åbnet", "Portalen"),
    ]


def test_step_never_leads_to_another_site(staff_client, portal_site):
    item = WorkItemFactory()

    answer = staff_client("Sagsbehandler").post(
        f"{PAGE}{item.pk}/giv/", {"assignee": "", "next": "https://example.com/"}
    )

    assert answer.headers["Location"] == f"/admin/tasks/inspect/{item.pk}/"


@pytest.mark.parametrize("typed", ["x", "-1", "999999999"])
def test_give_refuses_what_is_no_colleague(staff_client, portal_site, caseworker, typed):
    item = WorkItemFactory(assignee=caseworker)

    page = staff_client("Sagsbehandler").post(
        f"{PAGE}{item.pk}/giv/", {"assignee": typed, "next": PAGE}, follow=True
    )

    assert "Vælg en kollega" in page.content.decode()
    assert WorkItem.objects.get().assignee_id == caseworker.pk


def test_assign_item_refuses_who_may_not_deal_with_tasks(roles_exist):
    item = WorkItemFactory()

    for person in (
        UserFactory(roles=["Revisor"]),
        UserFactory(roles=["Redaktør"]),
        UserFactory(roles=["Sagsbehandler"], is_active=False),
    ):
        with pytest.raises(NotAHandlerError):
            assign_item(item_id=item.pk, assignee_id=person.pk, actor=SYSTEM, now=OPENED_AT)


def test_handlers_are_each_named_once(roles_exist):
    both = UserFactory(roles=["Sagsbehandler", "Administration"], first_name="Bo")
    UserFactory(roles=["Revisor"])

    assert list(handlers()) == [both]


def test_who_takes_a_task_that_a_colleague_has_is_told(caseworker):
    item = WorkItemFactory(assignee=caseworker)
    other = UserFactory(roles=["Sagsbehandler"])

    with pytest.raises(ItemTakenError):
        assign_item(
            item_id=item.pk, assignee_id=other.pk, only_if_free=True, actor=Actor.of(other), now=OPENED_AT
        )


def test_giving_a_task_to_whoever_has_it_adds_nothing_to_the_history(caseworker):
    item = WorkItemFactory(assignee=caseworker)

    assign_item(item_id=item.pk, assignee_id=caseworker.pk, actor=SYSTEM, now=OPENED_AT)

    assert not Entry.objects.exists()


# --- putting off ------------------------------------------------------------------------------------------


def test_snoozed_task_sleeps_and_comes_back_by_itself(caseworker):
    item = WorkItemFactory(opened_at=OPENED_AT)
    day = (OPENED_AT + 3 * A_DAY).date()

    snooze_item(item_id=item.pk, wakes_on=day, actor=Actor.of(caseworker), now=OPENED_AT)

    items = WorkItem.objects.all()
    assert items.counts_by_kind(now=OPENED_AT) == {"sample": KindCounts(0, 0, 1, None)}
    assert not items.awake(now=OPENED_AT + 2 * A_DAY).exists()
    assert items.awake(now=OPENED_AT + 3 * A_DAY).get() == item
    assert items.counts_by_kind(now=OPENED_AT + 3 * A_DAY) == {"sample": KindCounts(1, 0, 0, OPENED_AT)}
    assert [(event.what, event.who) for event in history_of(item)] == [
        ("Udskudt til 23. november 2026", "Karin Krog"),
        ("Åbnet", "Portalen"),
    ]


def test_snoozed_task_is_back_at_midnight_in_copenhagen(caseworker):
    item = WorkItemFactory()
    midnight = datetime(2026, 11, 23, tzinfo=timezone.get_default_timezone())
    snooze_item(item_id=item.pk, wakes_on=midnight.date(), actor=SYSTEM, now=OPENED_AT)

    assert not WorkItem.objects.awake(now=midnight - timedelta(seconds=1)).exists()
    assert WorkItem.objects.awake(now=midnight).exists()


@pytest.mark.parametrize("days", [-1, 0], ids=["yesterday", "today"])
def test_snooze_item_refuses_a_day_that_is_not_ahead(days):
    item = WorkItemFactory()

    with pytest.raises(DayNotAheadError):
        snooze_item(item_id=item.pk, wakes_on=(OPENED_AT + days * A_DAY).date(), actor=SYSTEM, now=OPENED_AT)


@pytest.mark.parametrize(
    ("due_in", "latest_in"), [(5, 5), (None, 90), (-2, 90), (200, 90)], ids=["due", "none", "overdue", "far"]
)
def test_snooze_item_never_sleeps_past_the_deadline_or_three_months(due_in, latest_in):
    item = WorkItemFactory(due_at=None if due_in is None else OPENED_AT + due_in * A_DAY)
    latest = (OPENED_AT + latest_in * A_DAY).date()

    with pytest.raises(DayTooLateError) as refusal:
        snooze_item(item_id=item.pk, wakes_on=latest + A_DAY, actor=SYSTEM, now=OPENED_AT)
    snooze_item(item_id=item.pk, wakes_on=latest, actor=SYSTEM, now=OPENED_AT)

    assert refusal.value.latest == latest
    assert WorkItem.objects.get().wakes_on == latest


def test_closed_task_is_neither_put_off_nor_woken():
    item = WorkItemFactory(closed=True)
    day = (OPENED_AT + A_DAY).date()

    with pytest.raises(ItemClosedError):
        snooze_item(item_id=item.pk, wakes_on=day, actor=SYSTEM, now=OPENED_AT)
    with pytest.raises(ItemClosedError):
        wake_item(item_id=item.pk, actor=SYSTEM, now=OPENED_AT)


def test_page_puts_off_shows_what_sleeps_and_wakes_it(staff_client, portal_site):
    client = staff_client("Sagsbehandler")
    item = WorkItemFactory(subject="booking:55")
    day = timezone.localdate() + 10 * A_DAY

    client.post(f"{PAGE}{item.pk}/udskyd/", {"wakes_on": day.isoformat()})
    away, asleep = text_of(client), text_of(client, asleep="1")
    home = client.get("/admin/").content.decode()
    client.post(f"{PAGE}{item.pk}/frem/")

    assert "booking:55" not in away
    assert "Sover 1" in away
    assert "booking:55" in asleep
    assert "1 sover" in home
    assert "booking:55" in text_of(client)
    assert [entry.action for entry in Entry.objects.order_by("pk")] == [
        "work_item.snoozed",
        "work_item.woken",
    ]


@pytest.mark.parametrize("typed", ["", "i morgen", "2001-01-01"])
def test_put_off_without_a_day_ahead_says_what_to_do(staff_client, portal_site, typed):
    item = WorkItemFactory()

    page = staff_client("Sagsbehandler").post(
        f"{PAGE}{item.pk}/udskyd/", {"wakes_on": typed, "next": PAGE}, follow=True
    )

    assert "Vælg en dag fra i morgen og frem." in page.content.decode()
    assert WorkItem.objects.get().wakes_on is None


# --- one task, and the front page -------------------------------------------------------------------------


def test_task_page_shows_its_history_and_its_forms(staff_client, portal_site, caseworker):
    item = WorkItemFactory()
    client = staff_client("Sagsbehandler")
    client.post(f"{PAGE}{item.pk}/giv/", {"assignee": caseworker.pk})

    page = client.get(f"/admin/tasks/inspect/{item.pk}/").content.decode()

    assert "Givet til Karin Krog" in page
    assert f'action="{PAGE}{item.pk}/udskyd/"' in page


def test_closed_task_page_offers_nothing_but_shows_what_happened(staff_client, portal_site):
    item = WorkItemFactory(closed=True)

    page = staff_client("Sagsbehandler").get(f"/admin/tasks/inspect/{item.pk}/").content.decode()

    assert "Åbnet" in page
    assert f"{PAGE}{item.pk}/" not in page


def test_front_page_counts_lead_to_the_filtered_page(staff_client, portal_site):
    client = staff_client("Sagsbehandler")
    WorkItemFactory(assignee_id=int(client.session["_auth_user_id"]))

    page = client.get("/admin/").content.decode()

    assert f'href="{PAGE}?kind=sample"' in page
    assert f'href="{PAGE}?who=mine">Mine: 1' in page
