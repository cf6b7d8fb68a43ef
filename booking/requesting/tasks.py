"""The tasks that requests make for the administration."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from booking import wording
from booking.enums import RequestState, UrgentTopic
from booking.models import DateRequest
from booking.operations.requesting import SCHOOL_ENDS, UNANSWERED, URGENT
from core.worklist import watches
from core.worklist.kinds import Kind, register
from core.worklist.models import WorkItem


def _request_url(item: WorkItem) -> str:
    return reverse("request_admin_detail", args=[item.subject.partition(":")[2]])


def _describe_unanswered(item: WorkItem) -> str:
    return _("%(reference)s: %(title)s. Nobody has answered for seven days.") % {
        "reference": item.data.get("reference", ""),
        "title": item.data.get("title", ""),
    }


def _describe_urgent(item: WorkItem) -> str:
    topic = item.data.get("topic", "")
    return _("%(reference)s: %(topic)s. Phone today.") % {
        "reference": item.data.get("reference", ""),
        "topic": UrgentTopic(topic).label if topic in UrgentTopic else topic,
    }


def _describe_school_ends(item: WorkItem) -> str:
    heir = item.data.get("heir", "")
    text = (
        _(
            "%(reference)s: %(school)s becomes part of %(heir)s on %(day)s. Ask whether the request still stands."
        )
        if heir
        else _("%(reference)s: %(school)s closes on %(day)s. Ask whether the request still stands.")
    )
    return text % {
        "reference": item.data.get("reference", ""),
        "school": item.data.get("school", ""),
        "heir": heir,
        "day": wording.day_text(date.fromisoformat(item.data["closes"])),
    }


def register_kinds() -> None:
    """Register the kinds, and the requests that wait (called when Django is ready)."""
    watches.register(
        watches.Watch(
            name="requests",
            title=_lazy("Requests that await an answer"),
            count=lambda now: DateRequest.objects.filter(state=RequestState.SENT).count(),
            url=lambda: f"{reverse('requests:index')}?where={RequestState.SENT}",
            permission="booking.view_daterequest",
        )
    )
    register(Kind(UNANSWERED, _lazy("Request without an answer"), _describe_unanswered, _request_url))
    register(Kind(SCHOOL_ENDS, _lazy("Request of a school that closes"), _describe_school_ends, _request_url))
    register(Kind(URGENT, _lazy("Help after an incident"), _describe_urgent, _request_url))
