"""What the audit log calls the acts of the core."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "accounts.purged": _("Unused accounts deleted by rule"),
    "message.retried": _("Mail sent again"),
    "second_factor.added": _("Second factor set up"),
    "second_factor.removed": _("Second factor removed"),
    "second_factor.reset": _("Second factor reset"),
    "user.address_changed": _("E-mail address of a user changed"),
    "user.closed": _("User closed"),
    "user.opened": _("User opened"),
    "user.roles_changed": _("Roles of a user changed"),
    "work_item.assigned": _("Task given to somebody"),
    "work_item.closed": _("Task closed"),
}

SUBJECTS: dict[str, Any] = {
    "accounts": _("Accounts"),
    "message": _("Mail"),
    "user": _("User"),
    "work_item": _("Task"),
}
