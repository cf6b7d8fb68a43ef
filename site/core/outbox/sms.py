"""Text messages: what fits in one, and the gateway that takes them. Off unless a setting names a gateway (ADR 15)."""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from http.client import HTTPMessage
from typing import IO, Protocol
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.utils.module_loading import import_string

MAX_SEGMENTS = 2
_ONE_SEGMENT = 160
_OF_SEVERAL = 153
_TIMEOUT_SECONDS = 15
_REFUSED = frozenset({400, 404, 406, 410, 413, 422})
"""What a gateway answers to a number or text that it will not take tomorrow either."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
"""Cost two places each."""

_WRITTEN = str.maketrans(
    {
        "–": "-", "—": "-", "−": "-", "“": '"', "”": '"', "„": '"', "»": '"', "«": '"', "’": "'", "‘": "'",
        "…": "...", "×": "x", "·": "-", "•": "-", "\t": " ", "\N{NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " ",
        "\N{NON-BREAKING HYPHEN}": "-",
    }
)  # fmt: skip


class SmsRefusedError(Exception):
    """The gateway will not take the message: trying again is of no use."""

    def __init__(self, status_code: int) -> None:
        super().__init__(status_code)
        self.status_code = status_code


class SmsNotTakenError(Exception):
    """The gateway could not take the message now."""

    def __init__(self, status_code: int) -> None:
        super().__init__(status_code)
        self.status_code = status_code


class SmsGateway(Protocol):
    """Whatever sends text messages. Made without arguments; reads its own settings."""

    def send(self, *, to: str, text: str, reference: str) -> None:
        """Hand one message over; return when the gateway has taken responsibility for it.

        Args:
            to: "+4512345678".
            reference: the same for the same message each time, so that a gateway may send it once.
        Raises:
            SmsRefusedError: it will never be taken. After anything else it is tried again.
        """


class _NoRedirect(HTTPRedirectHandler):
    """The token goes to the address that was set, and nowhere else."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nothing: the answer is then an error."""


class HttpGateway:
    """A gateway that takes JSON by POST: {"to", "from", "text", "reference"}, with a bearer token."""

    def send(self, *, to: str, text: str, reference: str) -> None:
        """Post it; any answer of 2xx means that it was taken."""
        body = {"to": to, "from": settings.PORTAL_SMS_SENDER, "text": text, "reference": reference}
        request = Request(  # noqa: S310 - the address is a setting, checked at start-up
            settings.PORTAL_SMS_URL,
            data=json.dumps(body, ensure_ascii=False).encode(),
            headers={
                "Authorization": f"Bearer {settings.PORTAL_SMS_TOKEN}",
                "Content-Type": "application/json; charset=utf-8",
                "Accept": "application/json",
            },
            method="POST",
        )
        try:
            build_opener(_NoRedirect).open(request, timeout=_TIMEOUT_SECONDS).close()
        except HTTPError as error:
            error.close()
            if error.code in _REFUSED:
                raise SmsRefusedError(error.code) from None
            raise SmsNotTakenError(error.code) from None


class MailboxGateway:
    """The demo's: sends nothing. The outbox keeps the text there, and the mailbox shows it."""

    def send(self, *, to: str, text: str, reference: str) -> None:
        """Take it."""


def is_on() -> bool:
    """Whether there are text messages at all."""
    return bool(settings.PORTAL_SMS_ADAPTER)


def gateway() -> SmsGateway:
    """Return the gateway that the setting names. Raises ImportError where there is none of that name."""
    return _made(settings.PORTAL_SMS_ADAPTER)


@cache
def _made(name: str) -> SmsGateway:
    made: SmsGateway = import_string(name)()
    return made


def mobile_number(typed: str) -> str:
    """Return a Danish mobile number as "+4512345678"; empty where it is none."""
    digits = re.sub(r"[\s().-]", "", typed)
    found = re.fullmatch(r"(?:\+45|0045)?([2-9]\d{7})", digits, flags=re.ASCII)
    return f"+45{found[1]}" if found else ""


def shown_number(number: str) -> str:
    """Return a number as people write it: "12 34 56 78"."""
    own = number.removeprefix("+45")
    return " ".join(own[at : at + 2] for at in range(0, len(own), 2))


def written(text: str) -> str:
    """Return a text with the letters that a text message has: one letter outside them would halve what fits."""
    return "".join(_letters(text.translate(_WRITTEN)))


def _letters(text: str) -> Iterator[str]:
    for one in unicodedata.normalize("NFC", text):
        if one in _BASIC or one in _EXTENDED:
            yield one
            continue
        plain = "".join(
            part for part in unicodedata.normalize("NFKD", one) if not unicodedata.combining(part)
        )
        yield plain if plain and all(part in _BASIC for part in plain) else "?"


def segments(text: str) -> int:
    """Return in how many parts a written text is sent, and paid for."""
    length = _length(text)
    return 1 if length <= _ONE_SEGMENT else -(-length // _OF_SEVERAL)


def cut(text: str) -> str:
    """Return a written text, ended with dots where it would be more than two parts."""
    if segments(text) <= MAX_SEGMENTS:
        return text
    while _length(text) > MAX_SEGMENTS * _OF_SEVERAL - 3:
        text = text[:-1]
    return f"{text.rstrip()}..."


def _length(text: str) -> int:
    return sum(2 if one in _EXTENDED else 1 for one in text)
