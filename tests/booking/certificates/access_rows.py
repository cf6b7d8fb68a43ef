"""Who may fetch a certificate: whoever holds the personal link, and staff who may see bookings."""

from booking.links import manage_token
from booking.models import Booking
from tests.access.rows import LOGIN, forged, row
from tests.booking.certificates.held import a_talk, attended
from tests.factories.booking import a_contact, book


def came(world) -> Booking:
    """The teacher's sign-up for a talk of the provider of the world, where they were ticked off."""
    session = a_talk(provider=world.provider)
    booking = book(session, contact=a_contact(world.email))
    attended(session, booking)
    return booking


def link(world):
    return {"token": manage_token(came(world))}


def forged_link(world):
    return {"token": forged(link(world)["token"])}


def renewed_link(world):
    """A personal link that a newer one has replaced."""
    booking = came(world)
    token = manage_token(booking)
    Booking.objects.filter(pk=booking.pk).update(link_generation=2)
    return {"token": token}


def one(world):
    return {"pk": came(world).pk}


ROWS = [
    row("booking_certificate", link, everyone=200),
    row("booking_certificate", link, method="post", everyone=405),
    row("booking_certificate", forged_link, everyone=404),
    row("booking_certificate", renewed_link, everyone=404),
    row(
        "booking_admin_certificate",
        one,
        anonymous=LOGIN,
        persons=302,
        providers=302,
        editor=302,
        caseworker=200,
        auditor=200,
        administration=200,
    ),
]
