"""Prepared reads give what their queryset gives, and refuse functions they cannot stand in for."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from core.outbox.models import Delivery, Message, MessageState
from core.prepared import PreparedReadError, attach, forget_prepared, prepared
from portal.settings import env
from tests.factories.outbox import MessageFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Counting:
    """Counts how often the function below builds its queryset."""

    built = 0


@pytest.fixture
def counting() -> type[Counting]:
    Counting.built = 0
    return Counting


@prepared
def _due(*, now: datetime, address: str | None = None, state: str | None = None) -> QuerySet[Message]:
    Counting.built += 1
    found = Message.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), send_after__lte=now)
    if address is not None:
        found = found.filter(to_email=address)
    if state is not None:
        found = found.filter(state=state)
    return found.order_by("pk")


@prepared
def _by_ids(*, ids: Any) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=ids).order_by("pk")


@prepared
def _to(*, addresses: list[str]) -> QuerySet[Message]:
    return Message.objects.filter(to_email__in=addresses).order_by("pk")


@prepared
def _one(*, pk: int) -> QuerySet[Message]:
    return Message.objects.filter(pk=pk)


def _day_of(moment: datetime) -> date:
    return moment.date()


@prepared
def _kept_secretly_derived(*, now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(delete_after__gte=_day_of(now))


@prepared(derives={"now": [_day_of]})
def _kept(*, now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(delete_after__gte=_day_of(now)).order_by("pk")


@prepared
def _secretly_limited(*, limit: int) -> QuerySet[Message]:
    return Message.objects.order_by("pk")[:limit]


@prepared(in_sql=["limit"])
def _limited(*, limit: int) -> QuerySet[Message]:
    return Message.objects.order_by("pk")[:limit]


@prepared
def _found_inside(*, text: str) -> QuerySet[Message]:
    return Message.objects.filter(to_email__contains=text)


@prepared
def _pairs(*, state: str) -> QuerySet[Message, tuple[int, str]]:
    return Message.objects.filter(state=state).order_by("pk").values_list("pk", "to_email")


@prepared
def _locked(*, pk: int) -> QuerySet[Message]:
    return Message.objects.filter(pk=pk).select_for_update()


@prepared
def _users(*, ids: Any) -> QuerySet[Any]:
    return get_user_model().objects.filter(pk__in=ids).prefetch_related("groups").order_by("pk")


def test_prepared_read_gives_the_rows_of_its_queryset_for_other_values_too():
    early = MessageFactory(send_after=NOON - timedelta(hours=2))
    late = MessageFactory(send_after=NOON)

    assert _due(now=NOON - timedelta(hours=1)) == [early]
    assert _due(now=NOON) == [early, late]
    assert _due(now=NOON - timedelta(hours=3)) == []


def test_prepared_read_fills_objects_as_its_queryset_does():
    message = MessageFactory(send_after=NOON, ids={"booking": 4})
    _due(now=NOON)

    found = _due(now=NOON)[0]

    fresh = Message.objects.get(pk=message.pk)
    assert {field.name: getattr(found, field.name) for field in Message._meta.fields} == {
        field.name: getattr(fresh, field.name) for field in Message._meta.fields
    }
    assert found.get_deferred_fields() == set()


def test_prepared_read_understands_a_moment_in_any_time_zone():
    message = MessageFactory(send_after=NOON)
    _due(now=NOON)

    copenhagen = NOON.astimezone(timezone(timedelta(hours=1)))

    assert _due(now=copenhagen) == [message]
    assert _due(now=copenhagen - timedelta(microseconds=1)) == []


def test_prepared_read_is_built_once_and_then_only_run(counting: type[Counting]):
    forget_prepared()
    _due(now=NOON)
    built = counting.built

    with CaptureQueriesContext(connection) as queries:
        _due(now=NOON + timedelta(days=1))

    assert built == 2  # for two sets of invented values, compared
    assert counting.built == built
    assert len(queries) == 1


def test_prepared_read_is_built_anew_after_forgetting(counting: type[Counting]):
    _due(now=NOON)
    counting.built = 0

    forget_prepared()
    _due(now=NOON)

    assert counting.built == 2


def test_none_and_a_value_are_two_compiled_queries():
    mine = MessageFactory(send_after=NOON, to_email="mine@example.dk")
    other = MessageFactory(send_after=NOON, to_email="other@example.dk")

    assert _due(now=NOON, address=None) == [mine, other]
    assert _due(now=NOON, address="mine@example.dk") == [mine]
    assert _due(now=NOON, address="other@example.dk") == [other]


def test_members_of_an_enum_are_told_apart():
    queued = MessageFactory(send_after=NOON)
    sent = MessageFactory(send_after=NOON, state=MessageState.SENT)

    assert _due(now=NOON, state=MessageState.QUEUED) == [queued]
    assert _due(now=NOON, state=MessageState.SENT) == [sent]


@pytest.mark.parametrize("collection", [list, tuple, set, frozenset])
def test_collections_of_every_length_find_their_own_rows(collection: Any):
    messages = [MessageFactory() for _number in range(3)]
    ids = [message.pk for message in messages]

    assert _by_ids(ids=collection(ids)) == messages
    assert _by_ids(ids=collection(ids[1:])) == messages[1:]
    assert _by_ids(ids=collection(ids[:2])) == messages[:2]


def test_a_collection_of_texts_finds_its_own_rows():
    messages = [MessageFactory(to_email=f"{name}@example.dk") for name in ("anna", "bo", "carl")]

    assert _to(addresses=["anna@example.dk", "bo@example.dk"]) == messages[:2]
    assert _to(addresses=["bo@example.dk", "carl@example.dk"]) == messages[1:]


def test_an_empty_collection_finds_nothing_without_asking():
    with CaptureQueriesContext(connection) as queries:
        found = _by_ids(ids=[])

    assert found == []
    assert len(queries) == 0


def test_a_number_no_row_can_have_finds_nothing():
    assert _one(pk=2**70) == []


def test_a_value_computed_from_an_argument_is_refused_unless_named():
    with pytest.raises(PreparedReadError, match="Name it in derives"):
        _kept_secretly_derived(now=NOON)


def test_a_named_derived_value_follows_its_argument():
    kept = MessageFactory(delete_after=NOON.date())
    longer = MessageFactory(delete_after=NOON.date() + timedelta(days=1))

    assert _kept(now=NOON) == [kept, longer]
    assert _kept(now=NOON + timedelta(days=1)) == [longer]


def test_an_argument_that_becomes_part_of_the_sql_is_refused_unless_named():
    with pytest.raises(PreparedReadError, match="Name it in in_sql"):
        _secretly_limited(limit=1)


def test_a_named_limit_has_a_query_of_its_own():
    messages = [MessageFactory() for _number in range(3)]

    assert _limited(limit=1) == messages[:1]
    assert _limited(limit=2) == messages[:2]


def test_a_value_wrapped_in_another_is_refused():
    with pytest.raises(PreparedReadError):
        _found_inside(text="example")


def test_values_come_as_the_queryset_gives_them():
    message = MessageFactory(to_email="mine@example.dk")

    assert _pairs(state="queued") == [(message.pk, "mine@example.dk")]


def test_prefetched_rows_come_along(django_user_model: Any):
    user = django_user_model.objects.create(email="anna@example.dk")
    _users(ids=[user.pk])

    with CaptureQueriesContext(connection) as queries:
        found = _users(ids=[user.pk])
        groups = [list(one.groups.all()) for one in found]

    assert groups == [[]]
    assert len(queries) == 2


@prepared
def _deliveries(*, ids: Any) -> QuerySet[Delivery]:
    return Delivery.objects.filter(message_id__in=ids).order_by("pk")


def test_attached_rows_answer_as_prefetched_ones_do():
    first, second = MessageFactory(), MessageFactory()
    delivery = Delivery.objects.create(message=second, event="delivered", happened_at=NOON)

    with CaptureQueriesContext(connection) as queries:
        attach([first, second], "deliveries", _deliveries(ids=[first.pk, second.pk]), by="message")
        found = [list(message.deliveries.all()) for message in (first, second)]

    assert found == [[], [delivery]]
    assert found[1][0].message is second
    assert len(queries) == 1
    assert second.deliveries.filter(event="bounced").exists() is False


def test_a_value_of_another_kind_runs_the_queryset_as_it_is():
    message = MessageFactory()

    assert _by_ids(ids=Message.objects.values("pk")) == [message]


@pytest.mark.postgresql  # SQLite has no row locks: Django leaves the clause out
@pytest.mark.django_db(transaction=True)
def test_locking_outside_a_transaction_is_refused_as_django_refuses_it():
    from django.db import transaction

    message = MessageFactory()
    with transaction.atomic():
        assert _locked(pk=message.pk) == [message]

    with pytest.raises(TransactionManagementError):
        _locked(pk=message.pk)


@pytest.mark.postgresql
def test_postgresql_plans_a_prepared_read_once_whatever_the_values():
    for pk in range(5):
        _one(pk=pk)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ['%FROM "outbox_message" WHERE "outbox_message"."id" = $1%'],
        )
        # Asked twice before it is prepared; then nothing is sent but values.
        assert [runs for (runs,) in cursor.fetchall()] == [3]


@pytest.mark.parametrize(("is_pooled", "asked"), [("0", 2), ("1", None)])
def test_behind_a_pooler_nothing_is_prepared(monkeypatch, tmp_path, is_pooled, asked):
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgres://portal@/portal?host=/run/postgresql")
    monkeypatch.setenv("PORTAL_DATABASE_POOLED", is_pooled)

    options = env.database("PORTAL_DATABASE_URL", sqlite_path=tmp_path / "none")["OPTIONS"]

    assert options == {
        "server_side_binding": True,
        "prepare_threshold": asked,
        "host": "/run/postgresql",
    }
