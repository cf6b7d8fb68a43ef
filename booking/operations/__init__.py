"""Every change of bookings and places (rule 1). One public function a use case; each owns its transaction."""

from booking.operations.coverage import BookingCoverageObserver, keep_affected_booking
from booking.operations.deciding import approve_booking, decline_booking
from booking.operations.ending import cancel_booking, expire_overdue, withdraw_booking
from booking.operations.holding import extend_hold, hold_places, release_hold
from booking.operations.submitting import book_for_caller, prove_address, submit_booking

__all__ = [
    "BookingCoverageObserver",
    "approve_booking",
    "book_for_caller",
    "cancel_booking",
    "decline_booking",
    "expire_overdue",
    "extend_hold",
    "hold_places",
    "keep_affected_booking",
    "prove_address",
    "release_hold",
    "submit_booking",
    "withdraw_booking",
]
