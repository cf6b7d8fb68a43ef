"""What is mailed about one's own data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.outbox.registry import Audience, Content, MailType, register
from core.privacy.links import own_data_url
from core.privacy.models import DataRequest


def _link(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Say the link, or nothing when its hour is over or a newer one was asked for."""
    asked = DataRequest.objects.filter(pk=ids["request"], expires_at__gt=now).first()
    return None if asked is None else Content({"url": own_data_url(asked)})


def _erased(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Say that it is done, and that something stays where it does: which, the page has said."""
    stayed = int(ids["stayed"])
    note = ngettext(
        "%(count)s thing stays for now, because we must keep it.",
        "%(count)s things stay for now, because we must keep them.",
        stayed,
    ) % {"count": stayed}
    return Content({"note": note if stayed else "", "contact": settings.PORTAL_CONTACT_EMAIL})


def register_mail_types() -> None:
    """Add the mails of this app."""
    register(
        MailType(
            name="own_data_link",
            audience=Audience.UNPROVEN,
            title=_("Link to one’s own data"),
            placeholders=("url",),
            retention_days=1,
            build=_link,
        )
    )
    register(
        MailType(
            name="data_erased",
            audience=Audience.PERSON,
            title=_("Somebody’s data has been deleted"),
            placeholders=("note", "contact"),
            retention_days=1,
            build=_erased,
            is_forgotten=True,
        )
    )
