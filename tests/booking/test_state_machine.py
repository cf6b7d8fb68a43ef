"""The booking engine worked at random: what must be true is asked after every step (tests.booking.machine).

The steps are the same in every run. `./run test --races` takes twenty times as many.
"""

import os
import time

import pytest
from django.db.models import F
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from booking import places
from booking.enums import BookingState
from booking.operations import deciding, ending, holding, queueing
from booking.querysets import BookedSessionQuerySet
from core.audit import log
from tests.booking.machine import BookingMachine, Budget
from tests.booking.machine_world import World
from workshops.models import Session

pytestmark = [pytest.mark.race, pytest.mark.django_db]

PARTS = range(20 if int(os.environ.get("PORTAL_TEST_ROUNDS", "20")) > 20 else 2)
"""Each has dice of its own."""

EXAMPLES, STEPS = (18, 22) if len(PARTS) > 2 else (9, 22)
SECONDS = 100
"""A part takes a few on a machine of its own."""


def work(*, part: int, examples: int, steps: int = STEPS, seconds: int = SECONDS) -> None:
    world = World.make()
    budget = Budget(ends_at=time.monotonic() + seconds)
    run_state_machine_as_test(
        lambda: BookingMachine(world, part, budget),
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


# What the machine must catch: each fault is put in by hand, here only.


def forget_the_queue(monkeypatch):
    """A withdrawal, or the organiser's cancellation, frees places and offers them to nobody."""
    monkeypatch.setattr(ending, "run_queue", lambda sessions, **_more: [])
    monkeypatch.setattr(ending, "_serve_queues", lambda now: None)


def keep_the_counters_up(monkeypatch):
    """What ends gives nothing back."""
    monkeypatch.setattr(places, "give_back", lambda session_id, **_sizes: None)


def keep_counting_who_has_left(monkeypatch):
    """The length of the queue is not lowered by who leaves it."""

    def end_place(booked, *, state):
        waited = booked.state == BookingState.WAITING and booked.queued_at is not None
        ended = places.end_place(booked, state=state)
        if ended and waited:
            Session.objects.filter(pk=booked.session_id).update(waiting=F("waiting") + 1)
        return ended

    monkeypatch.setattr(ending, "end_place", end_place)


def serve_the_last_first(monkeypatch):
    """The queue is walked from its end."""
    in_queue = BookedSessionQuerySet.in_queue
    monkeypatch.setattr(
        BookedSessionQuerySet, "in_queue", lambda queryset: in_queue(queryset).order_by("-queued_at", "-pk")
    )


def accept_without_the_gate(monkeypatch):
    """An offered place is accepted although the charter has been withdrawn."""
    monkeypatch.setattr(queueing, "require_gate", lambda sessions, *, now: None)


def log_twice(monkeypatch):
    """An approval is written in the log twice."""

    def record(*args, **kwargs):
        log.record(*args, **kwargs)
        return log.record(*args, **kwargs)

    monkeypatch.setattr(deciding, "record", record)


def split_a_class(monkeypatch):
    """Of two classes only the first gets its constrained row."""
    activate = holding.activate_classes
    monkeypatch.setattr(
        holding,
        "activate_classes",
        lambda booking, booked, classes: activate(booking, booked, list(classes)[:1]),
    )


def leave_the_session_of_a_request(monkeypatch):
    """Who withdraws the booking of an accepted request leaves its session open, which nobody can book."""
    monkeypatch.setattr(ending, "call_off_agreed", lambda session_ids, **_more: None)


@pytest.mark.parametrize(
    ("fault", "part"),
    [
        (forget_the_queue, 0),
        (keep_the_counters_up, 0),
        (keep_counting_who_has_left, 0),
        (serve_the_last_first, 0),
        (accept_without_the_gate, 6),
        (log_twice, 4),
        (split_a_class, 5),
        (leave_the_session_of_a_request, 4),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_machine_catches_a_fault(fault, part, monkeypatch):
    """With dice that come upon it soon; with others, or other steps, it takes longer."""
    fault(monkeypatch)

    with pytest.raises(AssertionError):
        work(part=part, examples=60, seconds=3 * SECONDS)
