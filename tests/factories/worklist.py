"""Tasks, open or closed."""

from datetime import UTC, datetime, timedelta

import factory

from core.worklist.models import WorkItem

OPENED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class WorkItemFactory(factory.django.DjangoModelFactory):
    """An open task of a kind nobody registered; trait: closed."""

    class Meta:
        model = WorkItem

    class Params:
        closed = factory.Trait(closed_at=OPENED_AT + timedelta(days=1), resolution="done")

    key = factory.Sequence(lambda number: f"sample:{number}")
    kind = "sample"
    subject = factory.Sequence(lambda number: f"booking:{number}")
    opened_at = OPENED_AT
