"""Whether closed years are still what was closed: asked every night, and said as a task where not (R4)."""

import hashlib
import logging
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.audit.log import SYSTEM
from core.worklist.kinds import Kind
from core.worklist.models import WorkItem
from core.worklist.operations import close_items, open_item
from portal.reporting.yearly.models import AnnualReport, AnnualReportDocument
from workshops.calendars import local_date_of

ALTERED = "yearly_report_altered"
_SUBJECT = "yearly_reports"
_log = logging.getLogger(__name__)


def altered_reports() -> list[int]:
    """Return the reports whose content, or one of whose documents, is not what was locked. Reads one at a time."""
    altered = {report.pk for report in AnnualReport.objects.iterator(chunk_size=1) if not report.is_intact}
    for document in AnnualReportDocument.objects.iterator(chunk_size=1):
        if hashlib.sha256(bytes(document.content)).hexdigest() != document.sha256:
            altered.add(document.report_id)
    return sorted(altered)


def check_closed_years(now: datetime) -> list[int]:
    """Check every closed year; what was changed is a task, anew each day as long as it is so."""
    altered = altered_reports()
    if not altered:
        return altered
    _log.error("%s closed years are not what was locked: %s", len(altered), altered)
    with transaction.atomic():
        key = f"{ALTERED}:{local_date_of(now):%Y-%m-%d}"
        if not WorkItem.objects.filter(key=key).exists():
            close_items(kind=ALTERED, subject=_SUBJECT, resolution="checked_again", actor=SYSTEM, now=now)
            open_item(key=key, kind=ALTERED, subject=_SUBJECT, data={"reports": altered}, now=now)
    return altered


def _describe(item: WorkItem) -> str:
    number = len(item.data.get("reports", ()))
    return ngettext(
        "%(count)s yearly report is not what was locked.",
        "%(count)s yearly reports are not what was locked.",
        number,
    ) % {"count": number}


def _url(item: WorkItem) -> str:
    reports = item.data.get("reports") or []
    return reverse("annual_report:inspect", args=[reports[0]]) if reports else reverse("annual_report:index")


KIND = Kind(ALTERED, _("Yearly reports in doubt"), _describe, _url)
