"""The forms of log-in and second factor: our words, our limits, allauth's steps."""

from datetime import UTC, datetime
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, ReauthenticateForm, RequestLoginCodeForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MFAReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm

from core.accounts import codes
from core.accounts.models import User
from core.accounts.operations import account_for_code
from core.limits.errors import LimitExceededError
from core.limits.limits import client_ip, hit


def _address_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter a whole e-mail address, as name@school.dk."),
            "max_length": _("Enter a whole e-mail address, as name@school.dk."),
        },
    )


def _code_field(label: Any, missing: Any, hint: Any = "", *, numeric: bool = False) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    if numeric:
        attrs["inputmode"] = "numeric"
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=40,
        widget=forms.TextInput(attrs={**attrs, "class": "input-char-11"}),
        error_messages={"required": missing},
    )


def _password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )


class RequestCodeForm(RequestLoginCodeForm):
    """An address that a code is sent to, whoever it belongs to."""

    email = _address_field()

    def clean_email(self) -> str:
        """Count the request and find or make the account. Raises LimitExceededError (the 429 page)."""
        email = str(self.cleaned_data["email"]).lower()
        now = timezone.now()
        hit("login_code_ip", client_ip(context.request), now=now)
        hit("login_code_email", email, now=now)
        self._user = account_for_code(email=email, language=get_language() or settings.LANGUAGE_CODE, now=now)
        return email


class ConfirmCodeForm(ConfirmLoginCodeForm):
    """The code from the mail."""

    code = _code_field(
        _("Code"),
        _("Enter the code from the e-mail."),
        _("Eight letters, as BCDF-GHJK. Small or capital letters, with or without the hyphen."),
    )

    def clean_code(self) -> str:
        """Count the try and compare; allauth hands over the handle as the expected code."""
        hit("login_code_try_ip", client_ip(context.request), now=timezone.now())
        code = str(self.cleaned_data["code"])
        if not codes.is_code_of(code, self.expected_code or ""):
            raise forms.ValidationError(_("That is not the code. Check it, and type it again."), "wrong_code")
        return code


class PasswordLoginForm(LoginForm):
    """Address and password, for staff. Their second factor comes after."""

    password = _password_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _address_field()

    def _setup_password_field(self) -> None:
        """Keep the field: allauth drops it where sign-up asks for no password."""


class PasswordAgainForm(ReauthenticateForm):
    """The password once more, before something sensitive."""

    password = _password_field()


class _OnceOnlyMixin:
    """Limits guesses, and takes each code of an app once only, whichever process sees it."""

    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        """Count the guess, check the code, and note its time step as used."""
        now = timezone.now()
        hit("second_factor_user", self.user.pk, now=now)
        code: str = super().clean_code()  # type: ignore[misc]  # a mixin in front of allauth's form
        if self.authenticator.type == Authenticator.Type.TOTP:  # type: ignore[attr-defined]
            self._use_up(code)
        return code

    def _use_up(self, code: str) -> None:
        secret = totp.decrypt(self.authenticator.data["secret"])  # type: ignore[attr-defined]
        for step in totp.yield_hotp_counters_from_time():
            if totp.compare_user_code(
                actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))
            ):
                # Counted in the step's own window, so that both uses meet whatever the clock says.
                at = datetime.fromtimestamp(step * 30, UTC)
                try:
                    hit("totp_step", self.user.pk, step, now=at)
                except LimitExceededError:
                    raise get_mfa_adapter().validation_error("incorrect_code") from None


_SECOND_CODE = {
    "label": _("Code"),
    "missing": _("Enter the code from your app, or a recovery code."),
    "hint": _("Six digits from your app. You can also use one of your recovery codes."),
}


class SecondFactorForm(_OnceOnlyMixin, AuthenticateForm):
    """The code of the second factor while logging in."""

    code = _code_field(**_SECOND_CODE, numeric=True)


class SecondFactorAgainForm(_OnceOnlyMixin, MFAReauthenticateForm):
    """The code of the second factor once more, before something sensitive."""

    code = _code_field(**_SECOND_CODE, numeric=True)


class ActivateAppForm(ActivateTOTPForm):
    """The first code of a new app."""

    code = _code_field(_("Code from the app"), _("Enter the six digits that the app shows."), numeric=True)

    def clean_code(self) -> str:
        """Count the guess and check it."""
        hit("second_factor_user", self.user.pk, now=timezone.now())
        return str(super().clean_code())


class AddKeyForm(AddWebAuthnForm):
    """A new passkey. It always asks for fingerprint, face or PIN, so it is both factors in one."""

    name = forms.CharField(label=_("What you call it"), required=False, max_length=60)
    passwordless = forms.BooleanField(
        label=_("Log in with the passkey alone, without password or code"), required=False, initial=True
    )


class RenameKeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(
        label=_("What you call it"),
        max_length=60,
        error_messages={"required": _("Enter a name you will recognise.")},
    )


class _OurUserMixin:
    """Wagtail's user forms for a user whose name is the address, and who may log in without a password."""

    fields: dict[str, forms.Field]
    password_required = False

    def __init__(self, *args: Any, may_make_superusers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_make_superusers:
            self.fields.pop("is_superuser", None)

    def clean_email(self) -> str:
        """Store addresses in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()  # type: ignore[attr-defined]  # a mixin


class UserAddForm(_OurUserMixin, UserCreationForm):
    """A new user in the administration."""

    def save(self, commit: bool = True) -> User:
        """Save; without a password the person logs in by e-mail code only."""
        if not self.cleaned_data.get("password1"):
            self.instance.set_unusable_password()
        return super().save(commit=commit)


class UserChangeForm(_OurUserMixin, UserEditForm):
    """A user in the administration."""
