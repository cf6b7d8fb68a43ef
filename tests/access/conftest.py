"""The world of the access matrix."""

import pytest

from tests.access.rows import Visits
from tests.access.world import make_world


@pytest.fixture
def world(portal_site):
    """Make the people and the two providers."""
    return make_world()


@pytest.fixture
def visits(world):
    """Let any role ask for any page; sessions are made before the first request is undone."""
    visits = Visits(world)
    for role in world.people:
        visits.request(role, "get", "/konto/log-af/")
    return visits
