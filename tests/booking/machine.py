"""A machine that works the booking engine at random, and what must be true after every step (rules 1-3, 5, 8, 9).

It moves its own clock: every operation takes `now`. What it compares with is reckoned from the rows, never with
the product's own annotations.
"""

import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as time_of_day
from random import Random
from typing import Any, NamedTuple

from django.db import transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from booking.affected import Affected, affected_by
from booking.enums import (
    ACTIVE_STATES,
    TAKING_STATES,
    BookingKind,
    BookingState,
    ForBooked,
    RequestState,
    SessionCancelReason,
    WithdrawPart,
)
from booking.errors import BookingRefusedError
from booking.models import Booking
from booking.operations import (
    accept_handover,
    accept_offer,
    answer_overdue_approvals,
    approve_booking,
    book_for_caller,
    cancel_booking,
    cancel_session,
    change_booking,
    change_session_limits,
    decline_booking,
    decline_offer,
    delete_abandoned_forms,
    expire_overdue,
    extend_hold,
    hold_places,
    keep_affected_booking,
    move_booking,
    move_session,
    offer_handover,
    pick_from_queue,
    prove_address,
    release_hold,
    submit_booking,
    take_back_handover,
    withdraw_booking,
)
from booking.operations.answering import accept_time, decline_request, propose_times
from booking.operations.changing_sessions import cancel_token, limits_token, move_token
from booking.operations.request_upkeep import chase_requests
from booking.operations.requesting import prove_request, send_request, withdraw_request
from booking.requesting.rules import Time, Wish
from booking.rules import QUEUE_ENDS
from charter.enums import Transition
from charter.operations.providers import change_provider_state
from charter.operations.withdrawal import withdraw_charter
from core.audit.log import LINK, SYSTEM
from tests.booking.machine_world import (
    ASKED,
    EVENING,
    FIRST_NOW,
    PICK,
    VISIT,
    YES_OR_NO,
    Asked,
    Choose,
    Form,
    Row,
    Snapshot,
    World,
    every_column,
    one_of,
    rank,
)
from tests.factories.charter import SignatureFactory
from workshops.calendars import at_local_time, local_date_of
from workshops.enums import Audience, PlaceKind, SessionAccess, SessionState
from workshops.errors import WorkshopError
from workshops.models import Session
from workshops.operations.moving import NewTime
from workshops.operations.sessions import close_session, open_session
from workshops.rules import Limits

REFUSALS = (BookingRefusedError, WorkshopError)
FOLLOWING_ACTIONS = {
    "place_offered", "offer_expired", "booking_expired", "queue_closed", "queue_unproven", "approval_overdue",
}  # fmt: skip
"""What one operation may bring for other bookings: the queue moves on, what ran out ends."""

HELD, WAITING, OFFERED = BookingState.HELD, BookingState.WAITING, BookingState.OFFERED
AWAITING, CONFIRMED, EXPIRED = BookingState.AWAITING_APPROVAL, BookingState.CONFIRMED, BookingState.EXPIRED


class Step(NamedTuple):
    """One thing that people, the administration or the clock may do."""

    act: Callable[..., None]
    weight: int
    wishes: dict[str, Choose]


STEPS: list[Step] = []


