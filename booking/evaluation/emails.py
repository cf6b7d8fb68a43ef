"""The mails that ask how it went, read from the database when they are sent (rule 5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy

from booking import wording
from booking.certificates.reading import certificate_of
from booking.evaluation.asking import ASKED_OF, MAILS
from booking.evaluation.links import address_hash, code_url, evaluation_url, opt_out_url
from booking.evaluation.rules import link_ends
from booking.links import certificate_url
from booking.mail_types import register_mail
from booking.models import AnswerCode, BookedSession, Booking, EvaluationAnswered, EvaluationOptOut
from core.outbox.registry import Content
from workshops.calendars import local_date_of
from workshops.enums import SessionState

_BOTH = ("title", "date", "evaluation_url", "deadline", "opt_out_url")
_CERTIFICATE = "certificate_url"
_PUPILS = ("pupils_code", "pupils_url", "pupils_deadline")


def register_evaluation_mails() -> None:
    """Register the mails (called when Django is ready)."""
    register_mail(
        MAILS["teacher"],
        "school",
        gettext_lazy("How did the visit go? (to the teacher)"),
        (*_BOTH, *_PUPILS),
        _build,
    )
    register_mail(
        MAILS["participants"],
        "person",
        gettext_lazy("How was the event? (to participants)"),
        (*_BOTH, _CERTIFICATE),
        _build,
    )


def _build(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Nothing once it is answered, over, found not held, handed over, or not wanted any more."""
    booked = (
        BookedSession.objects.select_related("booking", "session")
        .filter(pk=ids["booked"], state__in=ASKED_OF, session__state=SessionState.HELD)
        .first()
    )
    if (
        booked is None
        or booked.booking.contact_email != ids["to"]
        or now >= link_ends(booked.session.ends_at)
    ):
        return None
    if EvaluationAnswered.objects.filter(pk=booked.pk).exists():
        return None
    if EvaluationOptOut.objects.filter(address_hash=address_hash(ids["to"])).exists():
        return None
    with translation.override(language):
        values = {
            "title": booked.session.title_in(language),
            "date": wording.day_text(booked.session.local_date),
            "evaluation_url": evaluation_url(booked),
            "deadline": wording.moment_text(link_ends(booked.session.ends_at)),
            "opt_out_url": opt_out_url(booked),
        }
        if booked.session.audience == "school":
            values |= _pupils(booked, now=now)
        else:
            values[_CERTIFICATE] = _certificate_url(booked, now=now)
    return Content(placeholders=values, delete_on=booked.booking.delete_after)


def _certificate_url(booked: BookedSession, *, now: datetime) -> str:
    """Return where the certificate is fetched; empty where there is none, and the line goes (V3)."""
    booking = Booking.objects.with_details().get(pk=booked.booking_id)
    return certificate_url(booking) if certificate_of(booking, now=now).is_ready else ""


def _pupils(booked: BookedSession, *, now: datetime) -> dict[str, str]:
    """Return the pupils' code; empty where there is none, and the lines go."""
    code = AnswerCode.objects.filter(session=booked.session_id, ends_at__gt=now).first()
    if code is None:
        return dict.fromkeys(_PUPILS, "")
    return {
        "pupils_code": code.code,
        "pupils_url": code_url(code),
        "pupils_deadline": wording.day_text(local_date_of(code.ends_at)),
    }
