"""A visit together with a whole parents' evening: all or nothing, one school, its parents by its link (DESIGN.md 5)."""

import re
import uuid
from datetime import time, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from booking import links
from booking.affected import affected_by
from booking.enums import BookingState, CancelReason, ForBooked, SessionCancelReason, WithdrawPart
from booking.errors import (
    EveningNotFreeError,
    NoSchoolYetError,
    SessionFullError,
    WithdrawalClosedError,
)
from booking.models import BookedSession, Booking, ClassPlace
from booking.operations import (
    cancel_booking,
    expire_overdue,
    move_booking,
    move_session,
    submit_booking,
    withdraw_booking,
)
from booking.operations.changing_sessions import move_token
from booking.wording import date_text, titled_date_text
from core.audit.log import LINK, SYSTEM
from core.outbox.operations import send_due
from core.worklist.models import WorkItem
from tests.booking.ical_checks import mail_entries
from tests.booking.test_flow import answers
from tests.factories.accounts import log_in
from tests.factories.booking import a_class, a_contact, book, hold, known_school, queue_up
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory, a_package, another_evening
from workshops.enums import SessionState
from workshops.models import Session
from workshops.operations.moving import NewTime

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


def fresh(session):
    return Session.objects.get(pk=session.pk)


def withdraw(booking, part, now):
    withdraw_booking(booking_id=booking.pk, reason="date", part=part, actor=LINK, now=now)


def states(booking):
    rows = booking.booked_sessions.values_list("session__audience", "state")
    return dict(rows)


def mailed(address, *, now):
    mail.outbox.clear()
    send_due(now=now)
    return [message for message in mail.outbox if message.to == [address]]


def test_the_evening_is_taken_whole_with_the_visit_and_becomes_the_schools():
    visit, evening = a_package()

    booking = book(visit, evening_id=evening.pk, classes=[a_class("7.A", pupils=24)])

    evening = fresh(evening)
    assert (evening.groups_taken, evening.people_taken) == (1, 0)
    assert evening.for_school == evening.host_school == booking.school
    assert states(booking) == {"school": "confirmed", "parents": "confirmed"}
    assert ClassPlace.objects.filter(is_active=True).count() == 1
    assert booking.booked_sessions.count() == 2


def fill(evening):
    Session.objects.filter(pk=evening.pk).update(groups_taken=1)


def close(evening):
    Session.objects.filter(pk=evening.pk).update(state=SessionState.CLOSED)


def uncover(evening):
    Session.objects.filter(pk=evening.pk).update(provider=ProviderFactory())


def give_away(evening):
    Session.objects.filter(pk=evening.pk).update(for_school=known_school())


def of_another_offer(evening):
    Session.objects.filter(pk=evening.pk).update(offer=OfferFactory(evening=True))


@pytest.mark.parametrize("spoil", [fill, close, uncover, give_away, of_another_offer])
def test_an_evening_that_cannot_be_had_leaves_the_visit_free_too(spoil):
    visit, evening = a_package()
    spoil(evening)
    before = fresh(evening).groups_taken

    with pytest.raises(EveningNotFreeError):
        hold(visit, evening_id=evening.pk)

    assert fresh(visit).groups_taken == 0
    assert fresh(evening).groups_taken == before
    assert not Booking.objects.exists()


def test_a_visit_that_cannot_be_had_leaves_the_evening_waiting_for_a_school():
    visit, evening = a_package()
    book(visit)

    with pytest.raises(SessionFullError):
        hold(visit, school=Booking.objects.get().school, classes=[a_class("8.B")], evening_id=evening.pk)

    assert (fresh(evening).groups_taken, fresh(evening).for_school) == (0, None)


def test_choosing_another_evening_or_none_gives_the_first_back():
    visit, evening = a_package()
    other = another_evening(visit, in_days=20)
    school, browser = known_school(), uuid.uuid4().hex
    hold(visit, school=school, browser_key=browser, evening_id=evening.pk)

    hold(visit, school=school, browser_key=browser, evening_id=other.pk)
    assert (fresh(evening).for_school, fresh(other).for_school) == (None, school)

    hold(visit, school=school, browser_key=browser)
    assert (fresh(evening).for_school, fresh(other).for_school) == (None, None)
    assert (fresh(evening).groups_taken, fresh(other).groups_taken) == (0, 0)


