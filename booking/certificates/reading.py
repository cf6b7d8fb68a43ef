"""What is read to decide on a sign-up's certificate, and to make it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from booking.attendance.door import arrived
from booking.attendance.reading import REPORTED_OF
from booking.certificates.rules import BookedDate, CertificateState, certificate_state, has_come
from booking.enums import BookingKind
from booking.models import Attendance, BookedSession, Booking


@dataclass(frozen=True)
class AttendedDate:
    """A date that was attended."""

    booked: BookedSession
    people: int


@dataclass(frozen=True)
class Certificate:
    """A sign-up's certificate: whether there is one, and the dates it is about."""

    booking: Booking
    state: CertificateState
    dates: tuple[AttendedDate, ...] = ()
    """Those attended, in their order; empty unless it is ready."""

    @property
    def is_ready(self) -> bool:
        """Whether it can be fetched."""
        return self.state == CertificateState.READY


def certificate_of(booking: Booking, *, now: datetime) -> Certificate:
    """Return a booking's certificate, of a booking read with its sessions and their offers."""
    return certificates_of([booking], now=now)[booking.pk]


def certificates_of(bookings: Iterable[Booking], *, now: datetime) -> dict[int, Certificate]:
    """Return the certificates of bookings by pk: two queries for all of them, none where no offer gives any."""
    asked = list(bookings)
    rows = {booking.pk: _rows(booking) for booking in asked}
    came = _came([row.pk for of_booking in rows.values() for row in of_booking])
    return {booking.pk: _certificate(booking, rows[booking.pk], came, now=now) for booking in asked}


def may_register_arrival(certificate: Certificate) -> bool:
    """Whether staff may say that a sign-up came: it is over, gives certificates, and nobody has said so yet."""
    missing = (CertificateState.UNKNOWN, CertificateState.NOT_THERE)
    return certificate.state in missing and len(_rows(certificate.booking)) == 1


def _rows(booking: Booking) -> list[BookedSession]:
    """Return the dates a certificate could be about: nobody's name is left once the contact is deleted."""
    if booking.kind == BookingKind.SCHOOL or not booking.contact_name:
        return []
    rows = [
        row
        for row in booking.booked_sessions.all()
        if row.state in REPORTED_OF and row.session.offer.has_certificate
    ]
    return sorted(rows, key=lambda row: (row.session.starts_at, row.pk))


def _came(row_ids: list[int]) -> dict[int, int]:
    """Return how many came, by pk of the booked session: as reported, else as ticked at the door so far."""
    if not row_ids:
        return {}
    reported = Attendance.objects.filter(booked_session__in=row_ids, booked_class=None)
    return arrived(row_ids) | dict(reported.values_list("booked_session", "people"))


def _certificate(
    booking: Booking, rows: list[BookedSession], came: Mapping[int, int], *, now: datetime
) -> Certificate:
    dates = {
        row.pk: BookedDate(
            ends_at=row.session.ends_at,
            state=row.state,
            session_state=row.session.state,
            arrived=came.get(row.pk, 0),
        )
        for row in rows
    }
    state = certificate_state(dates.values(), now=now)
    if state != CertificateState.READY:
        return Certificate(booking, state)
    attended = [
        AttendedDate(row, max(1, min(row.people, came.get(row.pk, 1))))
        for row in rows
        if has_come(dates[row.pk], now=now)
    ]
    return Certificate(booking, state, tuple(attended))
