"""Development on one's own machine: debug pages, mail on the console."""

from portal.settings.base import *  # noqa: F403 - settings modules extend base by design

DEBUG = True
SECRET_KEY = "development-only-never-in-production"  # noqa: S105 - not a secret
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
INTERNAL_IPS = ["127.0.0.1"]
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
PORTAL_SHOWS_STYLEGUIDE = True
PORTAL_SERVES_MEDIA = True