def test_a_hold_that_runs_out_gives_the_evening_back_and_sending_it_takes_it_again(now):
    visit, evening = a_package()
    booking = hold(visit, evening_id=evening.pk, now=now - timedelta(minutes=20))
    expire_overdue(now)
    assert fresh(evening).for_school is None

    submit_booking(booking_id=booking.pk, is_proven=True, now=now)

    assert fresh(evening).for_school == booking.school
    assert ClassPlace.objects.filter(is_active=True).count() == 1


def test_parents_sign_up_only_when_a_school_has_the_evening(client, portal_site):
    visit, evening = a_package(people=4)
    with pytest.raises(NoSchoolYetError):
        hold(evening, seats=2)
    closed = client.get(f"/book/{evening.pk}/").content.decode()
    assert "Ingen skole har booket denne aften endnu" in closed
    booking = book(visit, evening_id=evening.pk)

    opened = client.get(f"/book/{evening.pk}/")
    book(evening, seats=3, contact=a_contact("mor@example.dk"))

    assert booking.school_name in opened.content.decode()
    assert (fresh(evening).groups_taken, fresh(evening).people_taken) == (1, 3)
    with pytest.raises(SessionFullError):
        hold(evening, seats=2)


def test_parents_wait_for_a_full_evening_and_get_an_offer(now):
    visit, evening = a_package(people=2)
    book(visit, evening_id=evening.pk)
    first = book(evening, seats=2, contact=a_contact("far@example.dk"))
    waits = queue_up(evening, seats=2, contact=a_contact("mor@example.dk"))

    withdraw_booking(booking_id=first.pk, reason="date", actor=LINK, now=now)

    waits.refresh_from_db()
    assert waits.state == BookingState.OFFERED
    assert fresh(evening).for_school is not None


def test_withdrawing_all_without_parents_lets_the_evening_wait_for_a_school_again(now):
    visit, evening = a_package()
    booking = book(visit, evening_id=evening.pk)

    withdraw(booking, WithdrawPart.ALL, now)

    booking.refresh_from_db()
    assert booking.state == BookingState.WITHDRAWN
    evening = fresh(evening)
    assert (evening.groups_taken, evening.for_school, evening.host_school) == (0, None, None)
    assert evening.state == SessionState.OPEN


def test_withdrawing_all_with_parents_cancels_the_evening_and_tells_them(now):
    visit, evening = a_package()
    booking = book(visit, evening_id=evening.pk, now=now)
    parent = book(evening, seats=2, contact=a_contact("mor@example.dk"), now=now)

    withdraw(booking, WithdrawPart.ALL, now)

    parent.refresh_from_db()
    assert parent.state == BookingState.CANCELLED
    assert parent.end_reason == SessionCancelReason.SCHOOL
    assert fresh(evening).state == SessionState.CANCELLED
    told = mailed("mor@example.dk", now=now)[-1]
    assert "Skolen har aflyst" in told.body
    assert [entry.method for entry in mail_entries(told)] == ["CANCEL"]


def test_keeping_the_evening_leaves_it_and_its_parents_in_peace(now):
    visit, evening = a_package()
    booking = book(visit, evening_id=evening.pk, now=now)
    parent = book(evening, seats=2, contact=a_contact("mor@example.dk"), now=now)
    mailed(booking.contact_email, now=now)

    withdraw(booking, WithdrawPart.VISIT, now)
    withdraw(booking, WithdrawPart.VISIT, now)

    booking.refresh_from_db()
    parent.refresh_from_db()
    assert (booking.state, parent.state) == (BookingState.CONFIRMED, BookingState.CONFIRMED)
    assert states(booking) == {"school": "withdrawn", "parents": "confirmed"}
    assert fresh(visit).groups_taken == 0
    assert fresh(evening).for_school == booking.school
    (told,) = mailed(booking.contact_email, now=now)
    (entry,) = mail_entries(told)
    assert (entry.method, entry.starts_at) == ("CANCEL", visit.starts_at)


def test_giving_up_only_the_evening_keeps_the_visit(now):
    visit, evening = a_package()
    coordinator = ProviderMemberFactory(provider=evening.provider, role="coordinator")
    booking = book(visit, evening_id=evening.pk, now=now)
    mailed(booking.contact_email, now=now)

    withdraw(booking, WithdrawPart.EVENING, now)

    assert states(booking) == {"school": "confirmed", "parents": "withdrawn"}
    assert fresh(evening).for_school is None
    (told,) = mailed(booking.contact_email, now=now)
    assert [entry.starts_at for entry in mail_entries(told)] == [evening.starts_at]
    (to_provider,) = [sent for sent in mail.outbox if sent.to == [coordinator.user.email]]
    assert booking.school_name in to_provider.body


