"""The golden year, looked at when it is over, and who closes years."""

import pytest
import time_machine

from tests.factories.accounts import UserFactory
from tests.portal.reporting.golden_year import NOW, make_golden_year


@pytest.fixture
def golden(db):
    year = make_golden_year()
    with time_machine.travel(NOW, tick=False):
        yield year


@pytest.fixture
def administrator():
    return UserFactory(first_name="Anna", last_name="Andersen", roles=["Administration"])
