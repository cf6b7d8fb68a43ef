"""What is wrong with this installation, without a word about a person."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from charter.work_items import DOUBT, SEAL_FAILED
from core.worklist.models import WorkItem
from portal.periodic.jobs import Job, scheduled_jobs
from portal.periodic.models import JobRun
from portal.periodic.operations import WORKER

GRACE = timedelta(minutes=10)
"""How much later than twice its interval a job may be: a restart or a slow night is no alarm."""

ALARMS = (DOUBT, SEAL_FAILED)
"""Kinds of tasks that a monitor must show as long as one is open."""

WORKER_SILENCE = timedelta(minutes=2)


@dataclass(frozen=True)
class Health:
    """The answer of /healthz."""

    is_database_up: bool = True
    missing_migrations: tuple[str, ...] = ()
    is_worker_alive: bool = True
    late_jobs: tuple[str, ...] = field(default=())
    alarms: tuple[str, ...] = ()
    """Open tasks that an operator must hear of at once: signatures in doubt, a seal that fails."""

    @property
    def can_serve(self) -> bool:
        """Whether pages can be shown at all."""
        return self.is_database_up and not self.missing_migrations

    @property
    def is_well(self) -> bool:
        """Whether nothing needs an operator."""
        return self.can_serve and self.is_worker_alive and not self.late_jobs and not self.alarms

    def as_json(self) -> dict[str, Any]:
        """Return the answer for a monitor."""
        return {
            "status": "ok" if self.is_well else "degraded" if self.can_serve else "down",
            "database": self.is_database_up,
            "migrations": "applied" if not self.missing_migrations else list(self.missing_migrations),
            "worker": self.is_worker_alive,
            "late_jobs": list(self.late_jobs),
            "alarms": list(self.alarms),
        }


def check_health(*, now: datetime) -> Health:
    """Look at database, migrations, worker and jobs."""
    try:
        missing = _missing_migrations()
        if missing:
            return Health(missing_migrations=missing, is_worker_alive=False)
        runs = {run.name: run for run in JobRun.objects.all()}
        alarms = tuple(
            WorkItem.objects.open()
            .filter(kind__in=ALARMS)
            .order_by("kind")
            .values_list("kind", flat=True)
            .distinct()
        )
    except DatabaseError:
        return Health(is_database_up=False, is_worker_alive=False)
    worker = runs.get(WORKER)
    return Health(
        is_worker_alive=bool(worker and worker.is_after(now - WORKER_SILENCE)),
        late_jobs=tuple(job.name for job in scheduled_jobs() if is_late(job, runs.get(job.name), now=now)),
        alarms=alarms,
    )


def is_late(job: Job, run: JobRun | None, *, now: datetime) -> bool:
    """Whether a job has not succeeded for more than twice its interval. Never run is late."""
    return run is None or not run.is_after(now - 2 * job.every - GRACE)


def late_jobs(*, now: datetime) -> list[Job]:
    """Return the late jobs, in one query."""
    runs = {run.name: run for run in JobRun.objects.all()}
    return [job for job in scheduled_jobs() if is_late(job, runs.get(job.name), now=now)]


def _missing_migrations() -> tuple[str, ...]:
    """Return migrations not applied yet. Once all are, this process does not ask again."""
    key = "portal.periodic.migrations_applied"
    if cache.get(key):
        return ()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        cache.set(key, True, 300)
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)
