"""/healthz and the late jobs on the admin's front page (O2)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from charter.work_items import DOUBT
from core.audit.log import SYSTEM
from core.worklist.operations import close_item, open_item
from portal.periodic.jobs import all_jobs
from portal.periodic.models import JobRun
from portal.periodic.operations import WORKER

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_well():
    now = timezone.now()
    JobRun.objects.bulk_create(
        [JobRun(name=name, last_succeeded_at=now) for name in [WORKER, *(job.name for job in all_jobs())]]
    )


def test_healthz_is_ok_when_all_runs(client, all_well):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": True,
        "migrations": "applied",
        "worker": True,
        "late_jobs": [],
        "alarms": [],
    }


def test_healthz_names_late_jobs(client, all_well):
    JobRun.objects.filter(name="retention").update(last_succeeded_at=timezone.now() - timedelta(days=3))

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["late_jobs"] == ["retention"]
    assert client.get("/healthz/web").status_code == 200


def test_healthz_tells_of_a_silent_worker(client, all_well):
    JobRun.objects.filter(name=WORKER).update(last_succeeded_at=timezone.now() - timedelta(minutes=5))

    response = client.get("/healthz")

    assert (response.status_code, response.json()["worker"]) == (503, False)


def test_healthz_sounds_the_alarm_while_signatures_are_in_doubt(client, all_well):
    item = open_item(key="charter_doubt:x", kind=DOUBT, subject="charter", now=timezone.now())

    response = client.get("/healthz")

    assert (response.status_code, response.json()["alarms"]) == (503, ["charter_doubt"])
    assert client.get("/healthz/web").status_code == 200
    close_item(item_id=item.pk, resolution="seen", actor=SYSTEM, now=timezone.now())
    assert client.get("/healthz").status_code == 200


def test_healthz_costs_two_queries_once_migrations_were_seen(client, all_well, django_assert_num_queries):
    client.get("/healthz")

    with django_assert_num_queries(2):
        client.get("/healthz")


def test_front_page_shows_late_jobs_to_staff(staff_client, portal_site, all_well):
    client = staff_client("Sagsbehandler")
    assert "Kører for sent" not in client.get("/admin/").content.decode()

    JobRun.objects.filter(name="retention").update(last_succeeded_at=None)

    page = client.get("/admin/").content.decode()
    assert "Kører for sent" in page
    assert "Slet persondata efter reglerne" in page