def test_each_part_has_its_own_deadline(now):
    visit, evening = a_package()
    Session.objects.filter(pk=evening.pk).update(withdrawal_closes_at=now - timedelta(hours=1))
    booking = book(visit, evening_id=evening.pk)

    with pytest.raises(WithdrawalClosedError):
        withdraw(booking, WithdrawPart.EVENING, now)
    with pytest.raises(WithdrawalClosedError):
        withdraw(booking, WithdrawPart.ALL, now)
    withdraw(booking, WithdrawPart.VISIT, now)

    assert states(booking) == {"school": "withdrawn", "parents": "confirmed"}


def test_when_the_organiser_cancels_the_booking_the_parents_become_tasks(now):
    visit, evening = a_package()
    booking = book(visit, evening_id=evening.pk)
    parent = book(evening, seats=2, contact=a_contact("mor@example.dk"))

    cancel_booking(booking_id=booking.pk, reason=CancelReason.OTHER, actor=SYSTEM, now=now)

    parent.refresh_from_db()
    assert parent.state == BookingState.CONFIRMED
    assert fresh(evening).state == SessionState.CLOSED
    assert WorkItem.objects.filter(kind="affected_booking", subject=f"booking:{parent.pk}").exists()


def test_the_offer_of_the_visit_decides_on_approval_though_the_evening_comes_first():
    visit, evening = a_package()

    booking = book(visit, evening_id=evening.pk, classes=[a_class("9.A", grade=9)])

    assert evening.starts_at < visit.starts_at
    assert booking.state == BookingState.AWAITING_APPROVAL
    assert booking.approval_reasons == ["grade"]


def test_a_school_books_a_package_on_the_page_without_javascript(client, portal_site, now):
    visit, evening = a_package()
    other = another_evening(visit, in_days=25)
    school = known_school(name="Prøvegårdens Skole")
    evenings_provider = ProviderMemberFactory(provider=evening.provider, role="coordinator")
    path = f"/book/{visit.pk}/"

    form = client.get(path).content.decode()
    assert "Vil I også have en forældreaften på skolen?" in form
    assert f'value="{evening.pk}"' in form
    assert f'value="{other.pk}"' in form
    held = client.post(path, answers(school, evening=str(evening.pk)))
    review = client.get(held.url).content.decode()
    assert "Forældreaften på skolen: " in review
    again = client.get(path).content.decode()
    assert re.search(rf'value="{evening.pk}"[^>]*checked', again)
    seen = re.search(r'name="seen" value="([^"]+)"', review).group(1)
    client.post(held.url, {"seen": seen})
    booking = Booking.objects.get()
    client.post(links.confirm_path(booking))

    page = client.get(links.manage_path(booking)).content.decode()
    assert f"/book/{evening.pk}/" in page
    told = mailed(booking.contact_email, now=timezone.now())[-1]
    assert f"/book/{evening.pk}/" in told.body
    assert len(mail_entries(told)) == 2
    assert [sent for sent in mail.outbox if sent.to == [evenings_provider.user.email]]


def test_an_evening_that_went_meanwhile_is_told_at_its_field_and_nothing_is_booked(client, portal_site):
    visit, evening = a_package()
    fill(evening)
    another_evening(visit, in_days=25)

    response = client.post(f"/book/{visit.pk}/", answers(known_school(), evening=str(evening.pk)))

    assert response.status_code == 409
    assert "er ikke længere ledig" in response.content.decode()
    assert fresh(visit).groups_taken == 0


def test_the_withdrawal_page_asks_what_becomes_of_the_evening(client, portal_site, now):
    visit, evening = a_package()
    booking = book(visit, evening_id=evening.pk)
    book(evening, seats=2, contact=a_contact("mor@example.dk"))
    path = reverse("booking_withdraw", args=[links.manage_token(booking)])

    asked = client.get(path).content.decode()
    missing = client.post(path, {"reason": "date"})
    done = client.post(path, {"reason": "date", "part": "visit"})

    assert "Kun besøget; vi beholder forældreaftenen" in asked
    assert "2 pladser" in asked
    assert missing.status_code == 422
    assert done.status_code == 302
    assert states(booking) == {"school": "withdrawn", "parents": "confirmed"}


