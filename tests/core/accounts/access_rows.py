"""Who opens the account pages: each person their own, visitors only those of log-in."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt

from tests.access.rows import LOGIN, row


def passkey_of_the_teacher(world):
    key, _created = Authenticator.objects.get_or_create(
        user=world.people["teacher"], type=Authenticator.Type.WEBAUTHN, data={"name": encrypt("Nøgle")}
    )
    return {"pk": key.pk}


ROWS = [
    row("account_login", anonymous=200, logged_in=302),
    row("account_request_login_code", anonymous=200, logged_in=302),
    row("account_confirm_login_code", everyone=302),
    row("mfa_login_webauthn", everyone=302),
    row("mfa_authenticate", everyone=302),
    row("account_logout", anonymous=302, logged_in=200),
    row("account_logout", method="post", everyone=302),
    row("account_inactive", everyone=200),
    row("account_reauthenticate", anonymous=LOGIN, persons=403, providers=403, staff=200),
    row("mfa_reauthenticate", anonymous=LOGIN, persons=403, providers=403, staff=200),
    row("mfa_index", anonymous=LOGIN, logged_in=200),
    row("mfa_activate_totp", anonymous=LOGIN, logged_in=(200, 302)),
    row("mfa_deactivate_totp", anonymous=LOGIN, persons=404, providers=404, staff=302),
    row("mfa_list_webauthn", anonymous=LOGIN, logged_in=200),
    row("mfa_add_webauthn", anonymous=LOGIN, logged_in=(200, 302)),
    row(
        "mfa_edit_webauthn",
        passkey_of_the_teacher,
        anonymous=LOGIN,
        persons=(302, 404),
        providers=404,
        staff=302,
    ),
    row(
        "mfa_remove_webauthn",
        passkey_of_the_teacher,
        method="post",
        anonymous=LOGIN,
        persons=(302, 404),
        providers=404,
        staff=302,
    ),
    row("mfa_view_recovery_codes", anonymous=LOGIN, logged_in=404),
    row("mfa_generate_recovery_codes", anonymous=LOGIN, persons=(200, 302), providers=(200, 302), staff=302),
    row("mfa_download_recovery_codes", anonymous=LOGIN, logged_in=404),
]
