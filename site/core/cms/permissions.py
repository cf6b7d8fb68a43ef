"""Who may do what with pages: as Wagtail says, asked for once."""

from typing import Any

from wagtail.models import AbstractPage, Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import register_permission_policy


class PagePolicy(PagePermissionPolicy):
    """Wagtail's policy. The menu of every page of the administration asks for the page a person's tree begins with."""

    def explorable_root_instance(self, user: Any) -> Page | None:
        """Return the page whose tree a person works in: the one their permissions name, where all name the same."""
        if not user.is_superuser:
            # Read with the permissions. Several have an ancestor in common, which is to be looked up.
            named = {page.pk: page for page in self.instances_with_direct_explore_permission(user)}
            if len(named) == 1:
                return next(iter(named.values()))
        return super().explorable_root_instance(user)


def connect() -> None:
    """Take the place of Wagtail's own."""
    register_permission_policy(AbstractPage, PagePolicy())
