"""Who sees figures: administration, caseworker, auditor. Only the administration changes goals and what counts.

Amounts: administration and auditor; only the administration enters them.
"""

from tests.access.rows import LOGIN, row
from tests.factories.charter import AgreementFactory, ProgrammeFactory
from tests.factories.workshops import SessionFactory


def programme(world):
    """The pages need one to have something to show."""
    ProgrammeFactory()
    return {}


def agreement(world):
    """An agreement of the provider, whose members must not see its prices here."""
    return {"pk": AgreementFactory(provider=world.provider).pk}


def session(world):
    """A session of the provider."""
    return {"pk": SessionFactory(offer__provider=world.provider).pk}


READS = {"anonymous": LOGIN, "persons": LOGIN, "providers": LOGIN, "staff": 200, "editor": 302}
AMOUNTS = {**READS, "caseworker": 302}
ENTERS = {**AMOUNTS, "auditor": 302}
ROWS = [
    row("costs", programme, **AMOUNTS),
    row("cost_sessions", programme, **AMOUNTS),
    row("agreed_prices", **AMOUNTS),
    row("agreement_prices", agreement, **AMOUNTS),
    row("agreement_prices", agreement, method="post", data={}, **{**ENTERS, "administration": 422}),
    row("session_price", session, **ENTERS),
    row(
        "session_price",
        session,
        method="post",
        data={"amount_dkk": "100"},
        **{**ENTERS, "administration": 302},
    ),
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
