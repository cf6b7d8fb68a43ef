"""Who is staff, and whether this session has passed the second factor (X2)."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest

if TYPE_CHECKING:
    from core.accounts.models import User

SECOND_FACTOR_SET_UP_KEY = "accounts_second_factor_set_up"
"""Session key: the id of the user who set up a second factor in this very session."""


def user_is_staff_member(user: "User | AnonymousUser") -> bool:
    """Return whether the user may open the administration, by whatever group or permission.

    Asked once per user object: permissions do not change within a request.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser or user.is_staff:
        return True
    from django.contrib.auth.models import Permission  # models import this module

    answer: bool | None = getattr(user, "_is_staff_member", None)
    if answer is None:
        answer = (
            Permission.objects.filter(codename="access_admin", content_type__app_label="wagtailadmin")
            .filter(Q(group__user=user.pk) | Q(user=user.pk))
            .exists()
        )
        user._is_staff_member = answer  # type: ignore[attr-defined]  # remembered on the object only
    return answer


def has_passed_second_factor(request: HttpRequest, user: "User | AnonymousUser") -> bool:
    """Return whether this session proved a second factor of this user, or set one up.

    The records are what allauth writes at each step of a log-in; a session made any other way has none.
    """
    from allauth.account.internal.flows.login import get_authentication_records

    if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
        return True
    return user.pk is not None and request.session.get(SECOND_FACTOR_SET_UP_KEY) == user.pk
