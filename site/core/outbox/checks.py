"""Start-up checks: every mail type has its texts, and they use exactly the placeholders it fills."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from core.outbox import sms
from core.outbox.errors import MailTextError
from core.outbox.registry import Audience, MailType, every_type
from core.outbox.texts import COMMON_PLACEHOLDERS, SUBJECT_PLACEHOLDERS, UNPROVEN_PLACEHOLDERS, text_for


@register()
def check_mail_types(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report missing texts, unknown and unused placeholders, and subjects that could carry a name."""
    return [message for mail_type in every_type() for message in check_mail_type(mail_type)]


@register()
def check_sms_gateway(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a gateway that cannot be used; none is fine."""
    if not sms.is_on():
        return []
    try:
        gateway = sms.gateway()
    except (ImportError, TypeError) as error:
        return [Error(f"PORTAL_SMS_ADAPTER {settings.PORTAL_SMS_ADAPTER!r}: {error}", id="outbox.E007")]
    found: list[CheckMessage] = []
    if isinstance(gateway, sms.HttpGateway):
        if not settings.PORTAL_SMS_URL.startswith("https://"):
            found.append(Error("PORTAL_SMS_URL must begin with https://.", id="outbox.E008"))
        if not settings.PORTAL_SMS_TOKEN:
            found.append(Error("Set PORTAL_SMS_TOKEN.", id="outbox.E009"))
    return found


def check_mail_type(mail_type: MailType) -> Iterable[CheckMessage]:
    """Yield what is wrong with one mail type."""
    if mail_type.audience not in set(Audience):
        yield Error(
            f"Mail type {mail_type.name}: audience {mail_type.audience!r} is unknown.", id="outbox.E005"
        )
    if mail_type.audience == Audience.UNPROVEN:
        own = {name for name in mail_type.placeholders if name.endswith("_url")} | UNPROVEN_PLACEHOLDERS
        if typed := set(mail_type.placeholders) - own:
            yield Error(
                f"Mail type {mail_type.name}: {', '.join(sorted(typed))} could be typed by a stranger, "
                "and goes to an unproven address.",
                id="outbox.E006",
            )
    for language, _name in settings.LANGUAGES:
        where = f"emails/{language}/{mail_type.name}.txt"
        try:
            text = text_for(mail_type.name, language)
        except MailTextError as error:
            yield Error(f"{where}: {error}", id="outbox.E001")
            continue
        known = set(mail_type.placeholders)
        if unknown := text.placeholders - known - COMMON_PLACEHOLDERS:
            yield Error(f"{where} uses unknown placeholders: {', '.join(sorted(unknown))}.", id="outbox.E002")
        if unused := known - text.placeholders:
            yield Error(f"{where} lacks placeholders: {', '.join(sorted(unused))}.", id="outbox.E003")
        if forbidden := text.subject_placeholders - SUBJECT_PLACEHOLDERS:
            yield Error(
                f"{where}: a subject may not carry {', '.join(sorted(forbidden))} (it could hold a name).",
                id="outbox.E004",
            )
