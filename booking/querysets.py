"""Named reads of bookings, and the free-places annotation every page shares (rule 1)."""

from typing import Any

from django.db import models


class BookingQuerySet(models.QuerySet[Any]):
    """Reads of bookings."""


class BookedSessionQuerySet(models.QuerySet[Any]):
    """Reads of booked sessions."""
