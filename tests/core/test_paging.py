"""A page of a list in one statement: the same page as Django's own paginator gives."""

import pytest
from django.core.paginator import Paginator

from core.paging import page_of
from core.worklist.models import WorkItem
from tests.factories.worklist import WorkItemFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["1", "2", "3", "4", "99", "0", "-1", "", "to", "1.5", "9999999"])
@pytest.mark.parametrize("rows", [0, 1, 4, 5])
def test_a_page_is_the_one_that_djangos_paginator_gives(rows, asked):
    WorkItemFactory.create_batch(rows)
    found = WorkItem.objects.order_by("pk")

    page, wanted = page_of(found, asked, per_page=2), Paginator(found, 2).get_page(asked)

    if asked in ("-1", "9999999"):  # no page's number: the first, where Django gives the last
        wanted = Paginator(found, 2).get_page(1)
    assert list(page) == list(wanted)
    assert (page.number, page.paginator.count, page.paginator.num_pages) == (
        wanted.number,
        wanted.paginator.count,
        wanted.paginator.num_pages,
    )


@pytest.mark.parametrize("asked", ["1", "2"])
def test_a_page_takes_one_statement(asked, django_assert_num_queries):
    WorkItemFactory.create_batch(3)

    with django_assert_num_queries(1):
        page = page_of(WorkItem.objects.order_by("pk"), asked, per_page=2)
        assert (len(page), page.paginator.num_pages) == (3 - 1 if asked == "1" else 1, 2)
