"""What the audit log calls the acts of the core."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "accounts.emptied": _("Accounts emptied by rule"),
    "accounts.purged": _("Unused accounts deleted by rule"),
    "mail_text.kept": _("Mail text kept although the standard text changed"),
    "mail_text.reset": _("Mail text back to the standard text"),
    "mail_text.saved": _("Mail text changed"),
    "mail_text.tried": _("Test of a mail text sent"),
    "message.read": _("Mail looked at"),
    "audit.exported": _("Event log exported"),
    "own_data.exported": _("Own data exported"),
    "own_data.read": _("Own data looked at"),
    "person.erased": _("A person’s data deleted"),
    "person.exported": _("A person’s data exported"),
    "person.searched": _("A person’s data searched for"),
    "message.previewed": _("Mail looked at in a preview"),
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
    "work_item.snoozed": _("Task put off"),
    "work_item.woken": _("Task taken back from its sleep"),
}

SUBJECTS: dict[str, Any] = {
    "accounts": _("Accounts"),
    "mail_text": _("Mail text"),
    "message": _("Mail"),
    "audit": _("Audit log"),
    "person": _("Person"),
    "user": _("User"),
    "work_item": _("Task"),
}
