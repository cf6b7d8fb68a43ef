"""Who may see, decide and change bookings (rule 12; DESIGN.md 5, People)."""

from typing import Any

from booking.models import Booking
from charter.enums import MemberRole
from charter.permissions import user_is_member
from workshops.enums import Approval
from workshops.models import Offer


def user_can_see(user: Any) -> bool:
    """Return whether a member of staff may see the bookings of all."""
    return bool(user.has_perm("booking.view_booking") or user.has_perm("booking.change_booking"))


def user_can_change(user: Any) -> bool:
    """Return whether a member of staff may end, keep or otherwise change bookings."""
    return bool(user.has_perm("booking.change_booking"))


def user_can_book_for_caller(user: Any) -> bool:
    """Return whether a member of staff may book for someone who phones (S24)."""
    return bool(user.has_perm("booking.add_booking"))


def user_can_change_sessions(user: Any) -> bool:
    """Return whether a member of staff may move or cancel dates that people have booked."""
    return bool(user.has_perm("workshops.change_session")) and user_can_change(user)


def user_can_change_sessions_of(user: Any, provider_id: int) -> bool:
    """Return whether a user may move or cancel a provider's dates: its coordinators may, facilitators not (L2)."""
    return user_is_member(user, provider_id, roles=[MemberRole.COORDINATOR])


def user_registered(user: Any, booking: Booking) -> bool:
    """Return whether a user made the booking: by phone for a caller, or with their own address."""
    email = (user.email or "").lower()
    return booking.registered_by_id == user.pk or (bool(email) and booking.contact_email == email)


def user_can_decide(user: Any, booking: Booking, offer: Offer) -> bool:
    """Return whether a user may say yes or no to a booking that awaits approval.

    Staff may; so may a coordinator of the provider where the offer leaves it to the provider, and nothing else
    is in question (an unknown domain is the administration's to judge). Nobody decides what they registered
    themselves (DESIGN.md 5, People).
    """
    if user_registered(user, booking):
        return False
    return user_can_change(user) or provider_decides(user, booking, offer)


def provider_decides(user: Any, booking: Booking, offer: Offer) -> bool:
    """Return whether the decision lies with the provider, and the user is one of its coordinators."""
    return (
        offer.approval == Approval.PROVIDER
        and booking.approval_reasons == ["offer"]
        and user_is_member(user, offer.provider_id, roles=[MemberRole.COORDINATOR])
    )
