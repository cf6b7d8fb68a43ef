"""Who may see and enter amounts: nobody who has to do with bookings only, and never a provider (ADR 16)."""

from typing import Any


def user_can_see_costs(user: Any) -> bool:
    """Return whether the user may see amounts: administration and auditor."""
    return bool(user.has_perm("reporting.view_agreedamount"))


def user_can_enter_amounts(user: Any) -> bool:
    """Return whether the user may enter prices and fixed amounts: the administration."""
    return bool(user.has_perm("reporting.add_agreedamount"))
