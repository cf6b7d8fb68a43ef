"""Running periodic jobs and keeping their heartbeats (O2)."""

import logging
from datetime import datetime, timedelta

from portal.periodic.jobs import Job, get, scheduled_jobs
from portal.periodic.models import JobRun

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
"""How long a node owns a job. A job that takes longer may run twice at once, which every job must bear."""

WAIT_AFTER_ERROR = timedelta(minutes=5)
WORKER = "worker"
"""The row in which workers of the outbox say that they live."""


def run_due_jobs(*, now: datetime) -> list[str]:
    """Run every job that is due and that no other node runs. Return the names of those that were run."""
    _ensure_rows([job.name for job in scheduled_jobs()])
    return [job.name for job in scheduled_jobs() if _run(job, now=now, every=job.every)]


def run_job(name: str, *, now: datetime) -> bool:
    """Run a job now, due or not. False when another node is running it.

    Raises:
        KeyError: no such job.
        Exception: what the job raised, after it was stored.
    """
    job = get(name)
    _ensure_rows([name])
    return _run(job, now=now, every=None, is_raising=True)


def _run(job: Job, *, now: datetime, every: timedelta | None, is_raising: bool = False) -> bool:
    lease = now + LEASE
    if not JobRun.objects.all().claim(job.name, now=now, until=lease, every=every):
        return False
    mine = JobRun.objects.filter(name=job.name, leased_until=lease)
    try:
        job.run(now)
    except Exception as error:
        log.exception("Job %s failed.", job.name)
        mine.update(leased_until=now + WAIT_AFTER_ERROR, last_error=type(error).__name__)
        if is_raising:
            raise
    else:
        mine.update(leased_until=None, last_succeeded_at=now, last_error="")
    return True


def beat(name: str, *, now: datetime) -> None:
    """Say that a process lives."""
    if not JobRun.objects.filter(name=name).update(last_succeeded_at=now):
        _ensure_rows([name])
        JobRun.objects.filter(name=name).update(last_succeeded_at=now)


def _ensure_rows(names: list[str]) -> None:
    JobRun.objects.bulk_create([JobRun(name=name) for name in names], ignore_conflicts=True)
