"""Questions about personal data: what is left, what is due, what is held about a person. Nothing is written here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateTimeField, FileField, Max, Min, Model, QuerySet, Value
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.audit.retention import RetentionRule, all_rules
from core.privacy.people import Person
from core.privacy.registry import Asked, Holding, all_holdings, holdings_of, last_day

HIDDEN = frozenset({"password", "browser_key", "data", "content", "address_hash"})
"""Columns whose value opens something or is one long code: an export tells that they are there, not what they are."""

TECHNICAL = frozenset({"ids", "key", "salt", "object_str", "last_period", "subject_hmac"})
"""Columns that tell a reader nothing: numbers, random values, what another column says."""

LABELS = {
    "address_hash": _("Keyed hash of the address"),
    "authority": _("Entitled to sign as"),
    "authority_document": _("Document of authority"),
    "browser_key": _("Key of the browser that booked"),
    "data": _("Data"),
    "last_updated_at": _("Last change"),
    "made_at": _("Made at"),
    "offer": _("Offer"),
    "proof": _("Proof"),
    "provider": _("Provider"),
    "signature": _("Signature"),
    "signer_name": _("Name"),
    "signer_role": _("Role in the organisation"),
    "started_at": _("Started at"),
    "statements": _("Statements"),
    "user": _("User"),
}
"""What columns are called that carry no name for readers."""

TITLES = {
    "charter.SigningAttempt": _("A signing that was started"),
    "digest.DigestChoice": _("Open tasks by e-mail"),
    "outbox.MailTextTrial": _("A mail text that was tried out"),
    "wagtailadmin.FormState": _("A form that was not saved"),
    "mfa.Authenticator": _("Second factor"),
}

IN_WORDS = {"mail_type": "type_title", "action": "action_name", "subject": "subject_name"}
"""Columns that hold a name of ours, and the method that says it in words."""


@dataclass(frozen=True)
class Left:
    """What is left of one kind of personal data."""

    rule: RetentionRule
    count: int
    oldest: date | None
    """Since when the oldest row is held."""

    next_goes: date | None
    last_goes: date | None


def left() -> list[Left]:
    """Return what is held now, a row a retention rule, in one query whatever there is (D6)."""
    parts = []
    for holding in all_holdings():
        if not holding.is_counted:
            continue
        rows = holding.rows().order_by()
        parts.append(
            rows.annotate(rule_name=Value(holding.rule))
            .values("rule_name")
            .annotate(
                number=Count("pk"),
                oldest=Cast(Min("kept_since"), DateTimeField()),
                next_goes=Cast(Min("kept_until"), DateTimeField()),
                last_goes=Cast(Max("kept_until"), DateTimeField()),
            )
            .values_list("rule_name", "number", "oldest", "next_goes", "last_goes")
        )
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name, *values in parts[0].union(*parts[1:], all=True).order_by():
        found.setdefault(name, []).append(tuple(values))
    return [_summed(rule, found.get(rule.name, [])) for rule in all_rules()]


def _summed(rule: RetentionRule, rows: list[tuple[Any, ...]]) -> Left:
    def days(index: int) -> list[date]:
        return [day for row in rows if (day := last_day(row[index])) is not None]

    return Left(
        rule=rule,
        count=sum(row[0] for row in rows),
        oldest=min(days(1), default=None),
        next_goes=min(days(2), default=None),
        last_goes=max(days(3), default=None),
    )


def due(rule: str, *, now: datetime) -> list[tuple[Holding, QuerySet[Any]]]:
    """Return the rows that the retention job lets go by a rule, as querysets: what a dry run lists."""
    return [(each, each.due(now)) for each in holdings_of(rule) if each.due is not None]


def due_count(rule: str, *, now: datetime) -> int:
    """Return how many rows are due by a rule."""
    return sum(rows.count() for _holding, rows in due(rule, now=now))


@dataclass(frozen=True)
class Fact:
    """One value that is held."""

    label: str
    value: str


@dataclass(frozen=True)
class Held:
    """One row that holds something about a person."""

    holding: Holding = field(repr=False)
    rule: RetentionRule = field(repr=False)
    row: Any = field(repr=False)
    title: str
    facts: list[Fact]
    since: date | None
    until: date | None
    stays: str
    """Why it is not erased when asked for; empty where it is."""

    also: str
    url: str

    @property
    def address(self) -> str:
        """The address it stands with."""
        return str(getattr(self.row, self.holding.contact, "") or "") if self.holding.contact else ""


def held_about(person: Person, asked: Asked) -> list[Held]:
    """Return all that is held about a person, in the order in which it is erased; nothing for nobody."""
    rules = {rule.name: rule for rule in all_rules()}
    return [
        _held(holding, rules[holding.rule], row, person, asked)
        for holding in all_holdings()
        for row in rows_of(holding, person)
    ]


def rows_of(holding: Holding, person: Person) -> list[Any]:
    """Return the rows of one holding that are a person's."""
    if not person or holding.of is None:
        return []
    return list(holding.rows().filter(holding.of(person)).distinct())


def why_it_stays(holding: Holding, row: Any, person: Person, asked: Asked) -> str:
    """Return why a row is not erased; empty where it is."""
    if person.phone and holding.contact and getattr(row, holding.contact):
        return gettext("Search for the e-mail address it stands with: a phone number may be shared.")
    return str(holding.stays(row, asked))


def _held(holding: Holding, rule: RetentionRule, row: Any, person: Person, asked: Asked) -> Held:
    stays = why_it_stays(holding, row, person, asked)
    return Held(
        holding=holding,
        rule=rule,
        row=row,
        title=str(TITLES.get(row._meta.label) or capfirst(str(row._meta.verbose_name))),
        facts=list(_facts(row, (*holding.shown, *holding.fields))),
        since=last_day(row.kept_since),
        until=last_day(row.kept_until),
        stays=stays,
        also="" if stays else str(holding.also(row, asked)),
        url=holding.url(row),
    )


def _facts(row: Model, names: tuple[str, ...]) -> Iterator[Fact]:
    """Yield the filled columns of a row with their names, in words."""
    for name in dict.fromkeys(names):
        column: Any = row._meta.get_field(name)
        value = getattr(row, name)
        if value in (None, "", [], {}) or (isinstance(value, FieldFile) and not value):
            continue
        if name in TECHNICAL:
            continue
        label = str(LABELS[name]) if name in LABELS else capfirst(str(column.verbose_name))
        if name in IN_WORDS:
            yield Fact(
                label, str(getattr(row, IN_WORDS[name])()) if hasattr(row, IN_WORDS[name]) else _text(value)
            )
        elif name in HIDDEN:
            yield Fact(label, gettext("(not shown)"))
        elif column.choices:
            yield Fact(label, str(getattr(row, f"get_{name}_display")()))
        elif isinstance(column, FileField):
            yield Fact(label, value.name.rpartition("/")[2])
        else:
            yield Fact(label, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d.%m.%Y %H.%M}" if timezone.is_aware(value) else str(value)
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(item)}" for key, item in value.items())
    return str(value)


def references(rows: QuerySet[Any]) -> Iterator[str]:
    """Yield the rows of a dry run as "booking.Booking:17", without personal data."""
    label = rows.model._meta.label
    for pk in rows.order_by("pk").values_list("pk", flat=True).iterator():
        yield f"{label}:{pk}"


__all__ = [
    "Fact",
    "Held",
    "Left",
    "due",
    "due_count",
    "held_about",
    "left",
    "references",
    "rows_of",
    "why_it_stays",
]
