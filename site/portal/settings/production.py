"""Production: everything secret or local comes from the environment and is required there."""

from portal.settings import env
from portal.settings.base import *  # noqa: F403 - settings modules extend base by design

SECRET_KEY = env.text("PORTAL_SECRET_KEY")
# Former keys: links, sessions and apps made under them still work while they stand here.
SECRET_KEY_FALLBACKS = env.words("PORTAL_SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env.words("PORTAL_ALLOWED_HOSTS", "")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

PORTAL_SEAL_REQUIRED = True

SECURE_SSL_REDIRECT = env.flag("PORTAL_HTTPS_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz(/web)?$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("PORTAL_BEHIND_TLS_PROXY", default=False) else None
)
SECURE_HSTS_SECONDS = env.integer("PORTAL_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

_MAIL_BACKENDS = {
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "brevo": "anymail.backends.brevo.EmailBackend",
    "mailgun": "anymail.backends.mailgun.EmailBackend",
    "mailjet": "anymail.backends.mailjet.EmailBackend",
    "postmark": "anymail.backends.postmark.EmailBackend",
    "sendgrid": "anymail.backends.sendgrid.EmailBackend",
}
_mail_service = env.text("PORTAL_MAIL_SERVICE", "smtp")
if _mail_service not in _MAIL_BACKENDS:
    raise env.ImproperlyConfigured(
        f"PORTAL_MAIL_SERVICE is {_mail_service!r}: write one of {', '.join(sorted(_MAIL_BACKENDS))}."
    )
if _mail_service == "smtp":
    _mail_options: dict[str, object] = {
        "host": env.text("PORTAL_SMTP_HOST", "localhost"),
        "port": env.integer("PORTAL_SMTP_PORT", 25),
        "username": env.text("PORTAL_SMTP_USER", ""),
        "password": env.text("PORTAL_SMTP_PASSWORD", ""),
        "use_tls": env.flag("PORTAL_SMTP_TLS", default=False),
        "timeout": 20,
    }
else:
    _mail_options = {"api_key": env.text("PORTAL_MAIL_API_KEY")}
    # Postmark calls its key so; everybody else says api_key.
    if _mail_service == "postmark":
        _mail_options = {"server_token": _mail_options["api_key"]}
    if _mail_service == "mailjet":
        _mail_options["secret_key"] = env.text("PORTAL_MAIL_API_SECRET")
PORTAL_MAIL_SERVICE = _mail_service
MAILERS = {"default": {"BACKEND": _MAIL_BACKENDS[_mail_service], "OPTIONS": _mail_options}}
