"""Links and codes that open a form: one purpose, one thing, an end (X1)."""

from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac

from booking.evaluation.rules import link_ends
from booking.models import AnswerCode, BookedSession
from core.links.tokens import absolute_url, make_token

EVALUATE = "evaluation"


def evaluation_path(booked: BookedSession) -> str:
    """Return the address of the form about one booked session, in the language of the booking."""
    token = make_token(
        EVALUATE, booked.pk, booked.booking.link_generation, expires_at=link_ends(booked.session.ends_at)
    )
    with translation.override(booked.booking.language):
        return reverse("evaluation_link", args=[token])


def evaluation_url(booked: BookedSession) -> str:
    """Return the whole address, for mails."""
    return absolute_url(evaluation_path(booked))


def opt_out_url(booked: BookedSession) -> str:
    """Return the whole address of the page that stops these mails."""
    return f"{evaluation_url(booked)}nej-tak/"


def code_url(code: AnswerCode) -> str:
    """Return the whole address that a code opens, for a class link."""
    with translation.override("da"):
        return absolute_url(reverse("evaluation_code", args=[code.code]))


def address_hash(email: str) -> str:
    """Return the keyed hash of an address that does not want to be asked."""
    return salted_hmac("booking.evaluation", email.strip().lower(), algorithm="sha256").hexdigest()
