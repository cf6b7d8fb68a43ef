"""What a report's page shows: in which state it is, and the report in force in words."""

from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from booking import wording
from booking.attendance.reading import Booked
from booking.attendance.rules import correction_ends
from booking.enums import NotHeldReason
from booking.models import SessionReport
from booking.presentation import Row, Section
from workshops.enums import Audience, SessionState
from workshops.models import Session


class PageState(StrEnum):
    """Which page a visitor gets."""

    NOT_BEGUN = "not_begun"
    CANCELLED = "cancelled"
    ASK = "ask"
    REPORTED = "reported"
    CLOSED = "closed"
    """Reported, and the provider's time for corrections is over."""


def page_state(session: Session, report: SessionReport | None, *, by_staff: bool, now: datetime) -> PageState:
    """Return the state of a session's report, as this visitor may deal with it."""
    if session.state in (SessionState.CANCELLED, SessionState.DRAFT):
        return PageState.CANCELLED
    if session.starts_at > now:
        return PageState.NOT_BEGUN
    if report is None:
        return PageState.ASK
    if not by_staff and now >= correction_ends(session.ends_at):
        return PageState.CLOSED
    return PageState.REPORTED


def report_section(session: Session, report: SessionReport, booked: Booked) -> Section:
    """Return a report in words, class by class; who made it is said by the way only."""
    rows = [Row(_("Held"), _("Yes") if report.is_held else _("No"))]
    if not report.is_held:
        rows.append(Row(_("Why not"), str(NotHeldReason(report.reason).label)))
    names = {(line.booked_id, line.class_id): f"{line.name}, {line.school}" for line in booked.classes}
    for item in report.counts:
        name = names.get((item["booked"], item["class"]), _("A class"))
        rows.append(Row(name, _numbers(item["people"], item["adults"], is_school=True)))
    if report.is_held and len(report.counts) != 1:
        is_school = session.audience == Audience.SCHOOL
        label = _("In all") if report.counts else _("Came")
        rows.append(Row(label, _numbers(report.people, report.adults, is_school=is_school)))
    if report.note:
        rows.append(Row(_("Note"), report.note))
    by = f"{wording.moment_text(report.reported_at)}. {report.get_source_display()}."
    rows.append(Row(_("Reported"), by))
    return Section(_("The report"), rows)


def _numbers(people: int, adults: int, *, is_school: bool) -> str:
    if not is_school:
        return _("%(people)s participants") % {"people": people}
    return _("%(people)s pupils, %(adults)s adults") % {"people": people, "adults": adults}
