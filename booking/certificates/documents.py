"""The certificate as a PDF: PDF/UA-1 and PDF/A-2a, in the language of the sign-up, the same bytes for the same facts."""

import re
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from booking import wording
from booking.certificates.reading import AttendedDate, Certificate
from core.typesetting import typeset

_TEMPLATE = Path(__file__).parent / "data" / "certificate.typ"
_LONGEST_WORD = 24
_BREAK = "\u200b"
"""A place where a line may end, without a sign."""


def certificate_pdf(certificate: Certificate) -> bytes:
    """Return the document of a certificate that is ready. It names the one who signed up, and only what was attended."""
    with override(certificate.booking.language):
        return typeset(_TEMPLATE, _facts(certificate))


def certificate_filename(certificate: Certificate) -> str:
    """Return what the file is called: its reference, nobody's name."""
    with override(certificate.booking.language):
        return _("certificate-%(reference)s.pdf") % {"reference": certificate.booking.reference}


def _facts(certificate: Certificate) -> dict[str, Any]:
    booking = certificate.booking
    sessions = [date.booked.session for date in certificate.dates]
    first = sessions[0]
    end = sessions[-1].ends_at.astimezone(UTC)
    is_group = any(date.booked.people > 1 for date in certificate.dates)
    title = first.title_in(booking.language)
    minutes = sum(int((session.ends_at - session.starts_at).total_seconds()) // 60 for session in sessions)
    return {
        "language": booking.language,
        "title": _("Certificate of participation"),
        "document_title": _("Certificate of participation: %(title)s") % {"title": title},
        "publisher": settings.PORTAL_DEPARTMENT,
        # Nothing is told by the clock: fetched again, it is the same file.
        "made_at_parts": [end.year, end.month, end.day, end.hour, end.minute, end.second],
        "name": _breakable(booking.contact_name),
        "organisation": _breakable(booking.organisation),
        "lead": _("This certifies that"),
        "statement": _statement(certificate) if is_group else _("has taken part in"),
        "offer": _breakable(title),
        "rows": [
            [
                _("Held by"),
                _breakable(wording.names_text(list(dict.fromkeys(s.provider.name for s in sessions)))),
            ],
            [_("Duration"), wording.duration_text(minutes)],
            [_("Reference number"), booking.reference],
        ],
        "dates_heading": _("When and where"),
        "columns": [_("Date"), _("Time"), _("Place"), *([_("Participants")] if is_group else [])],
        "dates": [_row(certificate, date, is_group=is_group) for date in certificate.dates],
        "issued": _("Issued by %(department)s.") % {"department": settings.PORTAL_DEPARTMENT},
        "page": _("Page"),
    }


def _statement(certificate: Certificate) -> str:
    """Return what is said of a sign-up of several: we know how many came, and who signed them up."""
    return _("has signed up %(seats)s people, and that %(count)s of them have taken part in") % {
        "seats": max(date.booked.people for date in certificate.dates),
        "count": max(date.people for date in certificate.dates),
    }


def _row(certificate: Certificate, date: AttendedDate, *, is_group: bool) -> list[str]:
    session = date.booked.session
    cells = [
        wording.date_text(session.starts_at),
        wording.time_text(session.starts_at, session.ends_at),
        _breakable(wording.place_text(certificate.booking, session)),
    ]
    return [*cells, str(date.people)] if is_group else cells


def _breakable(text: str) -> str:
    """Let a word that is longer than a line end anywhere: nothing runs off the page."""
    return re.sub(
        rf"\S{{{_LONGEST_WORD + 1},}}",
        lambda found: _BREAK.join(re.findall(rf".{{1,{_LONGEST_WORD}}}", found[0])),
        text,
    )
