"""The tasks that undelivered mails make."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.outbox.errors import UnknownMailTypeError
from core.outbox.registry import get, page_of
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
    return _(
        "“%(title)s” did not arrive: the address does not receive it. Find the phone number on the page, call, "
        "and correct the address. Then the task closes by itself."
    ) % {"title": _title(item)}


def _mail_url(item: WorkItem) -> str:
    try:
        return reverse("outbox:inspect", args=[item.subject.partition(":")[2]])
    except NoReverseMatch:
        return ""


def _person_url(item: WorkItem) -> str:
    """Where phone number and address stand; the mail's own page where it is about nothing with a page."""
    return page_of(item.data.get("about", "")) or _mail_url(item)


KINDS = (
    Kind("mail_failed", gettext_lazy("Message not sent"), _describe_failed, _mail_url),
    Kind("mail_bounced", gettext_lazy("The e-mail did not arrive"), _describe_bounced, _person_url),
)
