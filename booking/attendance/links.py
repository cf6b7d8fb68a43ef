"""The link that reports one session, without a password (L8, X1)."""

from django.urls import reverse

from booking.attendance.rules import correction_ends
from core.links.tokens import absolute_url, make_token
from workshops.models import Session

REPORT = "session-report"


def report_path(session: Session) -> str:
    """Return the address: usable until the provider's time for corrections is over."""
    token = make_token(
        REPORT, session.pk, session.link_generation, expires_at=correction_ends(session.ends_at)
    )
    return reverse("session_report_link", args=[token])


def report_url(session: Session) -> str:
    """Return the whole address, for mails."""
    return absolute_url(report_path(session))
