"""The mails of a package whose visit or evening is withdrawn while the other stays (rules 3 and 6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from booking import links, wording
from booking.enums import BookingState
from booking.ical import calendar_attachments
from booking.mail_types import Build, register_mail
from booking.messages import provider_addresses
from booking.models import BookedSession, Booking
from booking.reading import booked_of, booking_with_details
from core.links.tokens import absolute_url
from core.outbox.operations import queue_message
from core.outbox.registry import Content


def tell_part_withdrawn(booking: Booking, left: Sequence[BookedSession], *, now: datetime) -> None:
    """Queue what the school and the providers of what was withdrawn read; once for each part."""
    ids = sorted(item.pk for item in left)
    providers = {item.session.provider_id: item.session.provider for item in left}
    addresses = [
        ("provider_part_withdrawn", to, language)
        for _pk, provider in sorted(providers.items())
        for to, language in provider_addresses(provider)
    ]
    if booking.contact_email:
        addresses.append(("booking_part_withdrawn", booking.contact_email, booking.language))
    for mail_type, to, language in addresses:
        queue_message(
            mail_type=mail_type,
            to=to,
            ids={"booking": booking.pk, "to": to, "booked": ids},
            language=language,
            key=f"{mail_type}:{booking.pk}:{'-'.join(map(str, ids))}:{to}",
            about=f"booking:{booking.pk}",
            now=now,
        )


def register_package_mails() -> None:
    """Register the mails of this module (called when Django is ready)."""
    for name, audience, title, placeholders in (
        (
            "booking_part_withdrawn",
            "school",
            _("Part of a package withdrawn (booking)"),
            ("reference", "dates", "rest", "manage_url"),
        ),
        (
            "provider_part_withdrawn",
            "provider",
            _("Part of a package withdrawn (to the provider)"),
            ("reference", "dates", "school", "provider_url"),
        ),
    ):
        is_providers = audience == "provider"
        register_mail(name, audience, title, placeholders, _builder(placeholders, for_provider=is_providers))


def _builder(placeholders: Sequence[str], *, for_provider: bool) -> Build:
    def build(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
        booking = booking_with_details(ids["booking"])
        if booking is None:
            return None
        left = [
            item
            for item in booking.booked_sessions.all()
            if item.pk in ids["booked"] and item.state == BookingState.WITHDRAWN
        ]
        if not left:
            return None
        with translation.override(language):
            values = {
                "reference": booking.reference,
                "dates": "\n".join(wording.titled_date_text(item.session) for item in left),
                "rest": "\n".join(wording.titled_date_text(item.session) for item in booked_of(booking)),
                "school": booking.school_name,
                "manage_url": links.manage_url(booking),
                "provider_url": absolute_url("/udbyder/"),
            }
        return Content(
            placeholders={name: values[name] for name in placeholders},
            attachments=calendar_attachments(left, language, to=ids["to"], for_provider=for_provider),
            delete_on=booking.delete_after,
        )

    return build
