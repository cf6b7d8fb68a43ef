"""Opening, assigning and closing tasks."""

from datetime import timedelta

import pytest

from core.audit.log import SYSTEM
from core.worklist import kinds
from core.worklist.errors import ItemClosedError
from core.worklist.models import WorkItem
from core.worklist.operations import assign_item, close_item, close_item_by_key, open_item
from core.worklist.querysets import KindCounts
from tests.factories.worklist import OPENED_AT, WorkItemFactory

pytestmark = pytest.mark.django_db


def test_open_item_with_the_same_key_returns_the_first():
    first = open_item(key="k", kind="a", subject="booking:1", now=OPENED_AT)

    second = open_item(key="k", kind="b", subject="booking:2", now=OPENED_AT)

    assert second.pk == first.pk
    assert WorkItem.objects.get().kind == "a"


def test_open_item_does_not_open_a_closed_one_again():
    item = open_item(key="k", kind="a", subject="booking:1", now=OPENED_AT)
    close_item(item_id=item.pk, resolution="kept", actor=SYSTEM, now=OPENED_AT)

    assert not open_item(key="k", kind="a", subject="booking:1", now=OPENED_AT).is_open


def test_close_item_again_changes_nothing():
    item = WorkItemFactory()
    close_item(item_id=item.pk, resolution="kept", actor=SYSTEM, now=OPENED_AT)

    again = close_item(item_id=item.pk, resolution="kept", actor=SYSTEM, now=OPENED_AT + timedelta(days=1))

    assert again.closed_at == OPENED_AT


def test_close_item_refuses_another_resolution():
    item = WorkItemFactory(closed=True)

    with pytest.raises(ItemClosedError):
        close_item(item_id=item.pk, resolution="cancelled", actor=SYSTEM, now=OPENED_AT)


def test_close_item_by_key_is_content_when_there_is_none():
    assert close_item_by_key(key="none", resolution="kept", actor=SYSTEM, now=OPENED_AT) is None


def test_assign_item_refuses_a_closed_one():
    item = WorkItemFactory(closed=True)

    with pytest.raises(ItemClosedError):
        assign_item(item_id=item.pk, assignee_id=None, actor=SYSTEM, now=OPENED_AT)


def test_counts_by_kind_in_one_query(django_assert_num_queries):
    WorkItemFactory(due_at=OPENED_AT)
    WorkItemFactory.create_batch(2, kind="b")
    WorkItemFactory(kind="b", closed=True)

    with django_assert_num_queries(1):
        counts = WorkItem.objects.all().counts_by_kind(now=OPENED_AT + timedelta(days=1))

    assert counts == {
        "sample": KindCounts(1, 1, 0, OPENED_AT),
        "b": KindCounts(2, 0, 0, OPENED_AT),
    }


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Hvem styrer dit feed?", "A-1: Hvem styrer dit feed? Ingen har svaret."),
        ("Stop!", "A-1: Stop! Ingen har svaret."),
        ("Foreningen m.fl.", "A-1: Foreningen m.fl. Ingen har svaret."),
        ("Og så…", "A-1: Og så… Ingen har svaret."),
        ("Og så...", "A-1: Og så... Ingen har svaret."),
        ("Feedet 2.0", "A-1: Feedet 2.0. Ingen har svaret."),
    ],
)
def test_what_a_task_says_has_one_mark_where_a_title_ends_the_sentence(title, sentence):
    kinds.register(
        kinds.Kind(
            "said", "Said", lambda item: f"A-1: {item.data['title']}. Ingen har svaret.", lambda item: ""
        )
    )

    assert WorkItemFactory(kind="said", data={"title": title}).description() == sentence

    kinds.unregister("said")
