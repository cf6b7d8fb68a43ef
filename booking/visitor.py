"""What the site knows of a visitor without an account: a browser key, and addresses proven in this browser."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "pladshold"
"""Holds the started booking together: technically necessary, listed on the cookie page."""

_MAX_AGE = int(timedelta(hours=24).total_seconds())
_PROVEN = "proven_addresses"


def browser_key(request: HttpRequest) -> str:
    """Return this browser's key, or an empty text when it has none."""
    try:
        return str(request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=_MAX_AGE))
    except signing.BadSignature:
        return ""


def new_browser_key() -> str:
    """Return a fresh unguessable key."""
    return secrets.token_urlsafe(24)


def keep_browser_key(response: HttpResponse, key: str) -> None:
    """Set the cookie that ties a started booking to this browser."""
    response.set_signed_cookie(
        COOKIE,
        key,
        salt=COOKIE,
        max_age=_MAX_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def remember_proven(request: HttpRequest, email: str) -> None:
    """Remember that this browser's visitor has shown the address to be theirs."""
    proven = request.session.get(_PROVEN, [])
    if email not in proven:
        request.session[_PROVEN] = [*proven, email][-5:]


def has_proven(request: HttpRequest, email: str) -> bool:
    """Whether the visitor is logged in with the address, or proved it in this browser."""
    user = request.user
    if user.is_authenticated and user.email == email:
        return True
    return settings.SESSION_COOKIE_NAME in request.COOKIES and email in request.session.get(_PROVEN, [])


def proven_emails(request: HttpRequest) -> frozenset[str]:
    """Return the addresses the visitor has shown to be theirs: the log-in's, and those proven in this browser."""
    found = {request.user.email} if request.user.is_authenticated else set()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        found |= set(request.session.get(_PROVEN, []))
    return frozenset(found - {""})
