"""What is mailed about an account."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.accounts.codes import code_of
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


def register_mail_types() -> None:
    """Add the mails of this app."""
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
