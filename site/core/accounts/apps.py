"""Registers core.accounts with Django, and Wagtail's user administration with our forms."""

from django.apps import AppConfig
from django.urls import reverse
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "core.accounts"
    label = "accounts"
    default = True

    def ready(self) -> None:
        """Connect what follows a migration, a log-in or a change of second factor; add the mails."""
        from core.accounts import emails, signal_handlers
        from core.outbox.registry import register_page

        signal_handlers.connect_write_roles()
        emails.register_mail_types()
        register_page("user", lambda pk: reverse("wagtailusers_users:edit", args=[pk]))


class UsersConfig(WagtailUsersAppConfig):
    """wagtail.users with our viewset (Wagtail's documented way to change it)."""

    user_viewset = "core.accounts.viewsets.PortalUserViewSet"
