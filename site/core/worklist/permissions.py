"""Who sees tasks, and who deals with them."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from core.accounts.models import User


def user_can_see_tasks(user: Any) -> bool:
    """Whether a user may read the tasks."""
    return bool(user.has_perm("worklist.view_workitem") or user_can_handle_tasks(user))


def user_can_handle_tasks(user: Any) -> bool:
    """Whether a user may take, give, put off and close tasks."""
    return bool(user.has_perm("worklist.change_workitem"))


def handlers() -> QuerySet[User]:
    """Return those a task can be given to, by name, in one query."""
    permission = Permission.objects.filter(
        codename="change_workitem", content_type__app_label="worklist"
    ).values("pk")
    found: QuerySet[User] = User.objects.filter(
        Q(is_superuser=True)
        | Q(pk__in=User.objects.filter(groups__permissions__in=permission).values("pk"))
        | Q(pk__in=User.objects.filter(user_permissions__in=permission).values("pk")),
        is_active=True,
    )
    return found.order_by("first_name", "last_name", "email")
