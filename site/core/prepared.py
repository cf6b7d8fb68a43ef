"""Reads whose SQL Django compiles once a connection, not once a request.

Building and compiling a query of a few conditions costs several times what the database needs to answer it. A
function that returns a queryset becomes a prepared read:

    @prepared(derives={"now": [local_date_of]})
    def bookable_dates(*, offer_id: int, now: datetime) -> QuerySet[Session]:
        return Session.objects.for_offer(offer_id).bookable(now=now)

    bookable_dates(offer_id=4, now=now)  # a list, as list(queryset) would give

The first call runs the function with invented values and remembers the SQL, where each value went, and how rows
become objects. Later calls only put their own values in. What the SQL itself depends on makes a compiled query of
its own: None, booleans, members of enums, the length of a collection, and the arguments named in `in_sql`.

The function must depend on nothing but its arguments: no setting, language or time zone that can change, and no
read of its own while it builds (Wagtail's `public()` reads what is restricted). A value computed from an argument must be named in `derives`. Two sets of invented values are compiled and compared, so a
function that breaks this (or formats a value into another) raises PreparedReadError at its first call.
"""

import enum
import functools
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

_KEPT_PER_CONNECTION = 512
"""Bounds what `in_sql` and the lengths of collections may add up to."""

_LARGEST_ID = 2**31 - 1
"""Larger numbers are compiled each time: Django itself sees that no row can have them."""

_KINDS = frozenset({datetime, date, int, str, uuid.UUID})
"""What can be told apart among the parameters; with any other value the queryset runs as it is."""

_generation = 0

type Values = Mapping[str, Any]
type Find = Callable[[Values], Any]
type Adapt = Callable[[Any], Any]


class PreparedReadError(Exception):
    """The function does more with its arguments than hand them to the database."""


def forget_prepared() -> None:
    """Have every read compiled anew: what a compiled query is made of has been replaced."""
    global _generation
    _generation += 1


@dataclass(frozen=True)
class _Prepared:
    """A compiled query: its SQL, which parameters come from which values, and how rows become objects."""

    queryset: Any
    compiler: Any
    converters: dict[int, Any]
    sql: str
    params: tuple[Any, ...]
    slots: tuple[tuple[int, Find, Adapt], ...]
    connection: BaseDatabaseWrapper

    def rows(self, values: Values) -> list[Any]:
        """Run the query with these values."""
        if self.compiler.query.select_for_update and self.connection.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        params = list(self.params)
        for place, find, adapt in self.slots:
            params[place] = adapt(find(values))
        template = self.queryset
        run = template.__class__(
            model=template.model, query=_Ready(self, tuple(params)), using=template._db, hints=template._hints
        )
        run._iterable_class = template._iterable_class
        run._fields = template._fields
        run._fetch_mode = template._fetch_mode
        run._prefetch_related_lookups = template._prefetch_related_lookups
        run._known_related_objects = template._known_related_objects
        return list(run)


class _Ready:
    """Stands in for a Query whose SQL is known: Django's own iterables ask it for a compiler, and nothing else."""

    def __init__(self, prepared: _Prepared, params: tuple[Any, ...]) -> None:
        self._prepared = prepared
        self._params = params

    def __getattr__(self, name: str) -> Any:
        return getattr(self._prepared.compiler.query, name)

    def get_compiler(self, using: str | None = None, **_options: Any) -> Any:
        """Return the compiler as it was after compiling, giving the SQL with this run's parameters."""
        known = self._prepared
        compiler = object.__new__(known.compiler.__class__)
        compiler.__dict__.update(known.compiler.__dict__)
        compiler.as_sql = lambda *_args, **_kwargs: (known.sql, self._params)
        compiler.get_converters = lambda _expressions: known.converters
        return compiler


def prepared[**P, T](
    function: Callable[P, QuerySet[Any, T]] | None = None,
    *,
    derives: Mapping[str, Sequence[Callable[[Any], Any]]] | None = None,
    in_sql: Collection[str] = (),
) -> Any:
    """Make a function with keyword arguments, which returns a queryset, a prepared read that returns a list.

    Args:
        derives: what the function computes from an argument on the way, e.g. the local date from `now`.
        in_sql: arguments that become part of the SQL, such as a limit. They should have few values.
    """
    if function is None:
        return functools.partial(prepared, derives=derives, in_sql=in_sql)

    @functools.wraps(function)
    def read(**values: Any) -> list[Any]:
        shape = _shape(values, in_sql)
        if shape is None:
            return list(function(**values))  # type: ignore[call-arg]  # P is keyword-only
        connection = connections[DEFAULT_DB_ALIAS]
        known = _known_to(connection)
        key = (function, shape)
        ready = known.get(key)
        if ready is None:
            if len(known) >= _KEPT_PER_CONNECTION:
                known.clear()
            ready = known[key] = _prepare(function, values, derives or {}, in_sql, connection)
        return ready.rows(values)

    return read


def attach(objects: Iterable[Any], name: str, rows: Iterable[Any], *, by: str) -> None:
    """Give objects the rows of a reverse relation, as `prefetch_related` would, from a prepared read.

    Args:
        name: of the relation's manager, e.g. "classes".
        by: the rows' foreign key to the objects, e.g. "booking".
    """
    owners = {each.pk: each for each in objects}
    of_owner: dict[Any, list[Any]] = {pk: [] for pk in owners}
    for row in rows:
        owner = owners[getattr(row, f"{by}_id")]
        setattr(row, by, owner)
        of_owner[owner.pk].append(row)
    for pk, owner in owners.items():
        attach_to(owner, name, of_owner[pk])


