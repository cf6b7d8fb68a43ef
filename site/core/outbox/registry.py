"""The mail types of the product: each package registers its own in AppConfig.ready()."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.outbox import sms
from core.outbox.errors import UnknownMailTypeError


class Audience(StrEnum):
    """Who a mail type writes to."""

    UNPROVEN = "unproven"
    """An address nobody has proven yet: no typed free text (DESIGN.md 5, Links)."""

    SCHOOL = "school"
    PERSON = "person"
    PROVIDER = "provider"
    STAFF = "staff"
    USER = "user"


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail. A calendar's mimetype carries its method: "text/calendar; method=REQUEST"."""

    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Content:
    """What a mail says now. Empty values make their line disappear (core.outbox.rendering)."""

    placeholders: Mapping[str, str]
    attachments: Sequence[Attachment] = ()
    delete_on: date | None = None
    """When the personal data the mail is about is deleted; without it, the date of the message itself."""


type Build = Callable[[Mapping[str, Any], str, datetime], Content | None]


@dataclass(frozen=True)
class MailType:
    """One kind of mail.

    `build(ids, language, now)` reads the database when the mail is sent and returns what it says, or None
    when it no longer is relevant (rule 5: nobody is reminded after the start or of something cancelled).
    The text lies in templates/emails/<da|en>/<name>.txt; `placeholders` are exactly those it uses.
    """

    name: str
    audience: str
    title: Any
    """What the administration calls it (a lazy translation)."""

    placeholders: tuple[str, ...]
    retention_days: int
    build: Build = field(compare=False)
    is_sms: bool = False
    """A text message: only its body is sent, and while there is no gateway nobody is shown that it exists."""

    is_forgotten: bool = False
    """Deleted as soon as it is sent, or given up: it tells that nothing is held about its reader any more."""


_TYPES: dict[str, MailType] = {}


def register(mail_type: MailType) -> MailType:
    """Add a mail type. Registering the same name again replaces it (ready() may run twice in tests)."""
    _TYPES[mail_type.name] = mail_type
    return mail_type


def unregister(name: str) -> None:
    """Remove a mail type."""
    _TYPES.pop(name, None)


def get(name: str) -> MailType:
    """Return the mail type. Raises UnknownMailTypeError."""
    try:
        return _TYPES[name]
    except KeyError:
        raise UnknownMailTypeError(f"No mail type {name!r} is registered.") from None


def all_types() -> list[MailType]:
    """Return every mail type that can be sent, by name: text messages only where there is a gateway."""
    return [kind for kind in every_type() if sms.is_on() or not kind.is_sms]


def every_type() -> list[MailType]:
    """Return every registered mail type by name, whether it can be sent now or not."""
    return [_TYPES[name] for name in sorted(_TYPES)]


_PAGES: dict[str, Callable[[int], str]] = {}


def register_page(kind: str, url: Callable[[int], str]) -> None:
    """Say where the administration deals with what messages are about: "booking" of "booking:17"."""
    _PAGES[kind] = url


def page_of(about: str) -> str:
    """Return that page's address; empty where there is none."""
    kind, _colon, number = about.partition(":")
    url = _PAGES.get(kind)
    return url(int(number)) if url and number.isdecimal() else ""
