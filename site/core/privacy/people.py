"""Who is asked for: one e-mail address or one phone number, and how the two are compared with what was typed."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Replace

_NOISE = (" ", "-", ".", "(", ")", "/")
_SHORTEST_PHONE = 8


@dataclass(frozen=True)
class Person:
    """One e-mail address, or one phone number; never both."""

    email: str = ""
    phone: str = ""
    """Digits only, without the country code of Denmark."""

    @classmethod
    def of(cls, text: str) -> "Person | None":
        """Return whom a typed address or number means; None where it is neither."""
        text = text.strip()
        if "@" in text:
            return cls(email=text.lower())
        digits = _digits(text)
        return cls(phone=digits) if len(digits) >= _SHORTEST_PHONE else None

    def __bool__(self) -> bool:
        return bool(self.email or self.phone)


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    for prefix in ("0045", "45"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + _SHORTEST_PHONE:
            return digits[len(prefix) :]
    return digits


def has_email(person: Person, *columns: str) -> Q:
    """Return the condition that one of the columns is the person's address, whatever the case."""
    found = Q(pk__in=[])
    if person.email:
        for column in columns:
            found |= Q(**{f"{column}__iexact": person.email})
    return found


def mentions(person: Person, column: str) -> Q:
    """Return the condition that the person's address stands in a text."""
    return Q(**{f"{column}__icontains": person.email}) if person.email else Q(pk__in=[])


def has_phone(person: Person, *columns: str) -> Q:
    """Return the condition that one of the columns is the person's number, however it was typed."""
    found = Q(pk__in=[])
    if person.phone:
        for column in columns:
            bare: Any = F(column)
            for noise in _NOISE:
                bare = Replace(bare, Value(noise), Value(""))
            found |= Q(_Same(bare, person.phone)) | Q(_Same(bare, f"+45{person.phone}"))
            found |= Q(_Same(bare, f"45{person.phone}")) | Q(_Same(bare, f"0045{person.phone}"))
    return found


def _Same(expression: Any, value: str) -> Any:  # noqa: N802 - reads as the lookup it makes
    from django.db.models.lookups import Exact

    return Exact(expression, Value(value))
