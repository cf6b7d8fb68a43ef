"""Who is staff, and whether this session has passed the second factor (X2)."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

if TYPE_CHECKING:
    from core.accounts.models import User

SECOND_FACTOR_SET_UP_KEY = "accounts_second_factor_set_up"
"""Session key: the id of the user who set up a second factor in this very session."""


def user_is_staff_member(user: "User | AnonymousUser") -> bool:
    """Return whether the user may open the administration, by whatever group or permission.

    Permissions are read once per user object: they do not change within a request.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_staff or user.has_perm("wagtailadmin.access_admin")


def has_passed_second_factor(request: HttpRequest, user: "User | AnonymousUser") -> bool:
    """Return whether this session proved a second factor of this user, or set one up.

    The records are what allauth writes at each step of a log-in; a session made any other way has none.
    """
    from allauth.account.internal.flows.login import get_authentication_records

    if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
        return True
    return user.pk is not None and request.session.get(SECOND_FACTOR_SET_UP_KEY) == user.pk
