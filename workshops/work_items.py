"""The tasks that planning makes for the administration."""

from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.worklist.kinds import Kind, register
from core.worklist.models import WorkItem

SCHOOL_EVENING = "evening_of_closing_school"


def _describe_evening(item: WorkItem) -> str:
    return _("%(title)s on %(date)s is for the parents of %(school)s, which closes or merges before.") % {
        "title": item.data.get("title", ""),
        "date": date_format(date.fromisoformat(item.data["date"])),
        "school": item.data.get("school", ""),
    }


def _session_url(item: WorkItem) -> str:
    return reverse("sessions:inspect", args=[item.subject.partition(":")[2]])


def register_kinds() -> None:
    """Register the kinds (called when Django is ready)."""
    register(
        Kind(SCHOOL_EVENING, gettext_lazy("Evening at a school that closes"), _describe_evening, _session_url)
    )
