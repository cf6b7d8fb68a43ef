"""What happened to a task: who did what, when."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.accounts.models import User
from core.audit.models import Entry
from core.worklist.models import WorkItem


@dataclass(frozen=True)
class Event:
    """One line of it."""

    at: datetime
    what: str
    who: str


def history_of(item: WorkItem) -> list[Event]:
    """Return what happened to a task, newest first, in two queries."""
    entries = list(Entry.objects.filter(subject=f"work_item:{item.pk}").select_related("actor"))
    given_to = {entry.data.get("assignee") for entry in entries} - {None}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=given_to)} if given_to else {}
    events = [Event(entry.at, _what(entry, names), _who(entry)) for entry in entries]
    return [*events, Event(item.opened_at, _("Opened"), _("The portal"))]


def _who(entry: Entry) -> str:
    if entry.actor:
        return str(entry.actor)
    return _("The portal") if entry.actor_kind == "system" else _("A person who has left")


def _what(entry: Entry, names: dict[int, str]) -> str:
    if entry.action == "work_item.assigned":
        assignee = entry.data.get("assignee")
        if assignee is None:
            return _("Put back")
        if assignee == entry.actor_id:
            return pgettext("a task", "Taken")
        return _("Given to %(name)s") % {"name": names.get(assignee, _("a person who has left"))}
    if entry.action == "work_item.snoozed":
        day = date_format(date.fromisoformat(entry.data["wakes_on"]), "j. F Y")
        return _("Put off until %(day)s") % {"day": day}
    return entry.action_name()
