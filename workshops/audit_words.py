"""What the audit log calls the acts of this package."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "course.changed": _("Course changed"),
    "course.created": _("Course made"),
    "course.dissolved": _("Course dissolved"),
    "offer_draft_deleted": _("Draft of an offer deleted"),
    "offer_draft_published": _("Draft of an offer published"),
    "offer_draft_returned": _("Draft of an offer sent back"),
    "offer_draft_rules_refused": _("Booking rules of a draft could not be set"),
    "offer_draft_sent": _("Draft of an offer sent for approval"),
    "offer_draft_taken_back": _("Draft of an offer taken back"),
    "offer_created": _("Offer made"),
    "offer_rules_changed": _("Booking rules of the offer changed"),
    "reserved_released": _("Reserved places released"),
    "schedule.changed": _("Plan changed"),
    "schedule.created": _("Plan made"),
    "school.closed": _("School closed"),
    "school.merged": _("School merged into another"),
    "school.reopened": _("School opened again"),
    "schools.imported": _("Schools imported from the register"),
    "season.rolled": _("Season rolled to the next school year"),
    "session.cancelled": _("Date cancelled"),
    "session.closed": _("Date closed for booking"),
    "session.created": _("Date made"),
    "session.draft": _("Date made a draft again"),
    "session.edited": _("Date edited"),
    "session.held": _("Date held"),
    "session.limits_changed": _("Limits of a date changed"),
    "session.moved": _("Date moved"),
    "session.not_held": _("Date not held"),
    "session.open": _("Date opened for booking"),
    "session.removed": _("Date removed"),
}

SUBJECTS: dict[str, Any] = {
    "course": _("Course"),
    "offer": _("Offer"),
    "offer_draft": _("Draft of an offer"),
    "schedule": _("Plan"),
    "school": _("School"),
    "schools": _("Schools"),
    "session": _("Date"),
}
