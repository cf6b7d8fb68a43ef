"""What waits at the charter without being a task."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from charter.gate import local_day
from charter.models import Provider
from core.worklist.watches import Watch, register


def _uncovered(now: datetime) -> int:
    needing = Provider.objects.active().needing_charter()
    return needing.exclude(pk__in=Provider.objects.covered_on(local_day(now)).values("pk")).count()


def register_watches() -> None:
    """Register the figure (called when Django is ready)."""
    register(
        Watch(
            name="uncovered_providers",
            title=_("Active providers without a charter today"),
            count=_uncovered,
            url=lambda: reverse("charter_board:index"),
            permission="charter.view_signature",
        )
    )
