"""Who may see figures, and who may change goals and what counts."""

from typing import Any


def user_can_see_figures(user: Any) -> bool:
    """Return whether the user may look at goals and figures: administration, caseworker, auditor."""
    return bool(user.has_perm("reporting.view_annualgoal"))


def user_can_change_goals(user: Any) -> bool:
    """Return whether the user may change goals, and what school types count as: the administration."""
    return bool(user.has_perm("reporting.change_annualgoal"))
