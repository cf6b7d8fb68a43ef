"""Watching the seal and checking everything that was signed: what does not add up becomes a task and a mail."""

import logging
from datetime import datetime

from django.db import transaction

from charter import notices
from charter.errors import SealError
from charter.gate import local_day
from charter.sealing import current_seal
from charter.verification import Report, verify_everything
from charter.work_items import CHARTER, DOUBT, SEAL_EXPIRES, SEAL_FAILED
from core.audit.log import SYSTEM, record
from core.worklist.models import WorkItem
from core.worklist.operations import close_item, close_items, open_item

EXPIRY_STEPS = (60, 30, 7, 0)
"""How many days before the seal's certificate ends the team is told; on the last step it has ended."""

_log = logging.getLogger(__name__)


def report_seal_failure(code: str, *, now: datetime) -> None:
    """Tell the team that a document could not be sealed: a task and a mail, once a day and kind of failure.

    Call it outside the transaction of the signing, which does not happen.
    """
    _log.error("A document could not be sealed: %s", code)
    key = f"{SEAL_FAILED}:{code}:{local_day(now):%Y-%m-%d}"
    with transaction.atomic():
        item = open_item(key=key, kind=SEAL_FAILED, subject=CHARTER, data={"code": code}, now=now)
        notices.tell_of_failed_seal(item, now=now)


def watch_seal(now: datetime) -> int:
    """Open a task and queue a mail 60, 30 and 7 days before the seal's certificate ends, and when it has ended.

    Days on which the job did not run are not made up for: the step that is due now is told, once. A new
    certificate closes the tasks of the old one. Returns how many tasks are open.
    """
    try:
        seal = current_seal()
    except SealError as error:
        report_seal_failure(error.code, now=now)
        return 1
    subject = f"seal:{seal.certificate.fingerprint[:16]}" if seal else ""
    with transaction.atomic():
        for item in WorkItem.objects.open().filter(kind=SEAL_EXPIRES).exclude(subject=subject):
            close_item(item_id=item.pk, resolution="renewed", actor=SYSTEM, now=now)
        if seal is None:
            return 0
        ends_on = local_day(seal.certificate.not_after)
        left = (ends_on - local_day(now)).days
        due = [step for step in EXPIRY_STEPS if left <= step]
        if not due:
            return 0
        key = f"{SEAL_EXPIRES}:{seal.certificate.fingerprint[:16]}:{due[-1]}"
        if not WorkItem.objects.filter(key=key).exists():
            close_items(kind=SEAL_EXPIRES, subject=subject, resolution="closer", actor=SYSTEM, now=now)
            item = open_item(
                key=key,
                kind=SEAL_EXPIRES,
                subject=subject,
                data={"name": seal.certificate.name, "ends_on": ends_on.isoformat()},
                now=now,
            )
            notices.tell_of_expiring_seal(item, now=now)
        return WorkItem.objects.open().filter(kind=SEAL_EXPIRES).count()


def check_signatures(now: datetime) -> Report:
    """Check all records, files and seals; what does not add up is a task, a mail, and degraded health until dealt with.

    Once a day at most: a task that somebody closed opens again the day after, as long as the cause is there.
    """
    report = verify_everything(now=now)
    if report.is_intact:
        return report
    codes = sorted({finding.code for finding in report.findings})
    _log.error("%s things about signatures do not add up: %s", len(report.findings), ", ".join(codes))
    key = f"{DOUBT}:{local_day(now):%Y-%m-%d}"
    with transaction.atomic():
        is_new = not WorkItem.objects.filter(key=key).exists()
        if is_new:
            close_items(kind=DOUBT, subject=CHARTER, resolution="checked_again", actor=SYSTEM, now=now)
        item = open_item(
            key=key,
            kind=DOUBT,
            subject=CHARTER,
            data={"count": len(report.findings), "codes": codes},
            now=now,
        )
        if is_new:
            record("charter.doubt", CHARTER, actor=SYSTEM, now=now, count=len(report.findings), codes=codes)
            notices.tell_of_doubt(item, now=now)
    return report
