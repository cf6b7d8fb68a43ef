"""The tasks that providers make for the administration."""

from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.worklist.kinds import Kind, register
from core.worklist.models import WorkItem

READY = "provider_ready"
CHARTER_MISSING = "charter_missing"
PERIOD_MISSING = "charter_period_missing"
SEAL_FAILED = "seal_failed"
SEAL_EXPIRES = "seal_expires"
DOUBT = "charter_doubt"
AUTHORITY = "authority_check"
PAPER = "paper_signature"
CHARTER = "charter"
"""What tasks about the charter itself are about."""


def ready_key(provider_id: int, since: str) -> str:
    """Return the task's key: once for each time a provider was approved."""
    return f"{READY}:{provider_id}:{since}"


def authority_key(signature_id: int) -> str:
    """Return the key of the task to check who signed: once a signature."""
    return f"{AUTHORITY}:{signature_id}"


def paper_key(paper_id: int) -> str:
    """Return the key of the task to approve a paper: once a paper."""
    return f"{PAPER}:{paper_id}"


def _describe_authority(item: WorkItem) -> str:
    return _("Check that the one who signed %(reference)s could sign for %(name)s.") % {
        "reference": item.data.get("reference", ""),
        "name": item.data.get("name", ""),
    }


def _describe_paper(item: WorkItem) -> str:
    return _("A signature of %(name)s on paper has been registered. A colleague must approve it.") % {
        "name": item.data.get("name", "")
    }


def _authority_url(item: WorkItem) -> str:
    return reverse("signature:inspect", args=[item.subject.partition(":")[2]])


def _paper_url(item: WorkItem) -> str:
    return reverse("paper_signature:inspect", args=[item.subject.partition(":")[2]])


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


def _describe_failed(item: WorkItem) -> str:
    return "{} {}".format(
        _("Nobody can sign the charter: the document could not be sealed."),
        failure_text(item.data.get("code", "")),
    )


def failure_text(code: str) -> str:
    """Return what an operator can do about a seal that failed, by the code of its error."""
    return {
        "seal_missing": _("No certificate is set up for the seal."),
        "seal_unreadable": _("The certificate's file cannot be read, or its passphrase is wrong."),
        "seal_expired": _("The certificate has expired, or is not valid yet."),
        "timestamp_failed": _("The time-stamp authority gave no answer that can be used."),
        "revocation_data_missing": _("The revocation data of the certificates could not be fetched."),
        "clock_wrong": _("The server's clock does not agree with the time-stamp authority's."),
    }.get(code, _("The log tells more."))


def _describe_expiry(item: WorkItem) -> str:
    ends_on = date.fromisoformat(item.data["ends_on"])
    return _("The certificate of the seal, %(name)s, is valid until %(day)s. Get a new one in time.") % {
        "name": item.data["name"],
        "day": date_format(ends_on, "j. F Y"),
    }


def _describe_doubt(item: WorkItem) -> str:
    return ngettext(
        "%(count)s thing about the signatures does not add up (%(codes)s). Call whoever runs the portal.",
        "%(count)s things about the signatures do not add up (%(codes)s). Call whoever runs the portal.",
        item.data.get("count", 1),
    ) % {"count": item.data.get("count", 1), "codes": ", ".join(item.data.get("codes", []))}


def _signatures_url(item: WorkItem) -> str:
    return reverse("signature:index")


def _versions_url(item: WorkItem) -> str:
    return reverse("charter_version:index")


def _provider_url(item: WorkItem) -> str:
    return reverse("provider:inspect", args=[item.subject.partition(":")[2]])


def register_kinds() -> None:
    """Register the kinds (called when Django is ready)."""
    register(Kind(READY, gettext_lazy("Provider to activate"), _describe_ready, _provider_url))
    register(Kind(CHARTER_MISSING, gettext_lazy("Charter to publish"), _describe_missing, _versions_url))
    register(Kind(PERIOD_MISSING, gettext_lazy("Charter period to add"), _describe_period, _periods_url))
    register(Kind(SEAL_FAILED, gettext_lazy("Seal that failed"), _describe_failed, _signatures_url))
    register(Kind(SEAL_EXPIRES, gettext_lazy("Certificate to renew"), _describe_expiry, _signatures_url))
    register(Kind(DOUBT, gettext_lazy("Signatures in doubt"), _describe_doubt, _signatures_url))
    register(Kind(AUTHORITY, gettext_lazy("Authority to check"), _describe_authority, _authority_url))
    register(Kind(PAPER, gettext_lazy("Signature on paper to approve"), _describe_paper, _paper_url))
