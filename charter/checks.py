"""Deployment checks: a portal in production can seal, and others can check what it sealed."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils import timezone

from charter.errors import SealError
from charter.sealing import current_seal, published
from charter.work_items import failure_text

EXPIRES_SOON = timedelta(days=60)


@register(deploy=True)
def check_seal(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a seal that is missing, unreadable, expired, a demo's, or not published."""
    if not settings.PORTAL_SEAL_REQUIRED:
        return []
    try:
        seal, known = current_seal(), published()
    except SealError as error:
        detail = f"{failure_text(error.code)} {error.args[0] if error.args else ''}".strip()
        return [Error(f"Nobody can sign the charter. {detail}", hint="See docs/seal.md.", id="charter.E001")]
    if seal is None:
        return []
    found: list[CheckMessage] = []
    certificate, now = seal.certificate, timezone.now()
    if not certificate.is_valid_at(now):
        found.append(Error("The seal's certificate is not valid today.", id="charter.E002"))
    elif certificate.not_after - now < EXPIRES_SOON:
        found.append(
            Warning(f"The seal's certificate ends on {certificate.not_after:%Y-%m-%d}.", id="charter.W001")
        )
    if certificate.is_demo and not settings.PORTAL_IS_DEMO:
        found.append(Error("The seal is a demo's: its key proves nothing.", id="charter.E003"))
    if not known.is_ours(certificate.fingerprint) or not known.roots:
        found.append(
            Error(
                "The seal's certificate or its root is not in PORTAL_SEAL_CERTIFICATES: nobody could check a document.",
                hint="portal charter seal --publish",
                id="charter.E004",
            )
        )
    if settings.PORTAL_TSA_URL and urlsplit(settings.PORTAL_TSA_URL).scheme not in {"http", "https"}:
        found.append(Error("PORTAL_TSA_URL must begin with http:// or https://.", id="charter.E005"))
    if settings.PORTAL_SEAL_LONG_TERM and not settings.PORTAL_TSA_URL:
        found.append(Error("PORTAL_SEAL_LONG_TERM needs PORTAL_TSA_URL.", id="charter.E006"))
    if settings.PORTAL_TSA_URL and not known.time_stamp_roots:
        found.append(
            Warning(
                "No root of the time-stamp authority lies in the folder tsa of PORTAL_SEAL_CERTIFICATES: "
                "its time stamps cannot be trusted when a document is checked.",
                id="charter.W002",
            )
        )
    return found
