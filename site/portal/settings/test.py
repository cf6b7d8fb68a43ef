"""The test suite: SQLite file or PostgreSQL by PORTAL_DATABASE_URL, fast hashing, no whitenoise scan."""

from portal.settings import env
from portal.settings.base import *  # noqa: F403 - settings modules extend base by design
from portal.settings.base import MIDDLEWARE, VAR_DIR

SECRET_KEY = "tests-only"  # noqa: S105 - not a secret
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
DATABASES = {"default": env.database("PORTAL_DATABASE_URL", sqlite_path=VAR_DIR / "test-base.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: races between threads and processes need one database that all can open.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
    # A test run need not survive a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] = DATABASES["default"]["OPTIONS"]["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# whitenoise rescans STATIC_ROOT for every test client: 0.17 s per test.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "test-media"
PORTAL_BASE_URL = "http://testserver"
WAGTAILADMIN_BASE_URL = PORTAL_BASE_URL
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
PORTAL_SHOWS_STYLEGUIDE = True
PORTAL_FRAME_CACHE_SECONDS = 0  # the same number of queries on every request
# The pages where the mail service reports exist only with a secret.
ANYMAIL = {"WEBHOOK_SECRET": "reporter:tests-only"}
PORTAL_MAIL_SERVICE = "brevo"
