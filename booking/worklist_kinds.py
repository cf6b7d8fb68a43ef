"""The tasks that bookings make for the administration."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking import wording
from charter.observers import CauseKind
from core.worklist.kinds import Kind, register
from core.worklist.models import WorkItem

APPROVAL = "booking_approval"
AFFECTED = "affected_booking"
OVERDUE = "approval_overdue"
CALL = "call_about_offer"

_REASONS = {
    "offer": gettext_lazy("the offer asks for approval"),
    "unknown_domain": gettext_lazy("unknown e-mail domain"),
    "grade": gettext_lazy("grade outside the offer"),
    "district": gettext_lazy("district outside the offer"),
}


def reason_texts(reasons: list[str]) -> list[str]:
    """Return why a booking needs approval, in words."""
    return [str(_REASONS.get(reason, reason)) for reason in reasons]


def _booking_url(item: WorkItem) -> str:
    return reverse("booking_admin_detail", args=[item.subject.partition(":")[2]])


def _describe_approval(item: WorkItem) -> str:
    return _("%(reference)s: %(reasons)s") % {
        "reference": item.data.get("reference", ""),
        "reasons": ", ".join(reason_texts(item.data.get("reasons", []))),
    }


_WHY_AFFECTED = {
    "school_closed": gettext_lazy(
        "%(reference)s: %(school)s closes before %(title)s on %(date)s. Keep or cancel?"
    ),
    "school_merged": gettext_lazy(
        "%(reference)s: %(school)s becomes part of %(heir)s before %(title)s on %(date)s. Keep or cancel?"
    ),
    "session_moved": gettext_lazy("%(reference)s: %(title)s is moved to %(date)s. Keep, move or cancel?"),
    "session_cancelled": gettext_lazy(
        "%(reference)s: %(title)s on %(date)s will not be held. Move or cancel the booking?"
    ),
}
_UNCOVERED = gettext_lazy(
    "%(reference)s: %(title)s on %(date)s is no longer covered (%(why)s). Keep, move or cancel?"
)
_WHY_UNCOVERED = {kind.value: kind.label for kind in CauseKind}


def _describe_call(item: WorkItem) -> str:
    until = wording.moment_text(datetime.fromisoformat(item.data["until"]))
    return _("%(reference)s has no e-mail: call before %(until)s.") % {
        "reference": item.data.get("reference", ""),
        "until": until,
    }


def _describe_affected(item: WorkItem) -> str:
    return str(_WHY_AFFECTED.get(item.data.get("cause", ""), _UNCOVERED)) % {
        "reference": item.data.get("reference", ""),
        "title": item.data.get("title", ""),
        "date": wording.day_text(date.fromisoformat(item.data["date"])) if item.data.get("date") else "",
        "school": item.data.get("school", ""),
        "heir": item.data.get("heir", ""),
        "why": str(_WHY_UNCOVERED.get(item.data.get("cause", ""), "")).lower(),
    }


def register_kinds() -> None:
    """Register the kinds (called when Django is ready)."""
    register(Kind(APPROVAL, gettext_lazy("Booking awaits approval"), _describe_approval, _booking_url))
    register(Kind(CALL, gettext_lazy("Call about an offered place"), _describe_call, _booking_url))
    register(Kind(AFFECTED, gettext_lazy("Booking affected by a change"), _describe_affected, _booking_url))
    register(Kind(OVERDUE, gettext_lazy("Booking not answered in time"), _describe_approval, _booking_url))
