"""The yearly reminder to review the accessibility statement (A4)."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.cms.models import SiteFrame
from core.worklist import kinds
from core.worklist.models import WorkItem
from core.worklist.operations import open_item
from portal.periodic.jobs import Job
from portal.periodic.jobs import register as register_job

KIND = "accessibility_statement"
REVIEW_AFTER = timedelta(days=335)
"""A month before the year is over that the law allows."""


def remind_of_statement(now: datetime) -> int:
    """Open a task for each site whose statement was reviewed 11 months ago; return how many are due.

    One task a review: its date is part of the key, so that running the job again adds nothing.
    Source: DOMAIN.md 4.1 ("at least yearly").
    """
    frames = SiteFrame.objects.filter(was_reviewed_on__lte=timezone.localdate(now) - REVIEW_AFTER)
    due = 0
    for frame in frames:
        reviewed_on = frame.was_reviewed_on.isoformat()
        open_item(
            key=f"{KIND}:{frame.site_id}:{reviewed_on}",
            kind=KIND,
            subject=f"site:{frame.site_id}",
            now=now,
            data={"reviewed_on": reviewed_on},
        )
        due += 1
    return due


def _describe(item: WorkItem) -> str:
    day = date_format(datetime.fromisoformat(item.data["reviewed_on"]), "DATE_FORMAT")
    return _(
        "The accessibility statement was last reviewed on %(day)s. Go through it, and enter today's date under header, footer and contact."
    ) % {"day": day}


def _url(item: WorkItem) -> str:
    return f"/admin/settings/cms/siteframe/{item.subject.removeprefix('site:')}/"


def register_all() -> None:
    """Register the job and its kind of task."""
    register_job(
        Job(
            name="remind_of_accessibility_statement",
            title=_lazy("Review the accessibility statement at least once a year"),
            every=timedelta(days=1),
            run=remind_of_statement,
        )
    )
    kinds.register(
        kinds.Kind(
            name=KIND,
            title=_lazy("Accessibility statement: review it"),
            describe=_describe,
            url=_url,
        )
    )
