"""What each package holds of persons: filled in AppConfig.ready(), read by everything that has to do with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import DateTimeField, ExpressionWrapper, F, Model, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.log import Actor
from core.privacy.people import Person


@dataclass(frozen=True)
class Asked:
    """Who asks for an erasure, and when."""

    actor: Actor
    now: datetime
    by_staff: bool


def nothing_stays(row: Any, asked: Asked) -> Any:
    """Say that a row goes."""
    return ""


def delete_rows(rows: Sequence[Any], asked: Asked) -> None:
    """Erase rows by deleting them, one by one: what hangs on each goes its own way."""
    for row in rows:
        row.delete()


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One place where personal data lies: columns of a model, under one retention rule."""

    name: str
    rule: str
    """A core.audit.retention.RetentionRule: what it is called, why it is kept, how long."""

    model: str
    """"booking.Booking"."""

    fields: tuple[str, ...]
    """The columns that hold personal data; what is exported, with `shown`."""

    rows: Callable[[], QuerySet[Any]]
    """Every row that holds something now, annotated `kept_since` and `kept_until` (`dated`)."""

    due: Callable[[datetime], QuerySet[Any]] | None = None
    """The rows that the retention job lets go now; None where the rule of another holding takes them along."""

    of: Callable[[Person], Q] | None = None
    """Which rows are a person's. None: they cannot be found by address or number, and `unfound` says why."""

    unfound: str = ""
    shown: tuple[str, ...] = ()
    """Further columns that tell a reader which row it is."""

    stays: Callable[[Any, Asked], Any] = nothing_stays
    """Why a row is not erased (a text for the person), empty where it is."""

    also: Callable[[Any, Asked], Any] = nothing_stays
    """What else happens when the row is erased: a booking ahead is withdrawn."""

    erase: Callable[[Sequence[Any], Asked], None] | None = None
    """Erases rows, in the caller's transaction; safe to repeat. None: every row has a reason to stay."""

    contact: str = ""
    """The column with the address that a phone number stands with: then only the address erases."""

    url: Callable[[Any], str] = lambda row: ""
    """Where the administration sees the row."""

    is_counted: bool = True
    """False where another holding counts the same rows: «what is left» shows each once."""

    order: int = 50
    """Erased in this order: what locks sessions first, the mails last."""

    @property
    def model_class(self) -> type[Model]:
        """The model."""
        return apps.get_model(self.model)


@dataclass(frozen=True)
class Exemption:
    """Columns that hold no personal data although they could, and why."""

    model: str
    fields: frozenset[str]
    """Empty: all of the model."""

    reason: str


_HOLDINGS: dict[str, Holding] = {}
_EXEMPT: list[Exemption] = []


def register(holding: Holding) -> Holding:
    """Add a holding. Registering the same name again replaces it (ready() may run twice in tests)."""
    _HOLDINGS[holding.name] = holding
    return holding


def exempt(model: str, *fields: str, reason: str) -> None:
    """Say that columns (none named: all) of a model hold no personal data, and why."""
    _EXEMPT.append(Exemption(model, frozenset(fields), reason))


def all_holdings() -> list[Holding]:
    """Return every holding, in the order of erasure."""
    return sorted(_HOLDINGS.values(), key=lambda each: (each.order, each.name))


def holdings_of(rule: str) -> list[Holding]:
    """Return what a retention rule covers."""
    return [each for each in all_holdings() if each.rule == rule]


def exemptions() -> list[Exemption]:
    """Return every stated exemption."""
    return list(_EXEMPT)


def dated(rows: QuerySet[Any], *, since: str, until: str = "", days: int = 0) -> QuerySet[Any]:
    """Add since when and until when each row is held; no end where it hangs on something else.

    Args:
        since: a column, as "started_at" or "session__local_date".
        until: a column with the last day; or `days` after `since`.
    """
    end: Any = Value(None, output_field=DateTimeField())
    if until:
        end = F(until)
    elif days:
        end = ExpressionWrapper(F(since) + timedelta(days=days), output_field=DateTimeField())
    return rows.annotate(kept_since=F(since), kept_until=end)


def last_day(value: date | datetime | None) -> date | None:
    """Return the local day of what `kept_until` gives."""
    if isinstance(value, datetime):
        return timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return value


KEPT_BY_RULE = _("It is kept by rule and is deleted by itself on the date shown.")
