"""Users in the administration: Wagtail's pages with our forms, and no way up to superuser."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from wagtail.users.views import users

from core.accounts.forms import UserAddForm, UserChangeForm
from core.accounts.models import User
from core.accounts.operations import tell_changes
from core.audit.log import Actor
from core.outbox.models import Message

_MAILS_SHOWN = 10


class AddUserView(users.CreateView):
    """A new user."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let only superusers make superusers."""
        return {**super().get_form_kwargs(), "may_make_superusers": self.request.user.is_superuser}


class EditUserView(users.EditView):
    """An existing user, with the newest mails to them and what became of each (N4)."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Refuse to change a superuser for anybody else: a new password there would be a way up."""
        super().setup(request, *args, **kwargs)
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let only superusers make superusers."""
        return {**super().get_form_kwargs(), "may_make_superusers": self.request.user.is_superuser}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the mails, for those who may see mails."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if self.request.user.has_perm("outbox.view_message"):
            mails = Message.objects.filter(to_email=self.object.email).prefetch_related("deliveries")
            context["mails"] = mails[:_MAILS_SHOWN]
        return context

    def save_instance(self) -> User:
        """Save; tell the old address when the person gets another, and note a change of rights."""
        before = User.objects.get(pk=self.object.pk)
        groups = set(before.groups.values_list("name", flat=True))
        user: User = super().save_instance()
        tell_changes(
            user_id=user.pk,
            old_email=before.email,
            old_groups=groups,
            was_active=before.is_active,
            actor=Actor.of(self.request.user),
            now=timezone.now(),
        )
        return user


class PortalUserViewSet(users.UserViewSet):
    """Users whose name is their address."""

    add_view_class = AddUserView
    edit_view_class = EditUserView
    edit_template_name = "admin/users/edit.html"

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return our forms."""
        return UserChangeForm if for_update else UserAddForm
