"""Who a session belongs to, and what the person may do: read in two statements a request."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from core.accounts.models import User


class AccountBackend(ModelBackend):
    """Django's own backend, which would read the settings, the groups' and the person's permissions one by one."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person with their settings of the administration: every page of it asks for them."""
        found = User.objects.select_related("wagtail_userprofile").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions of a person's groups and their own, as `app.codename`, read once for the object."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None or user_obj.is_superuser:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            of_groups = Group.permissions.through.objects.filter(group__user=user_obj.pk)
            own = User.user_permissions.through.objects.filter(user=user_obj.pk)
            rows = (
                Permission.objects.filter(
                    Q(pk__in=of_groups.values("permission")) | Q(pk__in=own.values("permission"))
                )
                .order_by()
                .values_list("content_type__app_label", "codename")
            )
            user_obj._perm_cache = {f"{app}.{codename}" for app, codename in rows}
        return set(user_obj._perm_cache)
