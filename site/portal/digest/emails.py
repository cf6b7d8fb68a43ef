"""The digest of open tasks: counts and links, no person (N5, rule 10)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from core.links.tokens import absolute_url
from core.outbox.registry import Audience, Content, MailType, register
from core.worklist.kinds import get
from core.worklist.models import WorkItem
from core.worklist.querysets import KindCounts
from core.worklist.views import attention_url, urgency
from portal.digest.enums import Cadence
from portal.digest.operations import MAIL_TYPE, may_have_digest


def _digest(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Count what is open now; nothing when all is done, or the person no longer wants or may have it."""
    user = User.objects.filter(pk=ids["user"]).exclude(digest=None).select_related("digest").first()
    if user is None or user.digest.cadence == Cadence.OFF or not may_have_digest(user):
        return None
    awake = WorkItem.objects.awake(now=now)  # what sleeps is not told
    counts = awake.counts_by_kind(now=now, user_id=user.pk)
    if not counts:
        return None
    own = sum(counted.mine for counted in counts.values())
    return Content(
        {
            "count": str(sum(counted.open for counted in counts.values())),
            "tasks": "\n".join(_line(kind, counted) for kind, counted in sorted(counts.items(), key=urgency)),
            "own": ngettext("%(own)s of them is yours.", "%(own)s of them are yours.", own) % {"own": own}
            if own
            else "",
            "staff_url": absolute_url(attention_url()),
            "settings_url": absolute_url(reverse("wagtailadmin_account")),
        }
    )


def _line(kind: str, counted: KindCounts) -> str:
    url = absolute_url(attention_url(kind=kind))
    values = {"kind": get(kind).title, "items": counted.open, "late": counted.late, "url": url}
    if counted.late:
        return gettext("%(kind)s: %(items)s, %(late)s of them overdue. %(url)s") % values
    return gettext("%(kind)s: %(items)s. %(url)s") % values


def register_mail_types() -> None:
    """Add the mail of this app."""
    register(
        MailType(
            name=MAIL_TYPE,
            audience=Audience.STAFF,
            title=_("Open tasks: digest to each of the staff"),
            placeholders=("count", "tasks", "own", "staff_url", "settings_url"),
            retention_days=30,
            build=_digest,
        )
    )
