"""The digest of open tasks: counts and links, no person (N5, rule 10)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from core.links.tokens import absolute_url
from core.outbox.registry import Audience, Content, MailType, register
from core.worklist.kinds import get
from core.worklist.models import WorkItem
from portal.digest.enums import Cadence
from portal.digest.operations import MAIL_TYPE, may_have_digest


def _digest(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Count what is open now; nothing when all is done, or the person no longer wants or may have it."""
    user = User.objects.filter(pk=ids["user"]).exclude(digest=None).select_related("digest").first()
    if user is None or user.digest.cadence == Cadence.OFF or not may_have_digest(user):
        return None
    counts = WorkItem.objects.all().counts_by_kind(now=now)
    if not counts:
        return None
    late_first = sorted(counts.items(), key=lambda pair: (-pair[1][1], -pair[1][0], str(get(pair[0]).title)))
    own = WorkItem.objects.open().filter(assignee=user).count()
    return Content(
        {
            "count": str(sum(items for items, _late in counts.values())),
            "tasks": "\n".join(_line(kind, items, late) for kind, (items, late) in late_first),
            "own": ngettext("%(own)s of them is yours.", "%(own)s of them are yours.", own) % {"own": own}
            if own
            else "",
            "staff_url": absolute_url(reverse("tasks:index") + "?is_open=open"),
            "settings_url": absolute_url(reverse("wagtailadmin_account")),
        }
    )


def _line(kind: str, items: int, late: int) -> str:
    url = absolute_url(f"{reverse('tasks:index')}?{urlencode({'kind': kind, 'is_open': 'open'})}")
    values = {"kind": get(kind).title, "items": items, "late": late, "url": url}
    if late:
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
