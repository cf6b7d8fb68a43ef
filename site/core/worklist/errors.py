"""Refusals of the work list: each tells the person what to do."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


class WorkItemError(Exception):
    """Something cannot be done with a task."""

    code = "work_item"


class ItemClosedError(WorkItemError):
    """A closed task is neither assigned, put off nor closed again by another."""

    code = "item_closed"

    def __str__(self) -> str:
        return _("The task is closed already.")


class ItemTakenError(WorkItemError):
    """Somebody else was faster."""

    code = "item_taken"

    def __str__(self) -> str:
        return _("A colleague has just taken the task.")


class NotAHandlerError(WorkItemError):
    """The person may not deal with tasks."""

    code = "not_a_handler"

    def __str__(self) -> str:
        return _("Choose a colleague who may deal with tasks.")


class DayNotAheadError(WorkItemError):
    """A task sleeps until tomorrow at the earliest."""

    code = "day_not_ahead"

    def __str__(self) -> str:
        return _("Choose a day from tomorrow on.")


class DayTooLateError(WorkItemError):
    """It would sleep past its deadline, or be forgotten."""

    code = "day_too_late"

    def __init__(self, latest: date) -> None:
        super().__init__(latest)
        self.latest = latest

    def __str__(self) -> str:
        return _("Choose %(day)s at the latest.") % {"day": date_format(self.latest, "j. F Y")}
