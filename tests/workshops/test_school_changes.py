"""S29: schools close, merge and reopen; their history stays."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.audit.log import SYSTEM
from core.audit.models import Entry
from core.worklist.models import WorkItem
from tests.factories.workshops import SchoolFactory, SessionFactory
from workshops.enums import SessionAccess
from workshops.errors import SchoolHeirError, SchoolNotClosedError
from workshops.models import SchoolDomain
from workshops.operations import close_school, merge_school, reopen_school
from workshops.work_items import SCHOOL_EVENING

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("portal_site")]
SCHOOLS = "/admin/schools/"


def _today():
    return timezone.localdate()


def _merge(school, heir, *, on=None):
    return merge_school(
        school_id=school.pk, heir_id=heir.pk, merged_on=on or _today(), actor=SYSTEM, now=timezone.now()
    )


def test_close_school_stops_booking_from_the_day_and_is_logged_once():
    school, day = SchoolFactory(), _today() + timedelta(days=3)

    for _time in range(2):
        close_school(school_id=school.pk, closed_on=day, actor=SYSTEM, now=timezone.now())

    school.refresh_from_db()
    assert [school.can_book(on=day - timedelta(days=1)), school.can_book(on=day)] == [True, False]
    assert Entry.objects.get(action="school.closed").data == {"closed_on": day.isoformat()}


def test_merge_school_keeps_the_old_one_and_gives_its_domains_to_the_heir():
    old, heir = SchoolFactory(), SchoolFactory()
    for domain, school in (("gammel.example", old), ("begge.example", old), ("begge.example", heir)):
        SchoolDomain.objects.create(domain=domain, school=school)

    _merge(old, heir)

    old.refresh_from_db()
    assert (old.merged_into, old.heir, old.closed_on) == (heir, heir, _today())
    assert sorted(heir.domains.values_list("domain", flat=True)) == ["begge.example", "gammel.example"]
    assert old.domains.count() == 2
    assert Entry.objects.get(action="school.merged").data["heir"] == heir.pk


def test_heir_of_a_school_merged_twice_is_the_last_one():
    first, second, third = SchoolFactory.create_batch(3)

    _merge(first, second)
    _merge(second, third)

    first.refresh_from_db()
    assert first.heir == third


@pytest.mark.parametrize("wrong", ["itself", "closed", "umbrella", "merged into it"])
def test_merge_school_refuses_an_heir_that_cannot_book(wrong):
    school, other = SchoolFactory(), SchoolFactory()
    if wrong == "merged into it":
        _merge(other, school)
    heir = {
        "itself": lambda: school,
        "closed": lambda: SchoolFactory(closed=True),
        "umbrella": lambda: SchoolFactory(umbrella=True),
        "merged into it": lambda: other,
    }[wrong]()

    with pytest.raises(SchoolHeirError):
        _merge(school, heir)

    school.refresh_from_db()
    assert school.closed_on is None


def test_reopen_school_takes_a_merger_back():
    old, heir = SchoolFactory(), SchoolFactory()
    _merge(old, heir)

    reopened = reopen_school(school_id=old.pk, actor=SYSTEM, now=timezone.now())

    assert (reopened.closed_on, reopened.merged_into, reopened.can_book(on=_today())) == (None, None, True)
    with pytest.raises(SchoolNotClosedError):
        reopen_school(school_id=old.pk, actor=SYSTEM, now=timezone.now())


def test_evenings_for_the_parents_of_a_closing_school_become_tasks():
    school = SchoolFactory(name="Prøvegårdens Skole")
    evening = {"evening": True, "access": SessionAccess.SCHOOL, "for_school": school}
    after = SessionFactory(**evening, in_days=30, title="Forældreaften")
    SessionFactory(**evening, in_days=5)
    SessionFactory(**evening, in_days=30, cancelled=True)
    SessionFactory(evening=True, in_days=30)

    ended = close_school(
        school_id=school.pk, closed_on=_today() + timedelta(days=10), actor=SYSTEM, now=timezone.now()
    )

    task = WorkItem.objects.get(kind=SCHOOL_EVENING)
    assert (ended.evenings, task.url) == (1, f"/admin/sessions/inspect/{after.pk}/")
    assert "er for forældrene på Prøvegårdens Skole" in task.description()


def test_administration_closes_merges_and_reopens_a_school(staff_client):
    client, school, heir = staff_client("Sagsbehandler"), SchoolFactory(), SchoolFactory(name="Nye Skole")
    page = client.get(f"{SCHOOLS}edit/{school.pk}/").content.decode()
    assert "Luk skolen" in page
    assert "Læg sammen med en anden skole" in page

    no_day = client.post(f"{SCHOOLS}close/{school.pk}/", {"day": ""}).content.decode()
    no_heir = client.post(f"{SCHOOLS}merge/{school.pk}/", {"day": "2026-08-01"}).content.decode()
    itself = client.post(f"{SCHOOLS}merge/{school.pk}/", {"day": "2026-08-01", "heir": school.pk})
    done = client.post(
        f"{SCHOOLS}merge/{school.pk}/", {"day": "2026-08-01", "heir": heir.pk}, follow=True
    ).content.decode()

    school.refresh_from_db()
    assert "Skriv den første dag uden skolen." in no_day
    assert "Vælg den skole, der overtager." in no_heir
    assert "Vælg en skole på listen." in itself.content.decode()
    assert (school.merged_into, school.closed_on) == (heir, date(2026, 8, 1))
    assert "Efter den dag er der ikke booket noget." in done
    assert "Del af Nye Skole fra 1. august 2026." in done
    client.post(f"{SCHOOLS}reopen/{school.pk}/")
    school.refresh_from_db()
    assert school.closed_on is None


def test_only_those_who_may_change_schools_see_the_steps(staff_client):
    school = SchoolFactory()

    assert staff_client("Revisor").get(f"{SCHOOLS}close/{school.pk}/").status_code == 302
    assert (
        staff_client("Revisor").post(f"{SCHOOLS}close/{school.pk}/", {"day": "2026-08-01"}).status_code == 302
    )
    school.refresh_from_db()
    assert school.closed_on is None
