"""Named reads of offers, sessions and schools."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q

from charter.gate import open_gate
from workshops.enums import SessionState


class SessionQuerySet(models.QuerySet[Any]):
    """Reads of sessions."""

    def locked(self) -> "SessionQuerySet":
        """Lock the rows in pk order (STYLE: one lock order); on SQLite the transaction itself is the lock."""
        return self.order_by("pk").select_for_update()

    def gate_open(self, *, today: date) -> "SessionQuerySet":
        """Keep sessions whose provider passes the charter gate (rule 2)."""
        return self.filter(open_gate(today=today))

    def taking_bookings(self, *, now: datetime) -> "SessionQuerySet":
        """Keep sessions that are open and inside their booking window. Says nothing of gate or places."""
        return self.filter(
            Q(booking_opens_at=None) | Q(booking_opens_at__lte=now),
            state=SessionState.OPEN,
            booking_closes_at__gt=now,
            offer__is_open=True,
        )


class OfferQuerySet(models.QuerySet[Any]):
    """Reads of offers."""


class SchoolQuerySet(models.QuerySet[Any]):
    """Reads of schools."""

    def bookable(self, *, on: date) -> "SchoolQuerySet":
        """Keep schools that can book on a day: no umbrella units, not closed by then."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=on), is_bookable=True)
