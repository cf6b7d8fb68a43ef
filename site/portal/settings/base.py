"""The settings every environment shares: complete and safe (DEBUG off, no default secret)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from portal.settings import env

PACKAGE_DIR = Path(__file__).resolve().parents[1]
ROOT = PACKAGE_DIR.parents[1]
IS_SOURCE_TREE = (ROOT / "pyproject.toml").exists()
TEMPLATE_DIR = ROOT / "templates" if IS_SOURCE_TREE else PACKAGE_DIR / "_templates"
VAR_DIR = Path(env.text("PORTAL_VAR_DIR", str(ROOT / "var" if IS_SOURCE_TREE else Path.cwd() / "var")))

DEBUG = False
SECRET_KEY = ""  # set by each environment; production reads PORTAL_SECRET_KEY
ALLOWED_HOSTS: list[str] = []

# Where links in mails, feeds and calendar entries point.
PORTAL_BASE_URL = env.text("PORTAL_BASE_URL", "http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "portal",
    "portal.home",
    "portal.periodic",
    "portal.digest",
    "portal.reporting",
    "booking",
    "workshops",
    "charter",
    "core.cms",
    "core.worklist",
    "core.outbox",
    "core.audit",
    "core.limits",
    "core.links",
    "core.privacy",
    "core.accounts",
    "recurrence",
    "anymail",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.redirects",
    "wagtail.locales",
    "wagtail.embeds",
    "wagtail.sites",
    "core.accounts.apps.UsersConfig",  # wagtail.users with our user pages
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.accounts.middleware.SecondFactorMiddleware",
    "core.limits.middleware.LimitsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.PathCSPMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [TEMPLATE_DIR],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "core.cms.context_processors.site_frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.database("PORTAL_DATABASE_URL", sqlite_path=VAR_DIR / "portal.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Caches hold nothing that is the truth anywhere; each process has its own (DESIGN.md 7).
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- people and log-in ---------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# allauth's own backend would also try addresses of its EmailAddress table; User.email is the only truth.
AUTHENTICATION_BACKENDS = [
    "core.accounts.backends.AccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/mine-bookinger/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "core.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "core.accounts.forms.PasswordLoginForm",
    "request_login_code": "core.accounts.forms.RequestCodeForm",
    "confirm_login_code": "core.accounts.forms.ConfirmCodeForm",
    "reauthenticate": "core.accounts.forms.PasswordAgainForm",
}
ACCOUNT_SESSION_REMEMBER = True  # SESSION_COOKIE_AGE for all; nobody is asked
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # core.limits counts in the database instead: right across processes
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a closed account gets no mail, and no other answer
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "core.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "core.accounts.forms.SecondFactorForm",
    "reauthenticate": "core.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "core.accounts.forms.ActivateAppForm",
    "add_webauthn": "core.accounts.forms.AddKeyForm",
    "edit_webauthn": "core.accounts.forms.RenameKeyForm",
}
MFA_TOTP_TOLERANCE = 1  # clocks of phones drift; each code still works once only (core.accounts.forms)
MFA_TOTP_ISSUER = "Dannelsesportalen"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Danish")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"
WAGTAIL_USER_TIME_ZONES = ["Europe/Copenhagen"]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
# django-recurrence serialises to UTC otherwise, and a 09:00 series becomes 08:00 in week 44 (STACK, rule 7).
RECURRENCE_USE_TZ = False

# --- files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Pictures that editors upload are served by the proxy in front; a small installation may let the portal do it.
PORTAL_SERVES_MEDIA = env.flag("PORTAL_SERVES_MEDIA", default=False)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files that no address serves directly: signed receipts. Views check who asks and send the bytes.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# --- security ------------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# How many proxies in front are trusted to append to X-Forwarded-For; 0 = use the peer's address.
PORTAL_TRUSTED_PROXIES = env.integer("PORTAL_TRUSTED_PROXIES", 0)

# --- mail ----------------------------------------------------------------------------------------
MAILERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
}
PORTAL_MAIL_FROM = env.text("PORTAL_MAIL_FROM", "Dannelsesportalen <dannelsesportalen@example.dk>")
PORTAL_MAIL_REPLY_TO = env.text("PORTAL_MAIL_REPLY_TO", "")
DEFAULT_FROM_EMAIL = PORTAL_MAIL_FROM
# Which service delivers: only its reports are heard. Production sets it.
PORTAL_MAIL_SERVICE = ""
ANYMAIL = {"WEBHOOK_SECRET": env.text("PORTAL_ANYMAIL_WEBHOOK_SECRET", "")}
# Text messages: the dotted path of a gateway (core.outbox.sms); empty = there are none, and nothing mentions them.
PORTAL_SMS_ADAPTER = env.text("PORTAL_SMS_ADAPTER", "")
PORTAL_SMS_URL = env.text("PORTAL_SMS_URL", "")
PORTAL_SMS_TOKEN = env.text("PORTAL_SMS_TOKEN", "")
PORTAL_SMS_SENDER = env.text("PORTAL_SMS_SENDER", "Dannelse")
# The mailbox page and stored bodies exist only where this is on: the demo.
PORTAL_IS_DEMO = False
# /styleguide for everyone, not only for staff: development, tests and the demo.
PORTAL_SHOWS_STYLEGUIDE = False

# --- background work -----------------------------------------------------------------------------
# Wagtail's own tasks (search and reference index) run at once; our mail has its own queue, the outbox.
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

# --- Wagtail -------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Dannelsesportalen"
WAGTAILADMIN_BASE_URL = PORTAL_BASE_URL
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # would send hashed addresses to another site (rule 14)
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_LOGIN_URL = "/konto/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/konto/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False  # an address is a log-in: only the administration changes one
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []  # no embeds: nothing is loaded from elsewhere
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "danish"},
}
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "pptx", "odt", "odp", "xlsx", "ods", "txt", "zip"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"

# --- the product's own -----------------------------------------------------------------------------
# How long a charter signature covers (C3): calendar_year (the charter periods in the admin) or rolling
# (12 months from signing, renewable from 6 months before its end).
PORTAL_CHARTER_MODE = env.choice("PORTAL_CHARTER_MODE", "calendar_year", {"calendar_year", "rolling"})
# Identity brokers that a signer can confirm through (docs/configuration.md), from a JSON file with their secrets.
PORTAL_SIGNING_BROKERS = env.json_list("PORTAL_SIGNING_BROKERS")
# Where a broker is configured: whether the one-time code by e-mail is still a way to sign.
PORTAL_SIGNING_EMAIL_CODE = env.flag("PORTAL_SIGNING_EMAIL_CODE", default=True)
# The seal on signed documents (PAdES): a PKCS#12, and the folder of all certificates that are published.
PORTAL_SEAL_FILE = env.text("PORTAL_SEAL_FILE", "")
PORTAL_SEAL_PASSPHRASE = env.text("PORTAL_SEAL_PASSPHRASE", "")
PORTAL_SEAL_CERTIFICATES = env.text("PORTAL_SEAL_CERTIFICATES", "")
# Nothing is signed without a seal where this is on: production.
PORTAL_SEAL_REQUIRED = False
PORTAL_TSA_URL = env.text("PORTAL_TSA_URL", "")
PORTAL_SEAL_LONG_TERM = env.flag("PORTAL_SEAL_LONG_TERM", default=False)
PORTAL_SEAL_ALLOW_LOWER = env.flag("PORTAL_SEAL_ALLOW_LOWER", default=False)
PORTAL_DOUBLE_BOOKING = env.choice("PORTAL_DOUBLE_BOOKING", "warn", {"warn", "refuse"})
PORTAL_TRAVEL_MINUTES = env.integer("PORTAL_TRAVEL_MINUTES", 30)
PORTAL_DEPARTMENT = env.text(
    "PORTAL_DEPARTMENT", "Beskæftigelses-, Integrations- og Erhvervsforvaltningen, Københavns Kommune"
)
PORTAL_CONTACT_EMAIL = env.text("PORTAL_CONTACT_EMAIL", "dannelsesportalen@example.dk")
PORTAL_CONTACT_PHONE = env.text("PORTAL_CONTACT_PHONE", "00 00 00 00")
PORTAL_WAS_URL = env.text("PORTAL_WAS_URL", "")  # the statement at was.digst.dk; empty = our own page

# How long a process may show header, footer and menu as it last read them.
PORTAL_FRAME_CACHE_SECONDS = 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.tasks": {"level": "WARNING"},  # says every index update, twice
        "portal": {"level": "INFO"},
        "core": {"level": "INFO"},
        "booking": {"level": "INFO"},
        "workshops": {"level": "INFO"},
        "charter": {"level": "INFO"},
    },
}
