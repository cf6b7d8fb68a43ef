"""The one job that deletes by rule: every part of it, whatever another part does, and a log of counts (D1)."""

import logging
from datetime import datetime

from django.db import connection

from core.audit.retention import all_rules
from core.privacy.models import RetentionRun
from core.privacy.reading import due_count
from portal.periodic.jobs import all_jobs, get

log = logging.getLogger(__name__)

NAME = "retention"
_LAST = ("purge_messages",)
"""Parts that take along what the parts before have let go."""


class RetentionFailedError(Exception):
    """Some parts failed; the others were done. What failed stands in the run."""


def parts() -> list[str]:
    """Return the deletions that the rules name, in the order in which they run."""
    names = {rule.deleted_by for rule in all_rules()}
    known = [job.name for job in all_jobs() if job.name in names]
    return [name for name in known if name not in _LAST] + [name for name in known if name in _LAST]


def run_retention(now: datetime) -> RetentionRun:
    """Delete what is due by every rule, and store how many rows went by each.

    Each part has its own transactions and may run twice. What failed is told after the rest is done.

    Raises:
        RetentionFailedError: at least one part failed; the run is stored.
    """
    before = {rule.name: due_count(rule.name, now=now) for rule in all_rules()}
    failures = []
    for name in parts():
        try:
            get(name).run(now)
        except Exception as error:
            log.exception("The deletion %s failed.", name)
            failures.append({"part": name, "error": type(error).__name__})
    counts = {name: due - due_count(name, now=now) for name, due in before.items() if due}
    run = RetentionRun.objects.create(
        at=now, counts={name: gone for name, gone in counts.items() if gone}, failures=failures
    )
    _empty_the_log_of_writes()
    if failures:
        raise RetentionFailedError(", ".join(failure["part"] for failure in failures))
    return run


def _empty_the_log_of_writes() -> None:
    """Let SQLite forget the pages that held what was deleted; a reader at work makes it wait for the next run."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
