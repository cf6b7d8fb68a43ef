"""Who sees figures: administration, caseworker, auditor. Only the administration changes goals and what counts."""

from tests.access.rows import LOGIN, row
from tests.factories.charter import ProgrammeFactory


def programme(world):
    """The pages need one to have something to show."""
    ProgrammeFactory()
    return {}


READS = {"anonymous": LOGIN, "persons": LOGIN, "providers": LOGIN, "staff": 200, "editor": 302}
ROWS = [
    row("goals", programme, **READS),
    row("goal_sessions", programme, **READS),
    row("coverage", programme, **READS),
    row("school_counting", **READS),
    row(
        "school_counting",
        method="post",
        data={},
        **{**READS, "staff": 302, "administration": 422},
    ),
]
