"""Personal links of requests and notices: one purpose, one row, an end (X1)."""

from datetime import timedelta

from django.urls import reverse
from django.utils import translation

from booking.models import DateNotice, DateRequest
from core.links.tokens import absolute_url, make_token

MANAGE = "request"
CONFIRM = "request-confirm"
SENT = "request-sent"
NOTICE = "date-notice"
_MANAGE_FOR = timedelta(days=500)
_CONFIRM_FOR = timedelta(days=2)
_SENT_FOR = timedelta(days=1)
_NOTICE_FOR = timedelta(days=400)


def manage_token(request: DateRequest) -> str:
    """Return the token of the request's own page."""
    expires_at = request.sent_at + _MANAGE_FOR
    return make_token(MANAGE, request.pk, request.link_generation, expires_at=expires_at)


def manage_path(request: DateRequest) -> str:
    """Return the address of the request's own page, in the request's language."""
    with translation.override(request.language):
        return reverse("request_detail", args=[manage_token(request)])


def manage_url(request: DateRequest) -> str:
    """Return the whole address of the request's own page, for mails."""
    return absolute_url(manage_path(request))


def confirm_path(request: DateRequest) -> str:
    """Return the address that confirms the e-mail address."""
    token = make_token(
        CONFIRM, request.pk, request.link_generation, expires_at=request.sent_at + _CONFIRM_FOR
    )
    with translation.override(request.language):
        return reverse("request_confirm", args=[token])


def sent_path(request: DateRequest) -> str:
    """Return the address of the receipt: it tells the reference and what happens now, nothing more."""
    token = make_token(SENT, request.pk, request.link_generation, expires_at=request.sent_at + _SENT_FOR)
    with translation.override(request.language):
        return reverse("request_sent", args=[token])


def notice_path(notice: DateNotice) -> str:
    """Return the address where a notice is confirmed, and where it is stopped."""
    expires_at = notice.created_at + _NOTICE_FOR
    token = make_token(NOTICE, notice.pk, notice.link_generation, expires_at=expires_at)
    with translation.override(notice.language):
        return reverse("notice_manage", args=[token])