def test_an_ordinary_withdrawal_page_asks_no_such_thing(client, portal_site):
    booking = book(SessionFactory())
    path = reverse("booking_withdraw", args=[links.manage_token(booking)])

    assert "forældreaften" not in client.get(path).content.decode()


def test_evenings_that_wait_for_a_school_are_nowhere_public_and_not_for_callers(staff_client, portal_site):
    _visit, evening = a_package()
    client = staff_client("Sagsbehandler")

    dates = client.get(reverse("booking_admin_caller_dates", args=[evening.offer_id])).content.decode()
    waits = client.get("/admin/sessions/?school=waits").content.decode()
    has = client.get("/admin/sessions/?school=has").content.decode()

    assert reverse("booking_admin_caller_form", args=[evening.pk]) not in dates
    assert "Venter på en skole" in waits
    assert f"/admin/sessions/inspect/{evening.pk}/" in waits
    assert f"/admin/sessions/inspect/{evening.pk}/" not in has
    assert not Session.objects.public().filter(pk=evening.pk).exists()


def test_staff_book_a_package_for_a_caller(staff_client, portal_site):
    visit, evening = a_package()
    client = staff_client("Sagsbehandler")
    path = reverse("booking_admin_caller_form", args=[visit.pk])

    assert f'value="{evening.pk}"' in client.get(path).content.decode()
    response = client.post(path, answers(known_school(), evening=str(evening.pk)))

    assert response.status_code == 302
    assert fresh(evening).for_school is not None
    assert BookedSession.objects.count() == 2


def test_providers_see_the_package_on_the_visit_and_on_the_evening(client, portal_site):
    visit, evening = a_package()
    booking = book(visit, evening_id=evening.pk, classes=[a_class("5.C")])
    book(evening, seats=3, contact=a_contact("mor@example.dk"))
    pages = {}
    for session in (visit, evening):
        member = ProviderMemberFactory(provider=session.provider, role="coordinator")
        log_in(client, member.user)
        pages[session.pk] = client.get(reverse("provider_session", args=[session.pk])).content.decode()

    assert "Forældreaften på skolen: " in pages[visit.pk]
    assert "5.C" in pages[visit.pk]
    assert booking.school_name in pages[evening.pk]
    assert "Skolen har hele aftenen" in pages[evening.pk]
    assert "5.C" not in pages[evening.pk]
    assert "3 pladser" in pages[evening.pk]


def package_of_two_providers(now):
    """A confirmed package whose evening is another provider's, and that provider's coordinator's address."""
    visit, evening = a_package(provider=ProviderFactory(covered=True))
    coordinator = ProviderMemberFactory(provider=evening.provider, role="coordinator").user.email
    booking = book(visit, evening_id=evening.pk, now=now)
    mailed(coordinator, now=now)
    return booking, visit, evening, coordinator


def test_when_the_visit_is_moved_the_school_and_the_evenings_provider_read_what_stands(now):
    booking, visit, evening, coordinator = package_of_two_providers(now)
    visit = Session.objects.select_related("offer__provider").get(pk=visit.pk)
    new_time = NewTime(
        day=visit.local_date + timedelta(days=3),
        start_time=time(10),
        duration_minutes=visit.duration_minutes,
        venue_id=None,
        online_url="",
    )
    move_session(
        session_id=visit.pk,
        following=False,
        new_time=new_time,
        for_booked=ForBooked.TELL,
        seen=move_token(affected_by([visit], now=now), new_time, ForBooked.TELL),
        actor=SYSTEM,
        now=now,
    )

    (to_provider,) = mailed(coordinator, now=now)
    (to_school,) = [sent for sent in mail.outbox if sent.to == [booking.contact_email]]
    stands = titled_date_text(evening)
    assert stands in to_school.body.replace("\n", " ")
    assert "Det her bliver, hvor det var" in to_school.body
    assert date_text(fresh(visit).starts_at) in to_provider.body
    assert stands in to_provider.body


def test_when_the_booking_of_the_visit_goes_to_another_date_the_evenings_provider_is_told(now):
    booking, visit, evening, coordinator = package_of_two_providers(now)
    other = SessionFactory(offer=visit.offer, in_days=45)

    move_booking(
        booking_id=booking.pk,
        booked_session_id=booking.booked_sessions.get(session=visit).pk,
        to_session_id=other.pk,
        actor=LINK,
        now=now,
    )

    (to_provider,) = mailed(coordinator, now=now)
    assert date_text(other.starts_at) in to_provider.body
    assert titled_date_text(evening) in to_provider.body
