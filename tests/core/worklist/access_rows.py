"""Who sees what waits, and who deals with it."""

from tests.access.rows import LOGIN, row
from tests.factories.worklist import WorkItemFactory

OUTSIDE = {"anonymous": LOGIN, "persons": 302, "providers": 302, "editor": 302}


def task(world):
    """An open task that nobody has."""
    return {"pk": WorkItemFactory().pk}


ROWS = [
    row("tasks_waiting", **OUTSIDE, caseworker=200, auditor=200, administration=200),
    row("task_give", task, method="post", data={"assignee": ""}, **OUTSIDE, staff=302),
    row("task_snooze", task, method="post", data={"wakes_on": "2001-01-01"}, **OUTSIDE, staff=302),
    row("task_wake", task, method="post", **OUTSIDE, staff=302),
]
