"""The booking engine worked at random: what must be true is asked after every step (tests.booking.machine).

The steps are the same in every run. `./run test --races` takes twenty times as many.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.booking.machine import BookingMachine
from tests.booking.machine_world import World

pytestmark = [pytest.mark.race, pytest.mark.django_db]

PARTS = range(10 if int(os.environ.get("PORTAL_TEST_ROUNDS", "20")) > 20 else 1)
EXAMPLES, STEPS = (36, 22) if len(PARTS) > 1 else (18, 22)


def work(*, part: int, examples: int, steps: int = STEPS) -> None:
    world = World.make()
    run_state_machine_as_test(
        lambda: BookingMachine(world, part),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Shrinking a failure takes minutes; the steps are printed as they were taken.
            phases=[Phase.generate],
            report_multiple_bugs=False,
        ),
    )


@pytest.mark.parametrize("part", PARTS)
def test_everything_that_must_be_true_is_true_after_every_step(part):
    work(part=part, examples=EXAMPLES)