def attach_to(owner: Any, name: str, rows: list[Any]) -> None:
    """Give one object the rows of a reverse or many-to-many relation, named after its manager."""
    related = getattr(owner, name).all()
    related._result_cache = rows
    related._prefetch_done = True
    owner.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related


def _known_to(connection: BaseDatabaseWrapper) -> dict[Any, _Prepared]:
    """Return what is compiled for a connection: it belongs to one thread and is kept when it is closed."""
    kept = connection.__dict__.get("_prepared_reads")
    if kept is None or kept[0] != _generation:
        kept = connection.__dict__["_prepared_reads"] = (_generation, {})
    known: dict[Any, _Prepared] = kept[1]
    return known


def _shape(values: Values, in_sql: Collection[str]) -> tuple[Any, ...] | None:
    """Return what the SQL depends on; None where only a compilation of its own will do."""
    shape: list[Any] = []
    for name, value in values.items():
        if name in in_sql or value is None or isinstance(value, bool | enum.Enum):
            shape.append((name, value))
        elif isinstance(value, list | tuple | set | frozenset):
            kinds = {type(item) for item in value}
            if kinds not in ({int}, {str}) or (kinds == {int} and max(value) > _LARGEST_ID):
                return None
            shape.append((name, len(value), *kinds))
        elif type(value) in _KINDS and not (type(value) is int and abs(value) > _LARGEST_ID):
            shape.append((name, type(value)))
        else:
            return None
    return tuple(shape)


def _prepare(
    function: Callable[..., QuerySet[Any]],
    values: Values,
    derives: Mapping[str, Sequence[Callable[[Any], Any]]],
    in_sql: Collection[str],
    connection: BaseDatabaseWrapper,
) -> _Prepared:
    """Compile the function's query for two sets of invented values, and find each value among the parameters."""
    first, second = (
        {name: _invented(value, number, turn, name in in_sql) for number, (name, value) in enumerate(values.items())}
        for turn in (0, 1)
    )  # fmt: skip
    queryset = function(**first)
    compiler: Any = queryset.query.get_compiler(using=queryset.db)
    sql, params = compiler.as_sql()
    other_sql, other_params = function(**second).query.get_compiler(using=queryset.db).as_sql()
    if sql != other_sql or len(params) != len(other_params):
        raise PreparedReadError(f"{function.__qualname__}: the SQL depends on a value. Name it in in_sql.")
    finders = list(_finders(first, derives, in_sql))
    slots = []
    for place, (one, other) in enumerate(zip(params, other_params, strict=True)):
        if one == other:
            continue
        slot = _slot(one, other, first, second, finders, connection)
        if slot is None:
            raise PreparedReadError(
                f"{function.__qualname__}: {one!r} is no argument of it. Name it in derives."
            )
        slots.append((place, *slot))
    fields = [column[0] for column in compiler.select[0 : compiler.col_count]]
    return _Prepared(
        queryset=queryset,
        compiler=compiler,
        converters=compiler.get_converters(fields),
        sql=sql,
        params=tuple(params),
        slots=tuple(slots),
        connection=connection,
    )


def _invented(value: Any, number: int, turn: int, is_fixed: bool) -> Any:
    """Return a value of the same type that no other argument has, another one each turn."""
    if is_fixed or value is None or isinstance(value, bool | enum.Enum):
        return value
    if isinstance(value, datetime):
        return datetime(2101 + turn, 1, 2, 3, 4, 5, 6, tzinfo=UTC) + timedelta(days=number)
    if isinstance(value, date):
        return date(2201 + turn, 1, 2) + timedelta(days=number)
    if isinstance(value, int):
        return 20_011 + 5_003 * turn + number
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=20_011 + 5_003 * turn + number)
    if isinstance(value, str):
        return f"invented-{number}-{turn}"
    numbers = [20_000_011 + 5_000_003 * turn + 100_000 * number + item for item in range(len(value))]
    is_text = isinstance(next(iter(value)), str)
    return type(value)(f"invented-{item}" if is_text else item for item in numbers)


def _finders(values: Values, derives: Mapping[str, Any], in_sql: Collection[str]) -> Iterator[Find]:
    """Yield all that may be found among the parameters: the values, items of collections, what is derived."""
    for name, value in values.items():
        if name in in_sql or value is None or isinstance(value, bool | enum.Enum):
            continue
        if isinstance(value, list | tuple | set | frozenset):
            # A set has no order: any will do, as long as each run takes its items in one.
            for place in range(len(value)):
                yield lambda given, name=name, place=place: _nth(given[name], place)  # type: ignore[misc]
            continue
        yield lambda given, name=name: given[name]  # type: ignore[misc]
        for derive in derives.get(name, ()):
            yield lambda given, name=name, derive=derive: derive(given[name])  # type: ignore[misc]


def _nth(items: Iterable[Any], place: int) -> Any:
    return items[place] if isinstance(items, list | tuple) else list(items)[place]


def _slot(
    one: Any, other: Any, first: Values, second: Values, finders: list[Find], connection: BaseDatabaseWrapper
) -> tuple[Find, Adapt] | None:
    """Return which value a parameter is, and how the database wants it; None when it is none of them."""
    adapters: tuple[Adapt, ...] = (
        lambda value: value,
        type(one),  # psycopg's whole numbers carry their size
        connection.ops.adapt_datetimefield_value,
        connection.ops.adapt_datefield_value,
        lambda value: value.hex,
    )
    for find in finders:
        for adapt in adapters:
            try:
                fits = _same(adapt(find(first)), one) and _same(adapt(find(second)), other)
            except (TypeError, ValueError, AttributeError):
                continue
            if fits:
                return find, adapt
    return None


def _same(adapted: Any, param: Any) -> bool:
    return type(adapted) is type(param) and bool(adapted == param)
