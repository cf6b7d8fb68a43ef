"""The command that compares counters with rows (ADR 2 and 6)."""

import pytest
from django.core.management import CommandError, call_command

from booking.checking import WrongCounter, wrong_counters
from tests.factories.booking import a_contact, book, hold, queue_up
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening():
    """An evening with two sign-ups, a form being filled, one who waits and one whose address is not proven."""
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=4))
    book(session, seats=2, contact=a_contact("a@example.dk"))
    book(session, contact=a_contact("b@example.dk"))
    hold(session, contact=a_contact("c@example.dk"))
    queue_up(session, contact=a_contact("d@example.dk"))
    queue_up(session, contact=a_contact("e@example.dk"), is_proven=False)
    return session


def test_true_counters_are_in_order(evening, capsys):
    SessionFactory()

    call_command("check_places")

    assert wrong_counters() == []
    assert capsys.readouterr().out == "All counters are the sum of their rows.\n"


def test_each_wrong_counter_is_named_and_the_command_fails(evening, capsys):
    visit = SessionFactory()
    book(visit)
    Session.objects.filter(pk=evening.pk).update(people_taken=3, waiting=2)
    Session.objects.filter(pk=visit.pk).update(groups_taken=0)

    with pytest.raises(CommandError, match="3 counters"):
        call_command("check_places")

    assert wrong_counters() == [
        WrongCounter(evening.pk, "people_taken", says=3, rows=4),
        WrongCounter(evening.pk, "waiting", says=2, rows=1),
        WrongCounter(visit.pk, "groups_taken", says=0, rows=1),
    ]
    assert f"session {evening.pk}: waiting says 2, the rows 1\n" in capsys.readouterr().out


@pytest.mark.parametrize("sessions", [1, 3])
def test_one_query_whatever_there_is(sessions, django_assert_num_queries):
    for _ in range(sessions):
        book(SessionFactory(evening=True), contact=a_contact(f"x{_}@example.dk"))

    with django_assert_num_queries(1):
        wrong_counters()
