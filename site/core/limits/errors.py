"""The refusal of one attempt too many."""

from datetime import datetime

from django.utils.translation import gettext as _


class LimitExceededError(Exception):
    """Too many attempts in this window. `retry_at` is when the next window opens."""

    code = "too_many_attempts"

    def __init__(self, scope: str, *, retry_at: datetime) -> None:
        super().__init__(scope)
        self.scope = scope
        self.retry_at = retry_at

    def __str__(self) -> str:
        return _("You have tried many times in a short while. Wait a little, then try again.")
