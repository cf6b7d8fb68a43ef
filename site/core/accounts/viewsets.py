"""Users in the administration: Wagtail's pages with our forms, and no way up to superuser."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail.users.views import users

from core.accounts.forms import UserAddForm, UserChangeForm


class AddUserView(users.CreateView):
    """A new user."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let only superusers make superusers."""
        return {**super().get_form_kwargs(), "may_make_superusers": self.request.user.is_superuser}


class EditUserView(users.EditView):
    """An existing user."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Refuse to change a superuser for anybody else: a new password there would be a way up."""
        super().setup(request, *args, **kwargs)
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let only superusers make superusers."""
        return {**super().get_form_kwargs(), "may_make_superusers": self.request.user.is_superuser}


class PortalUserViewSet(users.UserViewSet):
    """Users whose name is their address."""

    add_view_class = AddUserView
    edit_view_class = EditUserView

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return our forms."""
        return UserChangeForm if for_update else UserAddForm
