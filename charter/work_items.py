"""The tasks that providers make for the administration."""

from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.worklist.kinds import Kind, register
from core.worklist.models import WorkItem

READY = "provider_ready"
CHARTER_MISSING = "charter_missing"
PERIOD_MISSING = "charter_period_missing"
CHARTER = "charter"
"""What tasks about the charter itself are about."""


def ready_key(provider_id: int, since: str) -> str:
    """Return the task's key: once for each time a provider was approved."""
    return f"{READY}:{provider_id}:{since}"


def _describe_ready(item: WorkItem) -> str:
    return _("%(name)s has signed the charter and waits to be activated.") % {
        "name": item.data.get("name", "")
    }


def _describe_missing(item: WorkItem) -> str:
    return _(
        "Providers are ready to sign, but no charter is published, so their dates cannot be booked. Publish a version."
    )


def _describe_period(item: WorkItem) -> str:
    day = date_format(date.fromisoformat(item.data["ends_on"]), "DATE_FORMAT")
    return _(
        "Charters end on %(day)s, and no charter period follows: nobody can sign. Add the next period."
    ) % {"day": day}


def _periods_url(item: WorkItem) -> str:
    return reverse("charter_period:index")


def _versions_url(item: WorkItem) -> str:
    return reverse("charter_version:index")


def _provider_url(item: WorkItem) -> str:
    return reverse("provider:inspect", args=[item.subject.partition(":")[2]])


def register_kinds() -> None:
    """Register the kinds (called when Django is ready)."""
    register(Kind(READY, gettext_lazy("Provider to activate"), _describe_ready, _provider_url))
    register(Kind(CHARTER_MISSING, gettext_lazy("Charter to publish"), _describe_missing, _versions_url))
    register(Kind(PERIOD_MISSING, gettext_lazy("Charter period to add"), _describe_period, _periods_url))
