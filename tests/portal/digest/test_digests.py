"""Open tasks by mail: who chooses, when it goes, once, and what stands in it (N5)."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from core.outbox.models import Message
from core.outbox.operations import send_due
from core.worklist.models import WorkItem
from core.worklist.operations import open_item
from portal.digest.enums import Cadence
from portal.digest.models import DigestChoice
from portal.digest.operations import choose_digest, queue_digests
from portal.digest.rules import period_of
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"


def at(day, hour, minute=0):
    """A moment of November 2026 in Copenhagen; the 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Copenhagen"))


@pytest.fixture
def caseworker():
    return UserFactory(roles=("Sagsbehandler",), email="sag@kk.example")


def a_task(number=1, **more):
    return open_item(
        key=f"t:{number}", kind="mail_bounced", subject=f"message:{number}", now=at(13, 9), **more
    )


def choose(user, cadence, *, day=13, hour=9):
    return choose_digest(user_id=user.pk, cadence=cadence, now=at(day, hour))


@pytest.mark.parametrize(
    ("cadence", "now", "period"),
    [
        pytest.param("daily", at(16, 7), "2026-11-16", id="monday-at-7"),
        pytest.param("daily", at(16, 6, 59), "", id="before-7"),
        pytest.param("daily", at(21, 12), "", id="saturday"),
        pytest.param("weekly", at(16, 6, 59), "", id="monday-before-7"),
        pytest.param("weekly", at(16, 7), "2026-W47", id="week-from-monday-at-7"),
        pytest.param("weekly", at(18, 3), "2026-W47", id="late-job-in-the-same-week"),
        pytest.param("weekly", at(22, 12), "", id="sunday"),
        pytest.param("off", at(16, 8), "", id="off"),
    ],
)
def test_period_of_names_the_day_or_week_whose_digest_may_go(cadence, now, period):
    assert period_of(cadence, now=now) == period


def test_a_digest_has_counts_and_links_and_no_person(caseworker):
    choose(caseworker, Cadence.WEEKLY)
    a_task(1, due_at=at(14, 9))
    item = a_task(2)
    WorkItem.objects.filter(pk=item.pk).update(assignee=caseworker)

    assert queue_digests(at(16, 7)) == 1
    send_due(now=at(16, 7))

    sent = mail.outbox[0]
    assert sent.to == ["sag@kk.example"]
    assert sent.subject == "Opgaver, der venter: 2"
    assert "Mailen kom ikke frem: 2, heraf 1 over tiden." in sent.body
    assert "/admin/opgaver/?kind=mail_bounced" in sent.body
    assert "1 af dem er din." in sent.body
    assert "message:" not in sent.body
    assert "sag@kk.example" not in sent.body


def test_a_digest_goes_once_a_period_however_often_the_job_runs(caseworker):
    choose(caseworker, Cadence.DAILY)
    a_task()

    assert [queue_digests(at(16, 7)), queue_digests(at(16, 8)), queue_digests(at(17, 9))] == [1, 0, 1]
    assert Message.objects.count() == 2


def test_a_lost_mark_cannot_make_a_second_mail_of_the_same_period(caseworker):
    choose(caseworker, Cadence.DAILY)
    a_task()
    queue_digests(at(16, 7))
    DigestChoice.objects.update(last_period="")

    queue_digests(at(16, 8))

    assert Message.objects.count() == 1


def test_nothing_goes_when_nothing_is_open_nor_later_in_that_period(caseworker):
    choose(caseworker, Cadence.WEEKLY)

    assert queue_digests(at(16, 7)) == 0
    a_task()

    assert queue_digests(at(18, 7)) == 0
    assert queue_digests(at(23, 7)) == 1


def test_what_is_put_off_is_not_told_until_it_is_back(caseworker):
    choose(caseworker, Cadence.DAILY)
    asleep, _awake = a_task(1), a_task(2)
    WorkItem.objects.filter(pk=asleep.pk).update(wakes_on=at(17, 0).date())

    told = []
    for day in (16, 17):
        queue_digests(at(day, 7))
        send_due(now=at(day, 7))
        told.append(mail.outbox[-1].subject)

    assert told == ["Opgaver, der venter: 1", "Opgaver, der venter: 2"]


def test_nothing_goes_when_all_that_is_open_sleeps(caseworker):
    choose(caseworker, Cadence.DAILY)
    WorkItem.objects.filter(pk=a_task().pk).update(wakes_on=at(18, 0).date())

    assert [queue_digests(at(day, 7)) for day in (16, 17, 18)] == [0, 0, 1]


def test_a_digest_whose_tasks_are_done_before_it_goes_is_skipped(caseworker):
    choose(caseworker, Cadence.DAILY)
    a_task()
    queue_digests(at(16, 7))
    WorkItem.objects.update(closed_at=at(16, 7))

    send_due(now=at(16, 7))

    assert Message.objects.get().state == "skipped"
    assert mail.outbox == []


@pytest.mark.parametrize("change", ["off", "left", "closed"])
def test_whoever_wants_none_or_may_see_no_tasks_gets_none(caseworker, change):
    choose(caseworker, Cadence.DAILY)
    a_task()
    queue_digests(at(16, 7))
    if change == "off":
        choose(caseworker, Cadence.OFF, day=16)
    elif change == "left":
        caseworker.groups.clear()
    else:
        type(caseworker).objects.update(is_active=False)

    send_due(now=at(16, 7))

    assert mail.outbox == []
    assert queue_digests(at(17, 7)) == 0


def test_the_first_digest_comes_with_the_next_period(caseworker):
    choose(caseworker, Cadence.WEEKLY, day=17)
    a_task()

    assert queue_digests(at(18, 9)) == 0
    assert queue_digests(at(23, 9)) == 1


def test_one_chooses_on_ones_own_page(staff_client, portal_site):
    client = staff_client("Sagsbehandler")
    page = client.get(ACCOUNT).content.decode()
    # The page's other forms, as they stand: a browser sends them along.
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        fields[name] = chosen.group(1) if chosen else ""

    saved = client.post(ACCOUNT, fields | {"digest-cadence": "weekly"})

    assert "Opgaver på mail" in page
    assert "Hver mandag kl. 7" in page
    assert saved.status_code == 302
    assert DigestChoice.objects.get().cadence == "weekly"


def test_an_editor_who_sees_no_tasks_is_not_asked(staff_client, portal_site):
    assert "Opgaver på mail" not in staff_client("Redaktør").get(ACCOUNT).content.decode()
