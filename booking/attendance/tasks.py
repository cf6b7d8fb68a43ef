"""The task that a session without report makes for the team."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking import wording
from core.worklist.kinds import Kind, register
from core.worklist.models import WorkItem

REPORT_MISSING = "report_missing"


def register_kinds() -> None:
    """Register the kind (called when Django is ready)."""
    register(Kind(REPORT_MISSING, gettext_lazy("Session without report"), _describe, _url))


def _describe(item: WorkItem) -> str:
    return _("%(title)s on %(date)s, %(provider)s: not reported yet.") % {
        "title": item.data.get("title", ""),
        "date": wording.day_text(date.fromisoformat(item.data["date"])) if item.data.get("date") else "",
        "provider": item.data.get("provider", ""),
    }


def _url(item: WorkItem) -> str:
    return reverse("session_admin_report", args=[item.subject.partition(":")[2]])
