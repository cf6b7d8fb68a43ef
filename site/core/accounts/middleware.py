"""Staff are nobody until they have passed their second factor (X2)."""

import re
from collections.abc import Callable
from functools import partial

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from core.accounts.permissions import has_passed_second_factor, user_is_staff_member

_ACCOUNT_PATH = re.compile(r"^/(en/)?konto/")
"""Log-in, second factor and log-out: the only pages that see who is still half logged in."""


class SecondFactorMiddleware:
    """Treat staff without a passed second factor as visitors, everywhere but on the account pages.

    No list of staff pages can be forgotten this way: every view and permission sees an anonymous user.
    Under /admin/ they are sent to set the second factor up, or to show it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Guard the request's user; only asked for when the page looks at it."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not _ACCOUNT_PATH.match(request.path_info):
            user = request.user
            if request.path_info.startswith("/admin/") and _is_half_logged_in(request, user):
                return HttpResponseRedirect(_second_factor_url(request, user))
            request.user = SimpleLazyObject(partial(_trusted, request, user))  # type: ignore[assignment]
        return self.get_response(request)


def _is_half_logged_in(request: HttpRequest, user: object) -> bool:
    return user_is_staff_member(user) and not has_passed_second_factor(request, user)  # type: ignore[arg-type]


def _trusted(request: HttpRequest, user: object) -> object:
    return AnonymousUser() if _is_half_logged_in(request, user) else user


def _second_factor_url(request: HttpRequest, user: object) -> str:
    """Return where to set a second factor up or, when there is one, to show it."""
    if is_mfa_enabled(user, [Authenticator.Type.TOTP]):
        name = "mfa_reauthenticate"
    elif is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN]):
        name = "mfa_reauthenticate_webauthn"
    else:
        return reverse("mfa_index")
    return f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}"
