"""Each race many times against server processes (rule 1-3, 8, S4, S5): none may go wrong, and without the guard some do.

Twenty rounds in `./run test`, two hundred in `./run test --races`; the last line of the run counts them.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.concurrency import races
from tests.concurrency.server import database_url, running_portal
from tests.conftest import PortalSite

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = int(os.environ.get("PORTAL_TEST_ROUNDS", "20"))
UNGUARDED = "tests.concurrency.unguarded_wsgi:application"


@pytest.fixture(scope="module")
def portal_url(django_db_setup: None) -> Iterator[str]:
    """The portal's processes, started once for all races: each request asks the database afresh."""
    with running_portal(url=database_url(connection)) as portal:
        yield portal.url


@pytest.fixture(scope="module")
def unguarded_url(django_db_setup: None) -> Iterator[str]:
    """The same without its guards."""
    with running_portal(url=database_url(connection), wsgi=UNGUARDED) as portal:
        yield portal.url


def rounds(race: type[races.Race], url: str, count: int) -> list[str]:
    under_way = race(url)
    return [what for what in (under_way.run() for _ in range(count)) if what]


@pytest.mark.parametrize("race", races.RACES, ids=lambda race: race.__name__)
def test_no_round_goes_wrong(
    race: type[races.Race], portal_url: str, portal_site: PortalSite, record_property: Any
):
    wrong = rounds(race, portal_url, ROUNDS)

    record_property("rounds", ROUNDS)
    record_property("wrong", len(wrong))
    assert wrong == []


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "race",
    [
        races.LastPlace,
        races.TwoClassesOfEighteen,
        races.OffersAcceptedAtOnce,
        races.SamePostTwice,
        races.LimitLowered,
        races.CharterWithdrawn,
    ],
    ids=lambda race: race.__name__,
)
def test_without_the_guards_rounds_go_wrong(
    race: type[races.Race], unguarded_url: str, portal_site: PortalSite
):
    """The negative control (S5): as soon as one round breaks a rule, the race is shown to be one."""
    under_way = race(unguarded_url)

    assert any(under_way.run() for _ in range(40))
