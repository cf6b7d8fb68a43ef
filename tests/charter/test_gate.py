"""Rule 2: the charter gate, right on both sides of midnight in Copenhagen."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from charter.coverage import coverage_of, coverages
from charter.enums import CoverageState, ProviderState
from charter.gate import covered, local_day, open_gate
from charter.models import Provider, ProviderMember
from tests.factories.charter import (
    CharterPeriodFactory,
    CharterVersionFactory,
    ProviderFactory,
    ProviderMemberFactory,
    SignatureFactory,
)

pytestmark = pytest.mark.django_db
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
YEAR_END = datetime(2026, 12, 31, tzinfo=COPENHAGEN)


def passes(provider: Provider, *, today: date, on: date) -> bool:
    """Ask the gate as a session queryset would: `since` of a membership stands in for the local date."""
    membership = ProviderMemberFactory(provider=provider, since=on)
    found = ProviderMember.objects.filter(open_gate(today=today, day="since"), pk=membership.pk).exists()
    membership.delete()
    return found


@pytest.mark.parametrize("state", ProviderState)
def test_gate_is_open_only_for_active_providers(state):
    provider = ProviderFactory(covered=True, state=state)

    assert passes(provider, today=date(2026, 5, 1), on=date(2026, 6, 1)) == (state == ProviderState.ACTIVE)


@pytest.mark.parametrize("state", ProviderState)
def test_gate_asks_municipal_teams_for_their_state_but_no_signature(state):
    provider = ProviderFactory(municipal=True, state=state)

    assert passes(provider, today=date(2026, 5, 1), on=date(2026, 6, 1)) == (state == ProviderState.ACTIVE)


@pytest.mark.parametrize(
    ("today", "on", "expected"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), True),
        (date(2026, 12, 31), date(2026, 12, 31), True),
        (date(2026, 5, 1), date(2027, 1, 1), False),
        (date(2025, 12, 31), date(2026, 1, 1), False),
        (date(2027, 1, 1), date(2026, 12, 31), False),
        (date(2026, 5, 1), date(2025, 12, 31), False),
    ],
    ids=["first day", "last day", "date after", "today before", "today after", "date before"],
)
def test_gate_needs_today_and_the_local_date_covered(today, on, expected):
    provider = SignatureFactory().provider

    assert passes(provider, today=today, on=on) is expected


def test_gate_is_closed_without_a_signature_and_for_another_providers_signature():
    provider = ProviderFactory()
    SignatureFactory()

    assert not passes(provider, today=date(2026, 5, 1), on=date(2026, 5, 1))


def test_next_years_dates_open_when_next_years_charter_is_signed():
    provider = SignatureFactory().provider
    assert not passes(provider, today=date(2026, 6, 1), on=date(2027, 3, 1))

    SignatureFactory(provider=provider, covers_from=date(2027, 1, 1), covers_until=date(2027, 12, 31))

    assert passes(provider, today=date(2026, 6, 1), on=date(2027, 3, 1))


@pytest.mark.parametrize(
    ("today", "on", "expected"),
    [
        (date(2026, 6, 14), date(2026, 6, 14), True),
        (date(2026, 6, 14), date(2026, 6, 15), False),
        (date(2026, 6, 15), date(2026, 6, 15), False),
        (date(2026, 6, 15), date(2026, 6, 1), False),
    ],
    ids=["day before", "date on the day", "the day", "after"],
)
def test_withdrawal_closes_from_its_day(today, on, expected):
    provider = SignatureFactory(withdrawn_from=date(2026, 6, 15)).provider

    assert passes(provider, today=today, on=on) is expected


def test_a_new_signature_after_a_withdrawal_covers_again():
    provider = SignatureFactory(withdrawn_from=date(2026, 6, 15)).provider
    SignatureFactory(provider=provider, covers_from=date(2026, 9, 1))

    assert not passes(provider, today=date(2026, 8, 31), on=date(2026, 9, 1))
    assert passes(provider, today=date(2026, 9, 1), on=date(2026, 9, 1))


@pytest.mark.parametrize(
    ("today", "on", "expected"),
    [
        (date(2026, 6, 30), date(2026, 6, 30), True),
        (date(2026, 6, 30), date(2026, 7, 1), False),
        (date(2026, 7, 1), date(2026, 7, 1), False),
    ],
    ids=["last accepted day", "date after", "today after"],
)
def test_an_old_version_covers_until_it_is_no_longer_accepted(today, on, expected):
    version = CharterVersionFactory(number=1, accepted_until=date(2026, 6, 30))
    provider = SignatureFactory(version=version).provider

    assert passes(provider, today=today, on=on) is expected


def test_the_new_version_covers_before_the_day_it_is_required():
    old = CharterVersionFactory(number=1, accepted_until=date(2026, 6, 30))
    new = CharterVersionFactory(number=2, required_from=date(2026, 7, 1))
    provider = SignatureFactory(version=old).provider
    SignatureFactory(version=new, provider=provider, covers_from=date(2026, 5, 10))

    assert passes(provider, today=date(2026, 6, 30), on=date(2026, 7, 1))


@pytest.mark.parametrize(
    ("instant", "expected_day", "is_open"),
    [
        (datetime(2026, 12, 31, 23, 30, tzinfo=COPENHAGEN), date(2026, 12, 31), True),
        (datetime(2027, 1, 1, 0, 30, tzinfo=COPENHAGEN), date(2027, 1, 1), False),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31), True),
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), date(2027, 1, 1), False),
    ],
    ids=["23:30 local", "00:30 local, still the day before in UTC", "22:59 UTC", "23:01 UTC"],
)
def test_gate_turns_at_midnight_in_copenhagen(instant, expected_day, is_open):
    provider = SignatureFactory().provider

    with time_machine.travel(instant, tick=False):
        today = local_day(timezone.now())

    assert today == expected_day
    assert passes(provider, today=today, on=date(2026, 12, 31)) is is_open


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2027, 3, 27, 23, 30, tzinfo=UTC), date(2027, 3, 28)),
        (datetime(2027, 3, 28, 21, 59, tzinfo=UTC), date(2027, 3, 28)),
        (datetime(2027, 3, 28, 22, 30, tzinfo=UTC), date(2027, 3, 29)),
    ],
    ids=[
        "00:30 before the clocks go back",
        "23:30 after the clocks went back",
        "00:30 the day after",
        "00:30 before the clocks go forward",
        "23:59 after they went forward",
        "00:30 the day after in summer time",
    ],
)
def test_today_is_copenhagens_date_on_the_nights_of_the_clocks(instant, expected):
    assert local_day(instant) == expected


def test_today_does_not_follow_a_users_time_zone():
    with timezone.override("America/New_York"):
        assert local_day(datetime(2027, 1, 1, 0, 30, tzinfo=COPENHAGEN)) == date(2027, 1, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_the_gate_costs_no_query_of_its_own(django_assert_num_queries, count):
    for provider in ProviderFactory.create_batch(count, covered=True):
        ProviderMemberFactory(provider=provider, since=date(2026, 6, 1))

    with django_assert_num_queries(1):
        found = list(ProviderMember.objects.filter(open_gate(today=date(2026, 5, 1), day="since")))

    assert len(found) == count


@pytest.mark.parametrize("count", [1, 3])
def test_coverages_of_a_list_cost_one_query(django_assert_num_queries, count):
    providers = ProviderFactory.create_batch(count, covered=True)

    with django_assert_num_queries(1):
        found = coverages(providers, today=date(2026, 5, 1))

    assert {coverage.state for coverage in found.values()} == {CoverageState.COVERED}


def test_coverage_of_a_municipal_team_is_not_required(django_assert_num_queries):
    provider = ProviderFactory(municipal=True)

    with django_assert_num_queries(0):
        coverage = coverage_of(provider, today=date(2026, 5, 1))

    assert coverage.state == CoverageState.NOT_REQUIRED
    assert coverage.is_covered


@pytest.mark.parametrize(
    ("today", "state", "until"),
    [
        (date(2025, 12, 31), CoverageState.UPCOMING, None),
        (date(2026, 5, 31), CoverageState.COVERED, date(2026, 12, 31)),
        (date(2026, 6, 1), CoverageState.RENEWAL_OPEN, date(2026, 12, 31)),
        (date(2027, 1, 1), CoverageState.LAPSED, None),
    ],
)
def test_coverage_follows_the_year(today, state, until):
    CharterPeriodFactory(year=2027)
    provider = SignatureFactory().provider

    coverage = coverage_of(provider, today=today)

    assert (coverage.state, coverage.until) == (state, until)


def test_coverage_of_two_years_signed_reaches_to_the_end_of_the_second():
    CharterPeriodFactory(year=2027)
    provider = SignatureFactory().provider
    SignatureFactory(provider=provider, covers_from=date(2027, 1, 1), covers_until=date(2027, 12, 31))

    coverage = coverage_of(provider, today=date(2026, 7, 1))

    assert (coverage.state, coverage.until) == (CoverageState.COVERED, date(2027, 12, 31))


@pytest.mark.parametrize("withdrawn_from", [date(2026, 1, 1), date(2026, 4, 1)])
def test_coverage_is_withdrawn_from_the_withdrawals_day(withdrawn_from):
    provider = SignatureFactory(withdrawn_from=withdrawn_from).provider

    assert coverage_of(provider, today=date(2026, 5, 1)).state == CoverageState.WITHDRAWN


def test_coverage_without_signature_is_not_signed():
    assert coverage_of(ProviderFactory(), today=date(2026, 5, 1)).state == CoverageState.NOT_SIGNED


def test_coverage_cut_by_a_new_version_asks_for_renewal_at_once():
    version = CharterVersionFactory(number=1, accepted_until=date(2026, 6, 30))
    provider = SignatureFactory(version=version).provider

    coverage = coverage_of(provider, today=date(2026, 5, 1))

    assert (coverage.state, coverage.until) == (CoverageState.RENEWAL_OPEN, date(2026, 6, 30))


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)])
def test_coverage_and_gate_say_the_same_of_a_day(day):
    version = CharterVersionFactory(number=1, accepted_until=date(2026, 6, 30))
    provider = SignatureFactory(version=version).provider

    by_gate = Provider.objects.filter(covered("pk", day), pk=provider.pk).exists()

    assert coverage_of(provider, today=date(2026, 5, 1)).covers(day) is by_gate


def test_covered_on_leaves_out_municipal_teams_and_providers_that_are_not_active():
    provider = ProviderFactory(covered=True)
    ProviderFactory(covered=True, suspended=True)
    ProviderFactory(municipal=True)
    ProviderFactory()

    assert list(Provider.objects.covered_on(date(2026, 5, 1))) == [provider]
