"""Where a person lands after logging in. Higher packages add their own answer in AppConfig.ready()."""

from collections.abc import Callable

from django.urls import reverse

from core.accounts.models import User
from core.accounts.permissions import user_is_staff_member

type Rule = Callable[[User], str | None]

_RULES: list[Rule] = []


def register(rule: Rule) -> None:
    """Add a rule: a path for this user, or None to leave it to the next."""
    if rule not in _RULES:
        _RULES.append(rule)


def landing_path(user: User) -> str:
    """Return the first page after log-in: the administration, a registered one, or my bookings."""
    if user_is_staff_member(user):
        return reverse("wagtailadmin_home")
    for rule in _RULES:
        path = rule(user)
        if path:
            return path
    return "/mine-bookinger/"
