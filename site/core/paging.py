"""A page of a list, its rows and how many there are read at once."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window

_LONGEST_NUMBER = 6
"""Digits: longer ones are no page of ours."""


def page_of(found: QuerySet[Any], asked: Any, *, per_page: int) -> Page[Any]:
    """Return a page as `Paginator.get_page` does, in one statement instead of two.

    Args:
        found: the ordered rows.
        asked: from an address. Behind the last page it is the last, which takes two statements more.
    """
    paginator = Paginator(found, per_page)
    is_number = str(asked).isdecimal() and len(str(asked)) <= _LONGEST_NUMBER
    number = int(asked) if is_number else 1
    first = max(0, number - 1) * per_page
    rows = list(found.annotate(number_of_rows=Window(Count("pk")))[first : first + per_page])
    if number < 1 or (number > 1 and not rows):
        return paginator.get_page(asked)
    paginator.count = rows[0].number_of_rows if rows else 0
    return Page(rows, number, paginator)
