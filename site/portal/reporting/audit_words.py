"""What the audit log calls the acts of this package."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "goal.added": _("Yearly goal added"),
    "goal.changed": _("Yearly goal changed"),
    "goal.deleted": _("Yearly goal deleted"),
    "school_counting.changed": _("What school types count as changed"),
}

SUBJECTS: dict[str, Any] = {
    "goal": _("Yearly goal"),
    "school_counting": _("What school types count as"),
}
