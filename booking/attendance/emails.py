"""The mails that ask for a report, read from the database when they are sent (rule 5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from booking import wording
from booking.attendance.asking import REMINDER_MAIL, REPORT_MAIL
from booking.attendance.links import report_url
from booking.attendance.reading import what_was_booked
from booking.attendance.rules import correction_ends
from core.outbox.registry import Content, MailType, register
from workshops.enums import UPCOMING_STATES
from workshops.models import Session

_RETENTION_DAYS = 400
_PLACEHOLDERS = ("title", "date", "dates", "booked", "report_url", "deadline")


def register_report_mails() -> None:
    """Register the mails (called when Django is ready)."""
    for name, title in (
        (REPORT_MAIL, gettext_lazy("Report the session (to the provider)")),
        (REMINDER_MAIL, gettext_lazy("Report the session: reminder (to the provider)")),
    ):
        register(
            MailType(
                name=name,
                audience="provider",
                title=title,
                placeholders=_PLACEHOLDERS,
                retention_days=_RETENTION_DAYS,
                build=_build,
            )
        )


def _build(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Nothing once it is reported, cancelled, moved ahead, or its link is replaced or over."""
    session = Session.objects.filter(pk=ids["session"]).first()
    if session is None or session.state not in UPCOMING_STATES or session.ends_at > now:
        return None
    if ids["generation"] != session.link_generation or now >= correction_ends(session.ends_at):
        return None
    with translation.override(language):
        values = {
            "title": session.title_in(language),
            "date": wording.day_text(session.local_date),
            "dates": wording.when_text(session),
            "booked": booked_text(session),
            "report_url": report_url(session),
            "deadline": wording.moment_text(correction_ends(session.ends_at)),
        }
    return Content(placeholders=values)


def booked_text(session: Session) -> str:
    """Return what was booked, a line each class, or the seats."""
    booked = what_was_booked(session)
    lines = [
        _("%(school)s, %(name)s: %(pupils)s pupils")
        % {"school": line.school, "name": line.name, "pupils": line.pupils}
        for line in booked.classes
    ]
    if booked.seats:
        lines.append(
            ngettext("%(count)s seat was booked", "%(count)s seats were booked", booked.seats)
            % {"count": booked.seats}
        )
    return "\n".join(lines)
