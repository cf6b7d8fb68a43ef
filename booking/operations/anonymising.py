"""Letting personal data go when its time has come; what was booked stays as counts (rule 10)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from booking.models import Booking
from booking.querysets import BookingQuerySet
from core.audit.log import SYSTEM, record
from core.outbox.operations import end_retention

_BATCH = 500
_EMPTIED: dict[str, Any] = {
    "contact_name": "",
    "contact_email": "",
    "contact_phone": "",
    "organisation": "",
    "pending_name": "",
    "pending_email": "",
    "pending_until": None,
    "needs": [],
    "interpreter_language": "",
    "room": "",
    "entrance": "",
    "phone_on_day": "",
    "sms_phone": "",
    "browser_key": "",
}


def bookings_to_anonymise(now: datetime) -> BookingQuerySet:
    """Return the bookings whose last day of keeping has passed. What a dry run counts."""
    today = timezone.localdate(now)
    due: BookingQuerySet = Booking.objects.filter(Q(delete_after__lt=today), anonymised_at=None)
    return due


def empty_contacts(ids: Collection[int], *, now: datetime) -> int:
    """Empty the contact of bookings; their mails go with the next purge, their links end. In the caller's transaction."""
    done = Booking.objects.filter(pk__in=ids, anonymised_at=None).update(
        **_EMPTIED, anonymised_at=now, link_generation=F("link_generation") + 1
    )
    end_retention(about=[f"booking:{pk}" for pk in ids], now=now)
    return done


def anonymise_bookings(now: datetime) -> int:
    """Empty the contact of every booking whose time has come, and let its mails and links go.

    School, classes, numbers, states and dates stay: the figures survive as counts (rule 10). Returns how many;
    safe to run twice, and at once on every node. The audit log gets the number only.
    """
    total = 0
    while ids := list(bookings_to_anonymise(now).order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            done = empty_contacts(ids, now=now)
            if done:
                record("bookings_anonymised", "bookings", actor=SYSTEM, now=now, count=done)
        total += done
    return total
