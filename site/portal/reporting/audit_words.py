"""What the audit log calls the acts of this package."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "agreed_amount.added": _("Amount of an agreement entered"),
    "annual_report.closed": _("Year closed"),
    "annual_report.corrected": _("Closed year corrected by a new revision"),
    "goal.added": _("Yearly goal added"),
    "goal.changed": _("Yearly goal changed"),
    "goal.deleted": _("Yearly goal deleted"),
    "school_counting.changed": _("What school types count as changed"),
    "session_price.removed": _("Own price of a session taken away"),
    "session_price.set": _("Own price of a session entered"),
}

SUBJECTS: dict[str, Any] = {
    "annual_report": _("Yearly report"),
    "goal": _("Yearly goal"),
    "school_counting": _("What school types count as"),
}