def step(weight: int = 2, **wishes: Choose) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add a step, with how often it is taken and what it chooses."""

    def add(act: Callable[..., None]) -> Callable[..., None]:
        STEPS.append(Step(act, weight, wishes))
        return act

    return add


@dataclass
class Budget:
    """Until when steps are taken: on a machine that is busy with other things there are fewer."""

    ends_at: float
    has_failed: bool = False

    @property
    def is_spent(self) -> bool:
        """Whether to stop; what failed is done again to be told, however long it takes."""
        return time.monotonic() > self.ends_at and not self.has_failed


class BookingMachine(RuleBasedStateMachine):
    """Every example works in a savepoint of its own, so that the next begins with the same world."""

    def __init__(self, world: World, part: int, budget: Budget) -> None:
        super().__init__()
        self._undone = transaction.atomic()
        self._undone.__enter__()
        self.world = world
        self.part = part
        self.budget = budget
        self.now = FIRST_NOW
        self.rows = Snapshot.take()
        self.suspended: set[int] = set()
        self.covered_until: dict[int, date] = {}
        """First day without cover, of providers whose charter was withdrawn."""

        self.forms: dict[int, Form] = {}
        self.taken = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undone.__exit__(None, None, None)

    @rule(seed=st.integers(0, 2**32 - 1))
    def take_a_step(self, seed: int) -> None:
        """Take one of the steps below. Dice decide, not the strategies: those like the same step again and again."""
        if self.budget.is_spent:
            return
        self.taken += 1
        dice = Random(f"{self.part} {seed} {self.taken}")
        (taken,) = dice.choices(STEPS, weights=[step.weight for step in STEPS])
        chosen = {name: choose(dice) for name, choose in taken.wishes.items()}
        note(f"{self.now:%d %b %H:%M} {taken.act.__name__} {chosen}")
        try:
            taken.act(self, **chosen)
        except BaseException:
            self.budget.has_failed = True
            raise

    # What people do.

    @step(weight=5, asked=ASKED)
    def sign_up(self, asked: Asked) -> None:
        self._sign_up(asked, is_proven=True)

    @step(weight=3, asked=ASKED, how=one_of("hold", "hold or wait", "unproven", "unproven", "phone"))
    def come_otherwise(self, asked: Asked, how: str) -> None:
        if how == "phone":
            self.act(
                book_for_caller, "booking_sent",
                session_id=self.world.sessions[asked.session].pk, party=self.world.party(asked),
                contact=self.world.contact(asked), submission_key=uuid.uuid4(), actor=SYSTEM, now=self.now,
                wants_queue=True,
            )  # fmt: skip
        elif how == "unproven":
            self._sign_up(asked, is_proven=False)
        else:
            self._hold(asked, wants_queue=how == "hold or wait")

    @step(pick=PICK, asked=ASKED)
    def post_the_form_again(self, pick: int, asked: Asked) -> None:
        """In the same browser, with other numbers: the hold is changed, all or nothing."""
        booking = self._choose(pick, [HELD, WAITING], is_sent=False)
        if booking and booking["id"] in self.forms:
            number = self._number_of(booking)
            if number is not None:
                self._hold(asked._replace(session=number), wants_queue=True, form=self.forms[booking["id"]])

    @step(weight=2, pick=PICK, is_proven=YES_OR_NO)
    def send(self, pick: int, is_proven: bool) -> None:
        booking = self._choose(pick, [HELD, WAITING, EXPIRED], is_sent=False)
        if booking:
            self.act(
                submit_booking, "booking_sent", booking_id=booking["id"], is_proven=is_proven, now=self.now
            )

    @step(weight=3, pick=PICK)
    def prove(self, pick: int) -> None:
        booking = self._choose(pick, [HELD, WAITING, EXPIRED], is_sent=True)
        if booking:
            self.act(prove_address, "address_proven", booking_id=booking["id"], now=self.now, actor=LINK)

    @step(pick=PICK, is_more=YES_OR_NO)
    def extend_or_give_up(self, pick: int, is_more: bool) -> None:
        booking = self._choose(pick, [HELD, WAITING], is_sent=False)
        if booking and is_more:
            self.act(extend_hold, "", is_repeatable=False, booking_id=booking["id"], now=self.now)
        elif booking:
            self.act(release_hold, "", booking_id=booking["id"], now=self.now)

    @step(
        weight=6,
        pick=PICK,
        who=one_of("participant", "participant", "for a caller", "organiser"),
        part=one_of(*WithdrawPart, WithdrawPart.ALL, WithdrawPart.ALL),
    )
    def end(self, pick: int, who: str, part: WithdrawPart) -> None:
        """Withdraw it, or of a package a part; the evening's parents, and a request's own session, go with it."""
        booking = self._choose(pick, ACTIVE_STATES, is_sent=True)
        if booking and who == "organiser":
            self.act(
                cancel_booking, "booking_cancelled", booking_id=booking["id"], reason="other", actor=SYSTEM,
                now=self.now, also={"session.cancelled", "session.closed"},
            )  # fmt: skip
        elif booking:
            self.act(
                withdraw_booking, self._how_withdrawn(booking, part), booking_id=booking["id"], reason="date",
                actor=LINK, now=self.now, by_staff=who == "for a caller", part=part,
                also={"session.cancelled", "booking_cancelled"},
            )  # fmt: skip

    @step(weight=6, pick=PICK, is_yes=YES_OR_NO)
    def answer(self, pick: int, is_yes: bool) -> None:
        booking = self._choose(pick, [OFFERED])
        if booking and is_yes:
            self.act(accept_offer, "offer_accepted", booking_id=booking["id"], actor=LINK, now=self.now)
        elif booking:
            self.act(decline_offer, "offer_declined", booking_id=booking["id"], actor=LINK, now=self.now)

    @step(weight=4, pick=PICK, asked=ASKED, by_staff=YES_OR_NO)
    def change(self, pick: int, asked: Asked, by_staff: bool) -> None:
        """More, fewer or other classes, or seats."""
        booking = self._choose(pick, [CONFIRMED, AWAITING, WAITING], is_sent=True)
        if booking:
            number = self._number_of(booking)
            if number is None:
                return
            schools = [school.pk for school in self.world.schools]
            school = schools.index(booking["school_id"]) if booking["school_id"] else 0
            asked = asked._replace(session=number, school=school)
            self.act(
                change_booking, "booking_changed", booking_id=booking["id"], party=self.world.party(asked),
                contact=self.world.contact(asked), actor=LINK, now=self.now, accepts_approval=True, by_staff=by_staff,
            )  # fmt: skip

    @step(weight=4, pick=PICK, to=one_of(0, 3, 3, 1, 6, 6), by_staff=YES_OR_NO)
    def go_to_another_date(self, pick: int, to: int, by_staff: bool) -> None:
        """Of a course, one lesson goes to a date of its own."""
        booking = self._choose(pick, [CONFIRMED, AWAITING], is_sent=True)
        if booking:
            booked = self._booked(booking, which=pick)
            self.act(
                move_booking, "booking_moved", booking_id=booking["id"], booked_session_id=booked["id"],
                to_session_id=self.world.sessions[to].pk, actor=LINK, now=self.now, by_staff=by_staff,
                also={"session.cancelled"},
            )  # fmt: skip

    @step(weight=3, asked=ASKED, is_sent=YES_OR_NO)
    def book_a_package(self, asked: Asked, is_sent: bool) -> None:
        """A visit with the whole evening."""
        evening = self.world.sessions[EVENING].pk
        booking = self._hold(asked._replace(session=VISIT), wants_queue=False, evening_id=evening)
        if booking and is_sent:
            self.act(submit_booking, "booking_sent", booking_id=booking.pk, is_proven=True, now=self.now)

    @step(weight=3, pick=PICK, asked=ASKED, what=one_of("ask", "accept", "accept", "think better"))
    def hand_over(self, pick: int, asked: Asked, what: str) -> None:
        pending = [row for row in self.rows.bookings.values() if row["pending_email"]]
        booking = self._choose(pick, [CONFIRMED, AWAITING, WAITING], is_sent=True)
        if pending and what != "ask":
            booking = pending[pick % len(pending)]
        if booking and what == "accept" and pending:
            self.act(
                accept_handover, "booking_handed_over", is_repeatable=False, booking_id=booking["id"],
                phone_on_day="11 22 33 44", actor=LINK, now=self.now,
            )  # fmt: skip
        elif booking and what == "think better" and pending:
            self.act(
                take_back_handover, "booking_handover_taken_back", booking_id=booking["id"], actor=LINK,
                now=self.now,
            )  # fmt: skip
        elif booking:
            contact = self.world.contact(asked)
            self.act(
                offer_handover, "booking_handover_offered", booking_id=booking["id"], name=contact.name,
                email=contact.email, actor=LINK, now=self.now,
            )  # fmt: skip

    @step(weight=2, asked=ASKED, is_proven=one_of(True, True, False))
    def ask_for_a_date(self, asked: Asked, is_proven: bool) -> None:
        wish = Wish(local_date_of(self.now) + timedelta(days=asked.pupils))
        self.act(
            send_request, "request_sent", offer_id=self.world.sessions[1].offer_id,
            party=self.world.party(asked._replace(session=1)), contact=self.world.contact(asked), wishes=[wish],
            submission_key=uuid.uuid4(), is_proven=is_proven, actor=LINK, now=self.now,
        )  # fmt: skip

    @step(
        weight=5,
        pick=PICK,
        what=one_of("propose", "accept", "accept", "accept", "withdraw", "decline"),
        days=one_of(5, 12, 30),
        is_open=one_of(True, False, False),
    )
    def go_on_with_a_request(self, pick: int, what: str, days: int, is_open: bool) -> None:
        """Propose times, accept one, decline, withdraw; what is not proven is proven first."""
        if not self.rows.requests:
            return
        states = {"accept": [RequestState.ANSWERED], "propose": [RequestState.SENT, RequestState.ANSWERED]}
        every = list(self.rows.requests.values())
        fitting = [row for row in every if row["state"] in states.get(what, [row["state"]])]
        asked = (fitting or every)[pick % len(fitting or every)]
        to = {"request_id": asked["id"], "actor": LINK, "now": self.now}
        if asked["state"] == RequestState.UNPROVEN:
            self.act(prove_request, "request_proven", **to)
        elif what == "propose" or (what == "accept" and asked["state"] == RequestState.SENT):
            starts_at = at_local_time(local_date_of(self.now) + timedelta(days=days), time_of_day(10))
            times = [Time(starts_at + timedelta(days=more), 90, is_open_to_others=is_open) for more in (0, 1)]
            self.act(propose_times, "request_answered", is_repeatable=False, times=times, **to)
        elif what == "accept":
            times = [row for row in self.rows.times.values() if row["request_id"] == asked["id"]]
            self.act(
                accept_time, "request_agreed", proposal_id=times[pick % len(times)]["id"] if times else 0,
                also={"session.created", "booking_sent", "booking_approved"}, **to,
            )  # fmt: skip
        elif what == "withdraw":
            self.act(withdraw_request, "request_withdrawn", **to)
        else:
            self.act(decline_request, "request_declined", reason="request_capacity", **to)

    # What the administration does.

    @step(weight=2, pick=PICK, what=one_of("yes", "yes", "no", "keep"))
    def decide(self, pick: int, what: str) -> None:
        """Approve, decline, or let a booking without cover stay."""
        booking = self._choose(pick, [AWAITING])
        if booking and what == "yes":
            self.act(
                approve_booking, "booking_approved", booking_id=booking["id"], actor=SYSTEM, now=self.now
            )
        elif booking and what == "no":
            self.act(
                decline_booking, "booking_declined", booking_id=booking["id"], reason="capacity", actor=SYSTEM,
                now=self.now, also={"session.cancelled"},
            )  # fmt: skip
        elif booking:
            self.act(
                keep_affected_booking, "affected_booking_kept", is_repeatable=False, is_counted=False,
                booking_id=booking["id"], actor=SYSTEM, now=self.now,
            )  # fmt: skip

    @step(weight=2, pick=PICK)
    def pick_out_of_turn(self, pick: int) -> None:
        booking = self._choose(pick, [WAITING], is_sent=True)
        if booking:
            self.act(
                pick_from_queue, "place_offered", booked_session_id=self._booked(booking)["id"],
                reason="Har ventet længe", actor=SYSTEM, now=self.now,
            )  # fmt: skip

    @step(
        weight=4,
        what=one_of("limits", "limits", "door", "provider", "charter", "move", "move", "cancel"),
        number=one_of(0, 0, 1, 2, 3, 5, VISIT),
        more=one_of(*range(-3, 4)),
    )
    def administer(self, what: str, number: int, more: int) -> None:
        """Change a date or who may hold it; what closed the gate before opens it again."""
        session = self.rows.sessions[self.world.sessions[number].pk]
        provider = session["provider_id"]
        if what == "limits":
            self._change_limits(session, more)
        elif what == "move":
            self._move_session(session, days=more)
        elif what == "cancel" and more == 3:
            self._cancel_session(session)
        elif what == "door":
            self._open_or_close(session)
        elif provider in self.suspended or what == "provider":
            self._suspend_or_reactivate(provider)
        elif provider in self.covered_until or what == "charter":
            self._withdraw_or_sign(provider, in_days=max(more, 0) * 10)
        self._jobs()

    @step(weight=4, minutes=one_of(1, 16, 16, 180, 25 * 60, 49 * 60, 4 * 24 * 60))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self._jobs()

    def _change_limits(self, row: Row, more: int) -> None:
        session = Session.objects.get(pk=row["id"])
        limits = Limits(
            max_groups=row["max_groups"] and max(row["max_groups"] + more, 1),
            max_people=row["max_people"] and max(row["max_people"] + more * row["max_people"] // 6, 1),
            reserved=1 if more == 2 else 0,
            adults_count=row["adults_count"],
        )
        self.act(
            change_session_limits, "session.limits_changed", session_id=session.pk, limits=limits,
            seen=limits_token([Affected(session, ())], limits), now=self.now, actor=SYSTEM,
        )  # fmt: skip

    def _move_session(self, row: Row, *, days: int) -> None:
        session = Session.objects.get(pk=row["id"])
        new_time = NewTime(
            day=row["local_date"] + timedelta(days=days), start_time=time_of_day(16 if days == 0 else 17),
            duration_minutes=90, venue_id=session.venue_id,
        )  # fmt: skip
        affected = affected_by([session], now=self.now)
        self.act(
            move_session, "session.moved", session_id=session.pk, following=False, new_time=new_time,
            for_booked=ForBooked.TELL, seen=move_token(affected, new_time, ForBooked.TELL), actor=SYSTEM, now=self.now,
            also={"booking_session_moved", "request_times_moved"},
        )  # fmt: skip

    def _cancel_session(self, row: Row) -> None:
        session = Session.objects.get(pk=row["id"])
        reason = SessionCancelReason.values[0]
        asked = (SessionCancelReason(reason), ForBooked.TELL)
        self.act(
            cancel_session, "session.cancelled", session_id=session.pk, following=False, reason=asked[0],
            for_booked=asked[1], seen=cancel_token(affected_by([session], now=self.now), *asked), actor=SYSTEM,
            now=self.now, also={"booking_cancelled", "booking_session_cancelled", "request_times_cancelled"},
        )  # fmt: skip

    def _open_or_close(self, row: Row) -> None:
        is_open = row["state"] == SessionState.OPEN
        self.act(
            close_session if is_open else open_session, "session.closed" if is_open else "session.open",
            session_id=row["id"], now=self.now, actor=SYSTEM,
        )  # fmt: skip

    def _suspend_or_reactivate(self, provider: int) -> None:
        step = Transition.REACTIVATE if provider in self.suspended else Transition.SUSPEND
        self.suspended ^= {provider}
        self.act(
            change_provider_state, f"provider.{step.value}", is_repeatable=False,
            provider_id=provider, transition=step, reason="Prøve", actor=SYSTEM, now=self.now,
        )  # fmt: skip

    def _withdraw_or_sign(self, provider: int, *, in_days: int) -> None:
        if self.covered_until.pop(provider, None):
            SignatureFactory(
                provider_id=provider, covers_from=date(2020, 1, 1), covers_until=date(2035, 12, 31)
            )
            return
        day = local_date_of(self.now) + timedelta(days=in_days)
        self.covered_until[provider] = day
        self.act(
            withdraw_charter, "signature.withdrawn", is_counted=False, provider_id=provider, ends_on=day,
            reason="Prøve", actor=SYSTEM, now=self.now,
        )  # fmt: skip

    # What must be true.

    @invariant()
    def all_is_well(self) -> None:
        """One invariant, so that the steps of a failure can be read."""
        if self.budget.is_spent:
            return
        self.counters_are_the_sum_of_what_is_active()
        self.limits_are_kept()
        self.a_visit_has_one_host()
        self.no_class_is_split_or_twice_in_a_date()
        self.a_booking_and_its_places_agree()
        self.freed_places_are_offered()
        self.nothing_without_cover_is_without_a_task()
        self.each_state_is_told_once()
        self.a_request_became_one_booking_or_none()
        self.no_session_waits_for_whoever_asked_for_it()

    def counters_are_the_sum_of_what_is_active(self) -> None:
        for session in self.rows.sessions.values():
            active = self.rows.of_session(session["id"], TAKING_STATES)
            assert session["groups_taken"] == sum(row["groups"] for row in active)
            assert session["people_taken"] == sum(row["people"] for row in active)
            assert session["waiting"] == len(self.rows.queue(session["id"]))

    def limits_are_kept(self) -> None:
        for session in self.rows.sessions.values():
            for unit in ("groups", "people"):
                assert session[f"max_{unit}"] is None or session[f"{unit}_taken"] <= session[f"max_{unit}"]

    def a_visit_has_one_host(self) -> None:
        for session in self.rows.sessions.values():
            if session["place_kind"] != PlaceKind.AT_SCHOOL:
                continue
            taking = self.rows.of_session(session["id"], TAKING_STATES)
            schools = {self._school_of(row) for row in taking} - {None}
            if session["audience"] == Audience.SCHOOL:
                assert schools == ({session["host_school_id"]} - {None})
                continue
            # A whole evening: the school's, and parents of it.
            assert schools <= {session["host_school_id"]}
            assert session["for_school_id"] == session["host_school_id"]
            assert sum(row["groups"] for row in taking) <= 1

    def no_class_is_split_or_twice_in_a_date(self) -> None:
        active = [place for place in self.rows.places.values() if place["is_active"]]
        seen = Counter((place["session_id"], place["class_key"]) for place in active)
        assert all(count == 1 for count in seen.values())
        of_booked: dict[int, set[int]] = {}
        for place in active:
            of_booked.setdefault(place["booked_session_id"], set()).add(place["booked_class_id"])
        for row in self.rows.booked.values():
            booking = self.rows.bookings[row["booking_id"]]
            classes = {
                one["id"]: one for one in self.rows.classes.values() if one["booking_id"] == booking["id"]
            }
            is_active = row["state"] in TAKING_STATES or (
                row["state"] == BookingState.WAITING and booking["submitted_at"]
            )
            if self.rows.sessions[row["session_id"]]["audience"] != Audience.SCHOOL:
                # An evening: parents, or the school with the whole of it.
                assert row["id"] not in of_booked
                assert booking["kind"] != BookingKind.SCHOOL or (row["groups"], row["people"]) == (1, 0)
                continue
            if booking["kind"] == BookingKind.SCHOOL:
                assert of_booked.get(row["id"], set()) == (set(classes) if is_active else set())
            if booking["kind"] == BookingKind.SCHOOL and row["state"] in ACTIVE_STATES:
                assert row["groups"] == len(classes)
                adults = self.rows.sessions[row["session_id"]]["adults_count"]
                assert row["people"] == sum(
                    one["pupils"] + (one["adults"] if adults else 0) for one in classes.values()
                )

    def a_booking_and_its_places_agree(self) -> None:
        """A course may have lost a date; whatever a booking has, it has in one state."""
        for booking in self.rows.bookings.values():
            active = [
                row
                for row in self.rows.booked.values()
                if row["booking_id"] == booking["id"] and row["state"] in ACTIVE_STATES
            ]
            assert {row["state"] for row in active} == ({booking["state"]} & set(ACTIVE_STATES))
            if booking["state"] in (HELD, OFFERED):
                assert {row["held_until"] for row in active} == {booking["held_until"]} != {None}
            assert booking["confirmed_at"] or booking["state"] != CONFIRMED

    def freed_places_are_offered(self) -> None:
        """No entry fits what is free, while the queue moves."""
        for session in self.rows.sessions.values():
            if not self._queue_moves(session):
                continue
            free = self._free(session)
            for entry in self.rows.queue(session["id"]):
                host = session["host_school_id"]
                is_hosts = (
                    host in (None, self._school_of(entry)) or session["place_kind"] != PlaceKind.AT_SCHOOL
                )
                assert not (is_hosts and all(entry[unit] <= left for unit, left in free.items()))

    def nothing_without_cover_is_without_a_task(self) -> None:
        """Rule 3: what lost its cover is somebody's to decide on, and still stands."""
        tasks = {task["subject"] for task in self.rows.tasks.values() if task["kind"] == "affected_booking"}
        for row in self.rows.booked.values():
            session, booking = self.rows.sessions[row["session_id"]], self.rows.bookings[row["booking_id"]]
            if row["state"] in TAKING_STATES and booking["submitted_at"] and session["starts_at"] > self.now:
                assert self._is_covered(session) or f"booking:{booking['id']}" in tasks

    def each_state_is_told_once(self) -> None:
        """Rule 5: no mail of a state twice, and that of the present state is there."""
        for booking in self.rows.bookings.values():
            name = _mail_of(booking)
            if not (booking["submitted_at"] and name):
                continue
            kind = "booking" if booking["kind"] == BookingKind.SCHOOL else "sign_up"
            told = self.rows.mails[f"{kind}_{name}", f"booking:{booking['id']}", booking["contact_email"]]
            ended_with_date = booking["end_reason"] in SessionCancelReason.values
            may_differ = name == "received" or booking["changes"] or ended_with_date
            assert told == 1 or may_differ, name

    def a_request_became_one_booking_or_none(self) -> None:
        """S16: of its times one is accepted, just when it is agreed, and that one's session had the booking."""
        for asked in self.rows.requests.values():
            accepted = [
                time
                for time in self.rows.times.values()
                if time["request_id"] == asked["id"] and time["accepted_at"]
            ]
            is_agreed = asked["state"] == RequestState.AGREED
            assert len(accepted) == is_agreed == (asked["booking_id"] is not None)

    def no_session_waits_for_whoever_asked_for_it(self) -> None:
        """A session made for a request alone is called off when its booking has left it."""
        for session in self.rows.sessions.values():
            is_ahead = session["starts_at"] > self.now and session["state"] == SessionState.OPEN
            if is_ahead and session["access"] == SessionAccess.INVITATION:
                assert self.rows.of_session(session["id"], ACTIVE_STATES)

    # One step, and what must be true of it.

    def act(
        self,
        operation: Any,
        action: str,
        *,
        is_repeatable: bool = True,
        is_counted: bool = True,
        also: Collection[str] = (),
        **kwargs: Any,
    ) -> Any:
        """Do it, and again. A refusal changes nothing; a change is logged once; again changes nothing."""
        before = self.rows
        try:
            result = operation(**kwargs)
        except REFUSALS:
            assert every_column() == before.every_column, "a refusal changes nothing"
            return None
        if not action and every_column() == before.every_column:
            return result
        self.rows = Snapshot.take()
        self._check_log(before, action, also, is_counted=is_counted)
        self._check_cover(before)
        self._check_order(before, is_pick=operation is pick_from_queue)
        if is_repeatable:
            try:
                operation(**kwargs)
            except REFUSALS as refusal:
                raise AssertionError("a repeated operation is refused") from refusal
            assert every_column() == self.rows.every_column, "a repeated operation changes nothing"
        return result

    def _check_log(self, before: Snapshot, action: str, also: Collection[str], *, is_counted: bool) -> None:
        new = self.rows.entries - before.entries
        by_action = Counter(what for what, _subject in new.elements())
        # A task that ends with it has an entry of its own.
        assert by_action.pop("work_item.closed", 0) == sum(
            task["closed_at"] is not None and before.tasks[number]["closed_at"] is None
            for number, task in self.rows.tasks.items()
            if number in before.tasks
        )
        if action not in FOLLOWING_ACTIONS:
            own = by_action.pop(action, 0)
            assert not is_counted or own == bool(action and self.rows.every_column != before.every_column), (
                action
            )
        assert set(by_action) <= FOLLOWING_ACTIONS | set(also)
        for booking in self.rows.bookings.values():
            was = before.bookings.get(booking["id"], {}).get("state")
            is_now, reason = booking["state"], booking["end_reason"]
            became = {
                "place_offered": is_now == OFFERED != was,
                "offer_expired": was == OFFERED and is_now == EXPIRED,
                "queue_closed": is_now != was and reason == "queue_closed",
                "queue_unproven": is_now != was and reason == "queue_unproven",
            }
            for what, has_become in became.items():
                assert new[what, f"booking:{booking['id']}"] == has_become, what

    def _check_cover(self, before: Snapshot) -> None:
        """Nothing got a place, or kept it for good, without cover at that moment (rule 2)."""
        for row in self.rows.booked.values():
            was = before.booked.get(row["id"], {}).get("state")
            if row["state"] in TAKING_STATES and row["state"] != was:
                assert self._is_covered(self.rows.sessions[row["session_id"]])

    def _check_order(self, before: Snapshot, *, is_pick: bool) -> None:
        """Nobody who asked earlier for no more is left waiting by somebody who got a place in this step (rule 8)."""
        for session in self.rows.sessions.values():
            takers = self._takers(before, session["id"])
            if not takers or not self._queue_moves(session):
                continue
            stayed = {
                self._school_of(row)
                for row in self.rows.of_session(session["id"], TAKING_STATES)
                if row["booking_id"] not in {taker["booking_id"] for taker, _size in takers}
            }
            for place, (taker, size) in enumerate(takers):
                if is_pick and taker["is_picked"]:
                    continue
                for entry in self.rows.queue(session["id"]):
                    old = before.booked.get(entry["id"])
                    if old is None or old["queued_at"] is None or rank(entry) > rank(taker):
                        continue
                    school = self._school_of(entry)
                    if session["place_kind"] == PlaceKind.AT_SCHOOL and (
                        stayed - {school} or (place > 0 and school != self._school_of(taker))
                    ):
                        continue
                    assert not all(entry[unit] <= size[unit] for unit in size), "overtaken"

    def _takers(self, before: Snapshot, session_id: int) -> list[tuple[Row, dict[str, int]]]:
        """Return who got places in this step and how many more than before, the first in line first."""
        units = self._units(self.rows.sessions[session_id])
        found = []
        for row in self.rows.of_session(session_id, TAKING_STATES):
            had = [
                old
                for old in before.of_session(session_id, TAKING_STATES)
                if old["booking_id"] == row["booking_id"]
            ]
            size = {unit: row[unit] - sum(old[unit] for old in had) for unit in units}
            if any(more > 0 for more in size.values()):
                found.append((row, size))
        return sorted(found, key=lambda taker: rank(taker[0]))

    # Reckoning.

    def _units(self, session: Row) -> list[str]:
        return [unit for unit in ("groups", "people") if session[f"max_{unit}"] is not None]

    def _free(self, session: Row) -> dict[str, int]:
        taking = [
            row
            for row in self.rows.of_session(session["id"], TAKING_STATES)
            if row["held_until"] is None or row["held_until"] > self.now
        ]
        units = self._units(session)
        # What is kept back is kept back in the first unit that is limited.
        return {
            unit: session[f"max_{unit}"]
            - (session["reserved"] if unit == units[0] else 0)
            - sum(row[unit] for row in taking)
            for unit in units
        }

    def _is_covered(self, session: Row) -> bool:
        provider = session["provider_id"]
        ends = self.covered_until.get(provider, date.max)
        return (
            provider not in self.suspended and local_date_of(self.now) < ends and session["local_date"] < ends
        )

    def _queue_moves(self, session: Row) -> bool:
        return (
            session["state"] == SessionState.OPEN
            and session["starts_at"] > self.now + QUEUE_ENDS
            and self._is_covered(session)
        )

    def _school_of(self, row: Row) -> int | None:
        school: int | None = self.rows.bookings[row["booking_id"]]["school_id"]
        return school

    def _booked(self, booking: Row, *, which: int = 0) -> Row:
        """Return its places: the active ones of a course that has lost a date; `which` chooses among several."""
        mine = [row for row in self.rows.booked.values() if row["booking_id"] == booking["id"]]
        active = [row for row in mine if row["state"] in ACTIVE_STATES] or mine
        return active[which % len(active)]

    def _number_of(self, booking: Row) -> int | None:
        """Return which of the world's dates a booking is of; None for one that was made for a request."""
        numbers = {session.pk: number for number, session in enumerate(self.world.sessions)}
        return numbers.get(self._booked(booking)["session_id"])

    def _how_withdrawn(self, booking: Row, part: WithdrawPart) -> str:
        """Return how the log calls it: of a package whose other part stays, a part."""
        rows = [
            self.rows.sessions[row["session_id"]]["audience"] == Audience.SCHOOL
            for row in self.rows.booked.values()
            if row["booking_id"] == booking["id"] and row["state"] in ACTIVE_STATES
        ]
        is_visit = part == WithdrawPart.VISIT
        leave = [row for row in rows if part == WithdrawPart.ALL or row == is_visit]
        is_school = booking["kind"] == BookingKind.SCHOOL
        if not is_school and part != WithdrawPart.ALL:
            leave = rows if is_visit else []
        return "booking_part_withdrawn" if leave and len(leave) < len(rows) else "booking_withdrawn"

    def _choose(self, pick: int, states: Collection[str], *, is_sent: bool | None = None) -> Row | None:
        every = list(self.rows.bookings.values())
        fitting = [
            row
            for row in every
            if row["state"] in states and (is_sent is None or (row["submitted_at"] is not None) == is_sent)
        ]
        pool = fitting if fitting and pick < 90 else every
        return pool[pick % len(pool)] if pool else None

    # How people come.

    def _hold(
        self, asked: Asked, *, wants_queue: bool, form: Form | None = None, evening_id: int | None = None
    ) -> Booking | None:
        form = form or Form(uuid.uuid4(), uuid.uuid4().hex)
        held = {
            "session_id": self.world.sessions[asked.session].pk,
            "party": self.world.party(asked),
            "contact": self.world.contact(asked),
            **form._asdict(),
            "now": self.now,
            "wants_queue": wants_queue,
            "evening_id": evening_id,
        }
        booking: Booking | None = self.act(hold_places, "", is_repeatable=False, **held)
        if booking is None:
            return None
        # The same form again is the same booking with the same places; it only counts as an extension.
        before = self.rows
        again = hold_places(**held)
        self.rows = Snapshot.take()
        assert again.pk == booking.pk
        assert self.rows.sessions == before.sessions, "the same form again takes nothing more"
        assert (self.rows.entries, self.rows.mails) == (before.entries, before.mails)
        self.forms[booking.pk] = form
        return booking

    def _sign_up(self, asked: Asked, *, is_proven: bool) -> None:
        booking = self._hold(asked, wants_queue=True)
        if booking:
            self.act(submit_booking, "booking_sent", booking_id=booking.pk, is_proven=is_proven, now=self.now)

    def _jobs(self) -> None:
        """The periodic jobs run every minute."""
        self.act(expire_overdue, "", now=self.now)
        self.act(
            answer_overdue_approvals, "", now=self.now,
            also={"booking_approved", "booking_declined", "session.cancelled"},
        )  # fmt: skip
        self.act(chase_requests, "", now=self.now, also={"request_expired"})
        self.act(delete_abandoned_forms, "", now=self.now)


def _mail_of(booking: Row) -> str:
    """Return the mail that tells a sent booking's present state; "" where it may be told later."""
    by_end = {
        "offer_declined": "left_queue",
        "offer_expired": "offer_expired",
        "queue_closed": "queue_closed",
        "queue_unproven": "expired",
        "told": "expired",
    }
    by_state = {
        BookingState.HELD: "confirm_address",
        BookingState.AWAITING_APPROVAL: "received",
        BookingState.WAITING: "waiting" if booking["proven_at"] else "confirm_queue",
        BookingState.OFFERED: "offered",
        BookingState.CONFIRMED: "receipt",
        BookingState.DECLINED: "declined",
        BookingState.CANCELLED: "cancelled",
    }
    if not booking["contact_email"]:
        return ""
    return by_end.get(booking["end_reason"]) or by_state.get(BookingState(booking["state"]), "")
