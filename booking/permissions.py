"""Who may see, decide and change bookings (rule 12; DESIGN.md 5, People)."""

from typing import Any

from django.contrib.auth import get_user_model

from booking.enums import FeedKind
from booking.models import Booking, DateRequest, Feed
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


def user_can_report_for(user: Any, provider_id: int) -> bool:
    """Return whether a user may report a provider's sessions and keep its door lists (L8, F5).

    Those who hold them or coordinate; not who only signs the charter.
    """
    return user_is_member(user, provider_id, roles=[MemberRole.COORDINATOR, MemberRole.FACILITATOR])


def user_can_write_to_booked_of(user: Any, provider_id: int) -> bool:
    """Return whether a user may write to all who have booked a provider's session: who is to meet them (L6)."""
    return user_can_report_for(user, provider_id)


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


def user_can_have_team_feed(user: Any) -> bool:
    """Return whether a member of staff may subscribe to the whole programme."""
    return bool(user.is_active) and user_can_see(user)


def feed_may_be_read(feed: Feed) -> bool:
    """Return whether a feed's owner may still have it: asked each time it is read (rule 12).

    A provider's ends when the person leaves the provider, the team's with the staff role. A teacher's shows the
    bookings of an address that was proven when the feed was made, and ends when its account is closed.
    """
    if feed.kind == FeedKind.PROVIDER:
        return feed.provider_id is not None and user_is_member(feed.user, feed.provider_id)
    if feed.kind == FeedKind.TEAM:
        return user_can_have_team_feed(feed.user)
    return not get_user_model().objects.filter(email=feed.email, is_active=False).exists()


def user_sent_request(user: Any, request: DateRequest) -> bool:
    """Return whether a user sent a request: for a caller, or with their own address."""
    email = (user.email or "").lower()
    return request.registered_by_id == user.pk or (bool(email) and request.contact_email == email)


def provider_answers(user: Any, request: DateRequest) -> bool:
    """Return whether a user answers a request for its provider: a coordinator, and not the one who asked."""
    return (
        request.offer is not None
        and user_is_member(user, request.offer.provider_id, roles=[MemberRole.COORDINATOR])
        and not user_sent_request(user, request)
    )


def user_can_see_requests(user: Any) -> bool:
    """Return whether a member of staff may see the requests of all."""
    return bool(user.has_perm("booking.view_daterequest") or user.has_perm("booking.change_daterequest"))


def user_can_answer_requests(user: Any) -> bool:
    """Return whether a member of staff may answer, decline or withdraw requests."""
    return bool(user.has_perm("booking.change_daterequest"))


def user_can_see_evaluations(user: Any) -> bool:
    """Return whether a member of staff may see results, forms and pilots."""
    return bool(user.has_perm("booking.view_formversion") or user.has_perm("booking.change_formversion"))


def user_can_change_evaluations(user: Any) -> bool:
    """Return whether a member of staff may change forms and goals, run pilots, and read free texts."""
    return bool(user.has_perm("booking.change_formversion"))
