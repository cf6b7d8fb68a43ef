"""Accounts that nobody uses any more: told first, then emptied to a number (rule 10).

The row stays, so that who decided, registered and read stays one and the same number in the log, and nobody can
approve what they registered themselves under a new name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from wagtail.models import APIToken, ModelLogEntry
from wagtail.users.models import UserProfile

from core.accounts.models import User
from core.audit.log import SYSTEM, record
from core.outbox.models import Message
from core.outbox.operations import queue_message

DORMANT_AFTER = timedelta(days=730)
WARNED_BEFORE = timedelta(days=30)
GONE_DOMAIN = "slettet.invalid"
"""An emptied account has an address here: the domain can never exist (RFC 2606)."""


@dataclass(frozen=True)
class Use:
    """Something that keeps an account alive, by a package that core does not know."""

    condition: Callable[[], Q]
    reason: Any
    """What the person is told (a lazy translation)."""

    ended: Callable[[User], Any] = lambda user: None
    """Deletes what hangs on an account that is emptied."""


_USES: dict[str, Use] = {}


def register_use(name: str, use: Use) -> None:
    """Add a use. Registering the same name again replaces it."""
    _USES[name] = use


def uses() -> list[Use]:
    """Return every registered use."""
    return list(_USES.values())


def known_users() -> QuerySet[User]:
    """Return the accounts that are still somebody's."""
    return User.objects.exclude(email__endswith=f"@{GONE_DOMAIN}")


def dormant_users(now: datetime) -> QuerySet[User]:
    """Return accounts of nobody's role that nobody has logged in to for two years, less the time of the warning."""
    found = (
        known_users()
        .filter(groups=None, is_superuser=False, is_staff=False, is_provisional=False)
        .annotate(seen_at=Coalesce("last_login", "date_joined"))
        .filter(seen_at__lt=now - DORMANT_AFTER + WARNED_BEFORE)
    )
    for use in uses():
        found = found.exclude(pk__in=User.objects.filter(use.condition()).values("pk"))
    return found


def warn_dormant_users(now: datetime) -> int:
    """Tell whoever has not logged in for nearly two years that the account ends; once. Returns how many (rule 5)."""
    warned = 0
    for user in dormant_users(now).exclude(_warned()).order_by("pk"):
        with transaction.atomic():
            queue_message(
                mail_type="account_ends",
                to=user.email,
                ids={"user": user.pk, "on": (now + WARNED_BEFORE).isoformat()},
                language=user.language,
                key=f"account_ends:{user.pk}:{now:%Y%m%d}",
                about=f"user:{user.pk}",
                now=now,
            )
        warned += 1
    return warned


def accounts_to_close(now: datetime) -> QuerySet[User]:
    """Return the accounts whose warning is a month old and that are still not used."""
    long_ago: dict[str, Any] = {"seen_at__lt": now - DORMANT_AFTER}
    return dormant_users(now).filter(_warned(before=now - WARNED_BEFORE), **long_ago)


def close_dormant_accounts(now: datetime) -> int:
    """Empty the accounts that nobody has used for two years, a month after they were told. Returns how many."""
    closed = 0
    for user in list(accounts_to_close(now).order_by("pk")):
        with transaction.atomic():
            empty_account(user.pk)
        closed += 1
    if closed:
        record("accounts.emptied", "accounts", actor=SYSTEM, now=now, count=closed)
    return closed


def empty_account(user_id: int) -> None:
    """Empty an account to its number: no name, no address, no way in. Runs in the caller's transaction; repeatable."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    old_email = user.email
    user.email = f"slettet-{user.pk}@{GONE_DOMAIN}"
    user.first_name, user.last_name = "Slettet", f"bruger {user.pk}"
    user.set_unusable_password()
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    for model in (EmailAddress, Authenticator, SocialAccount, UserProfile, APIToken):
        model.objects.filter(user=user).delete()
    for use in uses():
        use.ended(user)
    content_type = ContentType.objects.get_for_model(User)
    ModelLogEntry.objects.filter(content_type=content_type, object_id=str(user.pk)).update(
        label=str(user), data={}
    )
    end_log_ins(user_id=user.pk, email=old_email)


def end_log_ins(*, email: str, user_id: int | None = None) -> int:
    """End the log-ins of an account, and every browser session in which an address was proven. Returns how many."""
    ended = 0
    for session in Session.objects.iterator():
        values = session.get_decoded()
        is_users = user_id is not None and values.get("_auth_user_id") == str(user_id)
        if is_users or _holds(values, email.lower()):
            session.delete()
            ended += 1
    return ended


def _holds(value: Any, email: str) -> bool:
    if isinstance(value, str):
        return bool(email) and email in value.lower()
    if isinstance(value, dict):
        return any(_holds(item, email) for pair in value.items() for item in pair)
    return isinstance(value, list | tuple) and any(_holds(item, email) for item in value)


def _warned(*, before: datetime | None = None) -> Exists:
    told = Message.objects.filter(
        mail_type="account_ends",
        about=Concat(Value("user:"), Cast(OuterRef("pk"), CharField()), output_field=CharField()),
    )
    return Exists(told.filter(queued_at__lte=before) if before else told)
