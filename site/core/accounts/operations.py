"""Making, finding and deleting accounts; queueing what is mailed about them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet, RestrictedError

from core.accounts.models import User
from core.audit.log import SYSTEM, Actor, record
from core.outbox.operations import close_undelivered, queue_message

UNUSED_FOR = timedelta(days=7)
"""How long an account lives that nobody has logged in to."""


def account_for_code(*, email: str, language: str, now: datetime) -> User | None:
    """Return the active account of an address, made on the spot when there is none; None when it is closed.

    Everybody may ask: the page and the mail are the same for known and unknown addresses (X4).
    """
    address = email.strip().lower()
    user, _created = User.objects.get_or_create(
        email=address,
        defaults={"password": "!", "language": language, "is_provisional": True, "date_joined": now},
    )
    return user if user.is_active else None


def send_login_code(*, user: User, email: str, handle: str, language: str, now: datetime) -> None:
    """Queue the mail with a code. The outbox keeps the handle, never the code (core.accounts.codes)."""
    lifetime = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
    with transaction.atomic():
        queue_message(
            mail_type="login_code",
            to=email,
            ids={"handle": handle, "until": int((now + lifetime).timestamp())},
            language=language,
            key=f"login_code:{handle}",
            about=f"user:{user.pk}",
            now=now,
        )


def tell_changes(
    *,
    user_id: int,
    old_email: str,
    old_groups: Collection[str],
    was_active: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Note in the audit log what the administration changed about a person, and tell a left address.

    An address is a log-in: whoever had it must hear that it no longer is theirs (DESIGN.md 5, Links).
    """
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        groups = sorted(user.groups.values_list("name", flat=True))
        if groups != sorted(old_groups):
            record("user.roles_changed", f"user:{user.pk}", actor=actor, now=now, roles=groups)
        if user.is_active != was_active:
            action = "user.opened" if user.is_active else "user.closed"
            record(action, f"user:{user.pk}", actor=actor, now=now)
        if user.email != old_email:
            close_undelivered(to=old_email, about=f"user:{user.pk}", actor=actor, now=now)
            entry = record("user.address_changed", f"user:{user.pk}", actor=actor, now=now)
            queue_message(
                mail_type="address_changed",
                to=old_email,
                ids={"user": user.pk},
                language=user.language,
                key=f"address_changed:{entry.pk}",
                about=f"user:{user.pk}",
                now=now,
            )


def reset_second_factor(*, user_id: int, actor: Actor, now: datetime) -> int:
    """Remove every second factor and recovery code of a person, and end their sessions; returns how many.

    They set up a new one at the next log-in. Who asks must be known by another way than mail.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        removed, _per_model = Authenticator.objects.filter(user=user).delete()
        for session in Session.objects.filter(expire_date__gt=now).iterator():
            if session.get_decoded().get("_auth_user_id") == str(user.pk):
                session.delete()
        record("second_factor.reset", f"user:{user.pk}", actor=actor, now=now, removed=removed)
    return removed


def unused_accounts(now: datetime) -> QuerySet[User]:
    """Return accounts made by asking for a code and never logged in to, that nothing refers to.

    One that anything refers to (a membership, a group) was given by somebody, and stays.
    """
    unused = User.objects.filter(
        is_provisional=True,
        last_login=None,
        date_joined__lt=now - UNUSED_FOR,
        is_superuser=False,
        is_staff=False,
        groups=None,
    )
    for relation in User._meta.related_objects:
        if relation.related_model._meta.app_label in {"account", "mfa", "socialaccount"}:
            continue
        name = relation.field.name
        unused = unused.exclude(
            Exists(relation.related_model._default_manager.filter(**{name: OuterRef("pk")}))
        )
    return unused


def delete_unused_accounts(*, now: datetime) -> int:
    """Delete accounts made by asking for a code and never logged in to; returns how many."""
    deleted = 0
    for user in unused_accounts(now):
        try:
            with transaction.atomic():
                user.delete()
        except (ProtectedError, RestrictedError):
            continue
        deleted += 1
    if deleted:
        record("accounts.purged", "accounts", actor=SYSTEM, now=now, count=deleted)
    return deleted
