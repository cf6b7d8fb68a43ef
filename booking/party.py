"""Who asks for places: classes of a school, or seats of a person or an organisation. Values, no database."""

import re
import unicodedata
from dataclasses import asdict, dataclass, field

from booking.enums import BookingKind


@dataclass(frozen=True)
class ClassSize:
    """A class as counts: name as typed, grade 0-10, pupils, accompanying adults."""

    name: str
    grade: int
    pupils: int
    adults: int = 1

    def as_data(self) -> dict[str, str | int]:
        """Return it as DateRequest.classes keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Heads:
    """How many of one occupation come, and from which department (V4): counts, no names."""

    occupation: str
    """A value of booking.enums.Occupation."""

    count: int
    department: str = ""

    def as_data(self) -> dict[str, str | int]:
        """Return it as Booking.heads keeps it."""
        return {"occupation": self.occupation, "department": self.department, "count": self.count}


@dataclass(frozen=True)
class Party:
    """What is asked for: classes (a school) or seats (a person, an organisation)."""

    kind: BookingKind
    school_id: int | None = None
    classes: tuple[ClassSize, ...] = ()
    seats: int = 0
    heads: tuple[Heads, ...] = ()
    """The seats by occupation, where the offer asks for it."""

    @property
    def groups(self) -> int:
        """How many groups it counts as against `max_groups`."""
        if self.kind == BookingKind.SCHOOL:
            return len(self.classes)
        return 1 if self.kind == BookingKind.ORGANISATION else 0

    def people(self, *, adults_count: bool) -> int:
        """How many people it counts as against `max_people` (rule 9)."""
        if self.kind != BookingKind.SCHOOL:
            return self.seats
        return sum(size.pupils + (size.adults if adults_count else 0) for size in self.classes)


@dataclass(frozen=True)
class Contact:
    """Who answers for the booking, and what both sides need on the day (S30)."""

    name: str
    email: str
    phone: str = ""
    organisation: str = ""
    needs: tuple[str, ...] = ()
    interpreter_language: str = ""
    room: str = ""
    entrance: str = ""
    phone_on_day: str = ""
    sms_phone: str = ""
    """Where text messages may go; empty where nobody said yes."""

    language: str = field(default="da")


def normalise_class_name(name: str) -> str:
    """Return the name two spellings share: "7. A", "7.a" and "7A" are "7a" (DESIGN.md 5)."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", folded)
