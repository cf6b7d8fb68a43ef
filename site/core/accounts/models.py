"""The user: an e-mail address, a name and a language. Roles are groups and provider memberships."""

from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.accounts.permissions import user_is_staff_member


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address; addresses are stored in lower case."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user. Without a password the person logs in by e-mail code only."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user who may do everything."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by address whatever the case typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractUser):
    """A person with an e-mail address. Never one role column (DESIGN.md 5, People)."""

    username = None  # type: ignore[assignment]  # the e-mail address is the user name
    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(_("language"), max_length=5, default="da")
    is_provisional = models.BooleanField(_("not proven yet"), default=False, editable=False)
    """Made because somebody asked for a code to this address; false from the first log-in on."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()  # type: ignore[misc, assignment]  # replaces AbstractUser's manager

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
        ]

    @property
    def is_staff_member(self) -> bool:
        """Whether the person may open the administration, for templates."""
        return user_is_staff_member(self)

    def clean(self) -> None:
        """Store the address in lower case, whatever was typed."""
        super().clean()
        self.email = self.email.strip().lower()

    def __str__(self) -> str:
        return self.get_full_name() or self.email
