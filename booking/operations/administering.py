"""What staff do with a booking besides deciding: send the mail again, give a new link, note that it was read."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from booking.enums import LIVE_STATES
from booking.errors import NoAddressError, WrongStateError
from booking.messages import can_tell_again, tell_booking_again
from booking.models import Booking
from core.audit.log import Actor, record
from core.privacy.operations import note_reading as note
from workshops.models import Session


@transaction.atomic
def send_receipt_again(*, booking_id: int, actor: Actor, now: datetime) -> Booking:
    """Queue the mail of the booking's present state once more, for someone who cannot find it.

    The same mail asked for twice within a minute goes once.

    Raises:
        NoAddressError: the booking has no e-mail address; print the receipt instead.
        WrongStateError: nothing is told in this state.
    """
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if not booking.contact_email:
        raise NoAddressError
    if not can_tell_again(booking):
        raise WrongStateError
    tell_booking_again(booking, now=now)
    record("booking_receipt_sent_again", f"booking:{booking.pk}", actor=actor, now=now)
    return booking


@transaction.atomic
def renew_link(*, booking_id: int, actor: Actor, now: datetime) -> Booking:
    """Make every personal link sent so far stop working, and mail a new one where there is an address (X1).

    Raises:
        WrongStateError: the booking has ended, so its link leads nowhere new.
    """
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state not in LIVE_STATES or not booking.submitted_at:
        raise WrongStateError
    Booking.objects.filter(pk=booking.pk).update(
        link_generation=F("link_generation") + 1, pending_name="", pending_email="", pending_until=None
    )
    booking.refresh_from_db(fields=["link_generation", "pending_name", "pending_email", "pending_until"])
    record(
        "booking_link_renewed",
        f"booking:{booking.pk}",
        actor=actor,
        now=now,
        generation=booking.link_generation,
    )
    if booking.contact_email:
        tell_booking_again(booking, now=now)
    return booking


@transaction.atomic
def renew_invitation(*, session_id: int, actor: Actor, now: datetime) -> Session:
    """Make the invitation link of a session stop working and another one work (F6); who has signed up stays."""
    session = Session.objects.select_for_update().get(pk=session_id)
    Session.objects.filter(pk=session_id).update(link_generation=F("link_generation") + 1)
    session.refresh_from_db(fields=["link_generation"])
    record(
        "session_invitation_renewed",
        f"session:{session_id}",
        actor=actor,
        now=now,
        provider_id=session.provider_id,
        generation=session.link_generation,
    )
    return session


def note_reading(*, booking_id: int, actor: Actor, now: datetime) -> bool:
    """Write in the audit log that a person read a booking's personal data; once an hour and person.

    Returns whether an entry was written.
    """
    return note("booking_read", f"booking:{booking_id}", actor=actor, now=now)


def note_request_reading(*, request_id: int, actor: Actor, now: datetime) -> bool:
    """Write in the audit log that a person read a request's personal data; once an hour and person."""
    return note("request_read", f"request:{request_id}", actor=actor, now=now)


def note_door_reading(*, session_id: int, actor: Actor, now: datetime) -> bool:
    """Write in the audit log that a person read a door list with its first names; once an hour and person."""
    return note("door_list_read", f"session:{session_id}", actor=actor, now=now)
