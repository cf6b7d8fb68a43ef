"""The tasks that undelivered mails make."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.outbox.errors import UnknownMailTypeError
from core.outbox.registry import get
from core.worklist.kinds import Kind
from core.worklist.models import WorkItem


def _title(item: WorkItem) -> str:
    try:
        return str(get(item.data.get("mail_type", "")).title)
    except UnknownMailTypeError:
        return str(item.data.get("mail_type", ""))


def _describe_failed(item: WorkItem) -> str:
    return _("“%(title)s” could not be sent. Try again, or contact the recipient in another way.") % {
        "title": _title(item)
    }


def _describe_bounced(item: WorkItem) -> str:
    return _("“%(title)s” came back: the address does not receive it. Call, and correct the address.") % {
        "title": _title(item)
    }


def _url(item: WorkItem) -> str:
    try:
        return reverse("outbox:inspect", args=[item.subject.partition(":")[2]])
    except NoReverseMatch:
        return ""


KINDS = (
    Kind("mail_failed", gettext_lazy("E-mail not sent"), _describe_failed, _url),
    Kind("mail_bounced", gettext_lazy("E-mail came back"), _describe_bounced, _url),
)
