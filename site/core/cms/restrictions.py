"""Which pages only some may see: Wagtail's view restrictions, read by one prepared read."""

from django.db.models import QuerySet
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from core.prepared import prepared


def open_to_all(pages: PageQuerySet) -> PageQuerySet:
    """Leave out pages that are restricted, or lie below one that is: Wagtail's `public()`, and cheaper."""
    for path in _restricted_paths():
        pages = pages.exclude(path__startswith=path)
    return pages


@prepared
def _restricted_paths() -> QuerySet[PageViewRestriction, str]:
    return PageViewRestriction.objects.values_list("page__path", flat=True)
