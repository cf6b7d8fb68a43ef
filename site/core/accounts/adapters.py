"""How allauth behaves here: one address a person, codes through the outbox, limits in the database."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.accounts import codes
from core.accounts.landing import landing_path
from core.accounts.models import User
from core.accounts.operations import account_for_code, send_login_code
from core.accounts.permissions import user_is_staff_member
from core.limits.limits import client_ip, hit


class AccountAdapter(DefaultAccountAdapter):
    """Log-in by e-mail code for everyone, without telling who is known."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The address and the password do not belong together. Check both, or get a code by e-mail instead."
        ),
        "incorrect_code": _("That is not the code. Check it, and type it again."),
        "incorrect_password": _("That is not your password. Type it again."),
        "too_many_login_attempts": _("The code was wrong too many times. Get a new one."),
        "rate_limited": _("You have tried many times in a short while. Wait a little, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: asking for a code is enough."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer with data only where the passkey script asks for its challenge; with pages elsewhere."""
        match = request.resolver_match
        return (
            match is not None
            and match.url_name == "mfa_login_webauthn"
            and request.headers.get("Accept") == "application/json"
        )

    def is_safe_url(self, url: str | None) -> bool:
        """Return to paths of this site only, never to another host, whatever ALLOWED_HOSTS says."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's address as the limits see it."""
        return client_ip(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where this person works."""
        path = landing_path(request.user)  # type: ignore[arg-type]  # logged in at this point
        # The header leads back there from every page, without asking the database again.
        request.session["landing_path"] = path
        return path

    def generate_login_code(self) -> str:
        """Return a handle; allauth keeps it in the session in place of the code."""
        return codes.new_handle()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail with a code. Other mails of allauth have no use here and are not sent."""
        if template_prefix != "account/email/login_code":
            return
        now = timezone.now()
        language = get_language() or settings.LANGUAGE_CODE
        user = account_for_code(email=email, language=language, now=now)
        if user is not None:
            send_login_code(user=user, email=email, handle=context["code"], language=language, now=now)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: the audit log keeps changes of the second factor."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt, per visitor and per address (X4). Raises LimitExceededError."""
        now = timezone.now()
        hit("login_password_ip", client_ip(request), now=now)
        hit("login_password_email", credentials.get("email", ""), now=now)

    def _rollback_login_failed_rl_usage(self) -> None:
        """Keep the count after a success: one good log-in must not pay for guesses at another address."""

    def reauthenticate(self, user: User, password: str) -> bool:
        """Check the password of the person who is logged in."""
        self.pre_authenticate(self.request, email=user.email)
        return user.check_password(password)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: secrets encrypted at rest, and never the last one away from staff."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That is not the code. Type the one that your app shows now."),
        "cannot_delete_authenticator": _(
            "You need a second step to work in the administration. Add another one before you remove this."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret under SECRET_KEY."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret; an unreadable one matches no code."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return whether another second factor is left, for those who need one."""
        user = authenticator.user
        if not user_is_staff_member(user):
            return True
        factors = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return factors.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Suggest a name for a new passkey."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        name = _("My passkey") if number == 1 else _("Passkey {number}")
        return str(name).format(number=number)

    def _get_site_name(self) -> str:
        return settings.WAGTAIL_SITE_NAME


def _box() -> MultiFernet:
    """Return the box for secrets: locks with SECRET_KEY, opens with that or an earlier one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(hashlib.sha256(b"core.accounts.mfa:" + force_bytes(key)).digest())
            )
            for key in keys
        ]
    )
