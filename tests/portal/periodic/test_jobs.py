"""Periodic jobs: due, late, leased, run twice at once."""

import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from core.audit.retention import all_rules
from core.outbox.models import Message
from core.outbox.operations import queue_message, send_due
from portal.periodic import jobs
from portal.periodic.jobs import Job, all_jobs, register
from portal.periodic.models import JobRun
from portal.periodic.operations import LEASE, WAIT_AFTER_ERROR, run_due_jobs, run_job
from tests.core.outbox.conftest import sample_type  # noqa: F401 - a fixture

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def only_job(monkeypatch):
    """Registers one job and nothing else."""
    monkeypatch.setattr(jobs, "_JOBS", {})

    def register_only(run, every=HOUR) -> Job:
        return register(Job("sample_job", "Prøvejob", every, run))

    return register_only


@pytest.mark.django_db
def test_run_due_jobs_runs_each_job_once_an_interval(only_job):
    runs = []
    only_job(runs.append)

    for minutes in (0, 1, 59, 60, 61):
        run_due_jobs(now=NOW + timedelta(minutes=minutes))

    assert runs == [NOW, NOW + HOUR]


@pytest.mark.django_db
def test_run_due_jobs_leaves_a_job_another_node_runs(only_job):
    runs = []
    only_job(runs.append)
    JobRun.objects.create(name="sample_job", leased_until=NOW + LEASE)

    assert run_due_jobs(now=NOW) == []
    assert run_due_jobs(now=NOW + LEASE) == ["sample_job"]


@pytest.mark.django_db
def test_run_due_jobs_tries_a_failed_job_again_after_a_while(only_job):
    def fail(now):
        raise ZeroDivisionError

    only_job(fail)

    assert run_due_jobs(now=NOW) == ["sample_job"]
    assert run_due_jobs(now=NOW + timedelta(minutes=1)) == []
    assert run_due_jobs(now=NOW + WAIT_AFTER_ERROR) == ["sample_job"]
    run = JobRun.objects.get()
    assert (run.last_error, run.last_succeeded_at) == ("ZeroDivisionError", None)


@pytest.mark.django_db
def test_run_job_runs_now_due_or_not_and_raises(only_job):
    runs = []
    only_job(runs.append)

    assert run_job("sample_job", now=NOW)
    assert run_job("sample_job", now=NOW)
    assert runs == [NOW, NOW]


@pytest.mark.django_db
def test_run_job_command_explains_an_unknown_name():
    with pytest.raises(CommandError, match="purge_messages"):
        call_command("run_job", "nope")


@pytest.mark.django_db
def test_run_job_command_runs_every_registered_job():
    for job in all_jobs():
        call_command("run_job", job.name)

    assert JobRun.objects.exclude(last_succeeded_at=None).count() == len(all_jobs())


def test_every_retention_rule_has_a_job_that_deletes():
    rules = {rule.name: rule.deleted_by for rule in all_rules()}

    assert {"messages", "sessions", "counters"} <= set(rules)
    assert set(rules.values()) <= {job.name for job in all_jobs()}


def test_the_table_of_retention_tells_every_rule_and_its_job():
    table = (Path(settings.ROOT) / "docs" / "retention.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \|.*\| `(\w+)` \|$", table, re.MULTILINE))

    assert told == {rule.name: rule.deleted_by for rule in all_rules()}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_job_skipped_for_three_days_and_run_twice_at_once_tells_each_once(only_job, sample_type):  # noqa: F811
    """Rule 5, N2: two reminders are due, one is of something that has begun meanwhile."""
    starts = {1: NOW + timedelta(days=4), 2: NOW + timedelta(days=3, hours=2), 3: NOW + timedelta(days=1)}

    def remind(now):
        for number, starts_at in starts.items():
            queue_message(
                mail_type="sample",
                to=f"laerer{number}@skole.example",
                ids={"number": number, "irrelevant_from": starts_at.isoformat()},
                language="da",
                key=f"reminder:{number}",
                about=f"booking:{number}",
                now=now,
            )

    job = only_job(remind, every=timedelta(days=1))
    later = NOW + timedelta(days=3)
    gate = threading.Barrier(2)

    def node():
        try:
            gate.wait()
            # Past the lease, as after a pause of the first node: both really run it.
            job.run(later)
            run_due_jobs(now=later)
            send_due(now=later)
        finally:
            connection.close()

    nodes = [threading.Thread(target=node) for _ in range(2)]
    for thread in nodes:
        thread.start()
    for thread in nodes:
        thread.join()

    assert sorted(to for sent in mail.outbox for to in sent.to) == [
        "laerer1@skole.example",
        "laerer2@skole.example",
    ]
    assert dict(Message.objects.values_list("key", "state")) == {
        "reminder:1": "sent",
        "reminder:2": "sent",
        "reminder:3": "skipped",
    }
