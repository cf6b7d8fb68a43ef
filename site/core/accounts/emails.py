"""What is mailed about an account."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.accounts.closing import WARNED_BEFORE
from core.accounts.codes import code_of
from core.accounts.models import User
from core.links.tokens import absolute_url
from core.outbox.registry import Audience, Content, MailType, register


def _login_code(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Say the code, or nothing when its time is over: an old code would only confuse."""
    seconds_left = int(ids["until"]) - now.timestamp()
    if seconds_left <= 0:
        return None
    return Content(
        placeholders={"code": code_of(str(ids["handle"])), "minutes": str(max(1, round(seconds_left / 60)))}
    )


def _address_changed(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Say that the address no longer logs in; the new one is not told here."""
    return Content(placeholders={"contact": settings.PORTAL_CONTACT_EMAIL})


def _account_ends(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Say when the account ends; nothing where somebody has logged in meanwhile."""
    user = User.objects.filter(pk=ids["user"]).first()
    ends_at = datetime.fromisoformat(str(ids["on"]))
    if user is None or (user.last_login and user.last_login > ends_at - WARNED_BEFORE):
        return None
    return Content(
        {"date": date_format(localtime(ends_at), "j. F Y"), "url": absolute_url(settings.LOGIN_REDIRECT_URL)}
    )


def register_mail_types() -> None:
    """Add the mails of this app."""
    register(
        MailType(
            name="account_ends",
            audience=Audience.USER,
            title=_("An account that nobody uses is about to end"),
            placeholders=("date", "url"),
            retention_days=120,
            build=_account_ends,
        )
    )
    register(
        MailType(
            name="address_changed",
            audience=Audience.USER,
            title=_("The address of a log-in was changed"),
            placeholders=("contact",),
            retention_days=90,
            build=_address_changed,
        )
    )
    register(
        MailType(
            name="login_code",
            audience=Audience.UNPROVEN,
            title=_("Code for logging in"),
            placeholders=("code", "minutes"),
            retention_days=1,
            build=_login_code,
        )
    )
