"""The tasks that applications, members, vetting cases and agreements make for the administration."""

from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.models import ProviderApplication, VettingCase
from core.worklist.kinds import Kind, register
from core.worklist.models import WorkItem

APPLICATION = "provider_application"
SIGNATORY_PROPOSED = "signatory_proposed"
SIGNATORY_MISSING = "signatory_missing"
VETTING_ANSWER = "vetting_answer"
VETTING_OVERDUE = "vetting_overdue"
AGREEMENT_ENDING = "agreement_ending"


def application_subject(application: ProviderApplication) -> str:
    """Return what tasks and the log call an application."""
    return f"providerapplication:{application.pk}"


def case_subject(case: VettingCase) -> str:
    """Return what tasks and the log call a case."""
    return f"vettingcase:{case.pk}"


def proposal_key(invitation_id: int) -> str:
    """Return the key of the task about a proposed signatory."""
    return f"{SIGNATORY_PROPOSED}:{invitation_id}"


def _name(item: WorkItem) -> str:
    return str(item.data.get("name", ""))


def _day(item: WorkItem, key: str) -> str:
    return date_format(date.fromisoformat(item.data[key])) if item.data.get(key) else ""


def _describe_application(item: WorkItem) -> str:
    return _("An organisation wants to become a provider (%(reference)s).") % {
        "reference": item.data.get("reference", "")
    }


def _describe_proposed(item: WorkItem) -> str:
    return _("%(name)s proposes a new signatory. Confirm it, or let their own signatory do it.") % {
        "name": _name(item)
    }


def _describe_missing(item: WorkItem) -> str:
    return _("Nobody can sign for %(name)s any more. Find out who does.") % {"name": _name(item)}


def _describe_answer(item: WorkItem) -> str:
    if item.data.get("hearing"):
        return _("%(name)s has answered the party hearing.") % {"name": _name(item)}
    return _("%(name)s has answered what we asked.") % {"name": _name(item)}


def _describe_overdue(item: WorkItem) -> str:
    facts = {"name": _name(item), "day": _day(item, "due")}
    if item.data.get("hearing"):
        return (
            _("The party hearing of %(name)s ended on %(day)s without an answer. You can decide now.") % facts
        )
    return _("%(name)s had until %(day)s to answer. Write to them, give more time, or decide.") % facts


def _describe_ending(item: WorkItem) -> str:
    return _("The agreement with %(name)s ends on %(day)s: %(title)s.") % {
        "name": _name(item),
        "day": _day(item, "last_day"),
        "title": item.data.get("title", ""),
    }


def _pk(item: WorkItem) -> str:
    return item.subject.partition(":")[2]


def register_kinds() -> None:
    """Register the kinds (called when Django is ready)."""

    def page(name: str) -> object:
        return lambda item: reverse(name, args=[_pk(item)])

    for name, title, describe, url in (
        (
            APPLICATION,
            gettext_lazy("Application to become a provider"),
            _describe_application,
            "provider_application:inspect",
        ),
        (SIGNATORY_PROPOSED, gettext_lazy("Signatory to confirm"), _describe_proposed, "provider:inspect"),
        (
            SIGNATORY_MISSING,
            gettext_lazy("Provider without a signatory"),
            _describe_missing,
            "provider:inspect",
        ),
        (VETTING_ANSWER, gettext_lazy("Answer in a vetting"), _describe_answer, "vetting_case:inspect"),
        (
            VETTING_OVERDUE,
            gettext_lazy("Deadline passed in a vetting"),
            _describe_overdue,
            "vetting_case:inspect",
        ),
        (AGREEMENT_ENDING, gettext_lazy("Agreement that ends soon"), _describe_ending, "agreement:inspect"),
    ):
        register(Kind(name, title, describe, page(url)))  # type: ignore[arg-type]  # a function of the task
