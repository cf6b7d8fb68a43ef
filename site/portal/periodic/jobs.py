"""The periodic jobs of the product. Each takes its work safely and may run twice or at once on every node."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.audit.retention import all_rules


@dataclass(frozen=True)
class Job:
    """One periodic job."""

    name: str
    title: Any
    """What staff read when it is late (a lazy translation)."""

    every: timedelta
    run: Callable[[datetime], Any]
    """Does the work due at `now`, however long it was not run. Safe to repeat."""


_JOBS: dict[str, Job] = {}


def register(job: Job) -> Job:
    """Add a job. Registering the same name again replaces it (ready() may run twice in tests)."""
    _JOBS[job.name] = job
    return job


def unregister(name: str) -> None:
    """Remove a job."""
    _JOBS.pop(name, None)


def get(name: str) -> Job:
    """Return a job. Raises KeyError."""
    return _JOBS[name]


def scheduled_jobs() -> list[Job]:
    """Return the jobs that run by themselves: a daily deletion that a retention rule names is a part of `retention`."""
    parts = {rule.deleted_by for rule in all_rules()} if "retention" in _JOBS else set()
    return [job for job in all_jobs() if job.name not in parts or job.every < timedelta(days=1)]


def all_jobs() -> list[Job]:
    """Return every registered job by name."""
    return [_JOBS[name] for name in sorted(_JOBS)]
