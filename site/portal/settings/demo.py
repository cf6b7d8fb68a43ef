"""The demo: production's behaviour on one machine, with a mailbox page and printed log-ins."""

import hashlib
import secrets

from portal.settings import env
from portal.settings.base import *  # noqa: F403 - settings modules extend base by design
from portal.settings.base import VAR_DIR

PORTAL_IS_DEMO = True
# The providers of the demo year have signed for twelve months each (DOMAIN.md 7.2).
PORTAL_CHARTER_MODE = "rolling"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
PORTAL_SHOWS_STYLEGUIDE = True
DEMO_DIR = VAR_DIR / "demo"


def _kept_secret() -> str:
    """Return this demo's secret key, made once and kept beside its database."""
    DEMO_DIR.mkdir(parents=True, exist_ok=True)
    path = DEMO_DIR / "secret_key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = _kept_secret()
DATABASES = {"default": env.database("PORTAL_DATABASE_URL", sqlite_path=DEMO_DIR / "portal.sqlite3")}
MEDIA_ROOT = DEMO_DIR / "media"
STATIC_ROOT = DEMO_DIR / "static"
# Its own root and seal, made by `portal charter make-demo-seal`; their names say what they are worth.
PORTAL_SEAL_FILE = str(DEMO_DIR / "seal" / "seal.p12")
PORTAL_SEAL_PASSPHRASE = "demo"  # noqa: S105 - no secret
PORTAL_SEAL_CERTIFICATES = str(DEMO_DIR / "seal" / "published")
PORTAL_SEAL_REQUIRED = True
# Mail goes nowhere: the outbox keeps what was sent (PORTAL_IS_DEMO) and the mailbox page shows it.
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
# So do text messages.
PORTAL_SMS_ADAPTER = "core.outbox.sms.MailboxGateway"
PORTAL_SERVES_MEDIA = True
# The demo's own identity broker, which `portal demo` starts: it is not MitID and says so.
if _broker := env.text("PORTAL_DEMO_BROKER", ""):
    PORTAL_SIGNING_BROKERS = [
        {
            "name": "demo",
            "method": "demo_broker",
            "issuer": _broker,
            "client_id": "dannelsesportalen",
            "client_secret": hashlib.sha256(f"demo-broker:{SECRET_KEY}".encode()).hexdigest(),
            "acr_values": ["substantial"],
            "levels": ["substantial"],
            "identity_types": ["private", "professional"],
            "cvr_claim": "cvr",
        }
    ]
