"""Addresses under /konto/: the pages of allauth that are used here, and no others.

Sign-up, password reset, changing the address and third-party accounts do not exist: a code by e-mail is
all a person needs, and the administration changes addresses. Names stay allauth's own.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.cache import never_cache

from core.accounts import views
from core.limits.limits import limited

_passkey_limit = limited("login_password_ip")

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", views.log_in, name="account_login"),
    path("login/kode/", account.request_login_code, name="account_request_login_code"),
    path("login/kode/indtast/", account.confirm_login_code, name="account_confirm_login_code"),
    path("login/noegle/", _passkey_limit(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("login/trin-2/", never_cache(mfa.authenticate), name="mfa_authenticate"),
    path("log-af/", account.logout, name="account_logout"),
    path("lukket/", account.account_inactive, name="account_inactive"),
    path("bekraeft/", account.reauthenticate, name="account_reauthenticate"),
    path("bekraeft/kode/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("bekraeft/noegle/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("totrin/", mfa.index, name="mfa_index"),
    path("totrin/app/", never_cache(totp.activate_totp), name="mfa_activate_totp"),
    path("totrin/app/fjern/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("totrin/noegler/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("totrin/noegler/ny/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("totrin/noegler/<int:pk>/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("totrin/noegler/<int:pk>/fjern/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path(
        "totrin/reservekoder/",
        never_cache(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "totrin/reservekoder/nye/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "totrin/reservekoder/hent/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
