"""What happens when Django or allauth tell of something: migrations done, a log-in, a second factor."""

from typing import Any

from allauth.account.internal.flows.login import clear_authentication_records
from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from core.accounts.models import User
from core.accounts.permissions import SECOND_FACTOR_SET_UP_KEY
from core.accounts.roles import ensure_roles
from core.audit.log import Actor, record


def write_roles(*, using: str = "default", **_kwargs: Any) -> None:
    """Give the staff groups their permissions once all tables exist.

    Django makes permissions app by app, after this app's own turn: they are made here first.
    """
    for app_config in apps.get_app_configs():
        create_permissions(app_config, verbosity=0, using=using)
    ensure_roles()


def connect_write_roles() -> None:
    """Listen once per migration, for this app's turn."""
    post_migrate.connect(
        write_roles, sender=apps.get_app_config("accounts"), dispatch_uid="accounts_write_roles"
    )


@receiver(user_logged_in, dispatch_uid="accounts_logged_in")
def keep_proven(*, user: User, **_kwargs: Any) -> None:
    """Keep the account for good: its address has been proven."""
    if user.is_provisional:
        user.is_provisional = False
        user.save(update_fields=["is_provisional"])


@receiver(authenticator_added, dispatch_uid="accounts_second_factor_added")
def open_administration(*, request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    """Let the session in which a second factor was set up pass: it has just been shown."""
    if authenticator.type != "recovery_codes":
        request.session[SECOND_FACTOR_SET_UP_KEY] = user.pk
    record(
        "second_factor.added",
        f"user:{user.pk}",
        actor=Actor.of(user),
        now=timezone.now(),
        type=str(authenticator.type),
    )


@receiver(authenticator_removed, dispatch_uid="accounts_second_factor_removed")
def note_removed(*, request: HttpRequest, user: User, authenticator: Any, **_kwargs: Any) -> None:
    """Note that a second factor is gone; with the last one this session has shown none."""
    if not is_mfa_enabled(user):
        request.session.pop(SECOND_FACTOR_SET_UP_KEY, None)
        clear_authentication_records(request)
    record(
        "second_factor.removed",
        f"user:{user.pk}",
        actor=Actor.of(user),
        now=timezone.now(),
        type=str(authenticator.type),
    )
