"""Requests for dates as operations: send, answer, accept, decline, wish anew, withdraw, chase (S16, V2, V5)."""

import uuid
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.affected import affected_by
from booking.enums import (
    BookingState,
    Channel,
    ForBooked,
    RequestDeclineReason,
    RequestKind,
    RequestState,
    SessionCancelReason,
    UrgentEndReason,
)
from booking.errors import (
    GroupTooLargeError,
    SchoolCannotBookError,
    SessionFullError,
    TooManyUnprovenError,
    WrongPartyError,
)
from booking.models import Booking, DateRequest, ProposedTime
from booking.operations import (
    cancel_booking,
    cancel_session,
    move_booking,
    move_session,
    withdraw_booking,
)
from booking.operations.answering import accept_time, decline_request, propose_times
from booking.operations.changing_sessions import cancel_token, move_token
from booking.operations.request_upkeep import anonymise_requests, chase_requests
from booking.operations.requesting import prove_request, wish_anew, withdraw_request
from booking.party import ClassSize, Party
from booking.requesting.errors import (
    OfferMissingError,
    OtherTimeAcceptedError,
    PartyMissingError,
    PlaceMissingError,
    RequestsNotTakenError,
    RequestStateError,
    TimeClashError,
    TimeNotCoveredError,
    TimePassedError,
    TimesMissingError,
    TimeTakenBackError,
    TooManyTimesError,
    WishInPastError,
    WishMissingError,
    WishTooFarError,
)
from booking.requesting.rules import Wish
from charter.enums import Transition
from charter.operations.providers import change_provider_state
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.outbox.models import Message
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory
from tests.factories.booking import a_class, a_contact, book, known_school
from tests.factories.charter import ProviderFactory, SignatureFactory
from tests.factories.requests import a_time, a_wish, answer, ask, ask_urgently
from tests.factories.workshops import OfferFactory, SchoolFactory, SessionFactory, VenueFactory
from workshops.enums import Approval, Audience, SchoolType, SessionAccess, SessionState
from workshops.models import Session
from workshops.operations.moving import NewTime

pytestmark = pytest.mark.django_db


def mails(request):
    return sorted(Message.objects.about(f"request:{request.pk}").values_list("mail_type", flat=True))


def accept(request, number=0, **more):
    times = request.proposals.filter(withdrawn_at=None).order_by("starts_at")
    return accept_time(
        request_id=request.pk, proposal_id=times[number].pk, actor=LINK, now=timezone.now(), **more
    )


def actions(request):
    return sorted(Entry.objects.filter(subject=f"request:{request.pk}").values_list("action", flat=True))


# Asking


def test_an_unproven_request_asks_only_for_the_proof_and_goes_to_the_provider_after_it():
    request = ask(is_proven=False)
    assert (request.state, mails(request)) == (RequestState.UNPROVEN, ["request_confirm_address"])

    for _ in range(2):
        prove_request(request_id=request.pk, actor=LINK, now=timezone.now())

    request.refresh_from_db()
    assert request.state == RequestState.SENT
    assert mails(request) == ["request_confirm_address", "request_new", "request_received"]
    assert actions(request) == ["request_proven", "request_sent"]


def test_the_same_form_twice_is_one_request_told_once():
    key, school = uuid.uuid4(), known_school()
    offer = OfferFactory(provider__contact_email="kontakt@udbyder.example")

    first, second = (ask(offer, school=school, submission_key=key) for _ in range(2))

    assert first.pk == second.pk
    assert (DateRequest.objects.count(), first.wishes.count()) == (1, 1)
    assert mails(first) == ["request_new", "request_received"]


@pytest.mark.parametrize(
    ("wishes", "error"),
    [
        ([], WishMissingError),
        ([a_wish(in_days=0)], WishInPastError),
        ([a_wish(in_days=5), a_wish(in_days=-3)], WishInPastError),
        ([a_wish(in_days=367)], WishTooFarError),
    ],
    ids=["none", "today", "one is past", "beyond a year"],
)
def test_wished_dates_that_nobody_can_answer_are_refused(wishes, error):
    request = ask()
    answer(request)
    with pytest.raises(error):
        wish_anew(request_id=request.pk, wishes=wishes, actor=LINK, now=timezone.now())


@pytest.mark.parametrize(
    ("offer", "error"),
    [
        (lambda: OfferFactory(takes_requests=False), RequestsNotTakenError),
        (lambda: OfferFactory(is_open=False), RequestsNotTakenError),
        (lambda: OfferFactory(max_group_size=20), GroupTooLargeError),
        (lambda: OfferFactory(school_types=[SchoolType.FRI_PRIVAT]), SchoolCannotBookError),
        (lambda: OfferFactory(municipalities=["Gladsaxe"]), SchoolCannotBookError),
        (lambda: OfferFactory(provider=ProviderFactory(suspended=True)), RequestsNotTakenError),
    ],
    ids=["no requests", "closed", "class too large", "type", "municipality", "provider not active"],
)
def test_what_forbids_booking_forbids_asking(offer, error):
    with pytest.raises(error):
        ask(offer())
    assert DateRequest.objects.count() == 0


def test_a_school_cannot_ask_for_a_talk_nor_anybody_for_a_parents_evening():
    talk, evening = OfferFactory(professionals=True), OfferFactory(evening=True)
    from booking.operations.requesting import check_may_ask

    party = Party(kind="school", school_id=SchoolFactory().pk, classes=(a_class(),))
    with pytest.raises(WrongPartyError):
        check_may_ask(talk, party, now=timezone.now())
    with pytest.raises(RequestsNotTakenError):
        check_may_ask(evening, party, now=timezone.now())


def test_an_address_holds_three_unproven_requests_at_most():
    offer = OfferFactory()
    for _ in range(3):
        ask(offer, is_proven=False)

    with pytest.raises(TooManyUnprovenError):
        ask(offer, is_proven=False)


# Answering


def test_an_answer_replaces_the_one_before_and_each_is_told():
    request = ask()
    now = timezone.now()
    answer(request, a_time(in_days=20), now=now)
    answer(request, a_time(in_days=21), a_time(in_days=22), now=now + timedelta(minutes=1))

    request.refresh_from_db()
    assert request.state == RequestState.ANSWERED
    assert request.proposals.filter(withdrawn_at=None).count() == 2
    assert mails(request).count("request_answered") == 2


@pytest.mark.parametrize(
    ("times", "error"),
    [
        ([], TimesMissingError),
        ([a_time(in_days=day) for day in range(10, 16)], TooManyTimesError),
        ([a_time(in_days=-1)], TimePassedError),
    ],
    ids=["none", "six", "over"],
)
def test_times_that_cannot_stand_are_refused(times, error):
    request = ask()
    with pytest.raises(error):
        propose_times(request_id=request.pk, times=times, actor=SYSTEM, now=timezone.now())
    request.refresh_from_db()
    assert request.state == RequestState.SENT


def test_a_time_that_the_charter_does_not_cover_is_refused():
    provider = ProviderFactory()
    day = timezone.localdate() + timedelta(days=40)
    SignatureFactory(provider=provider, covers_from=date(2020, 1, 1), covers_until=day)
    request = ask(OfferFactory(provider=provider))

    with pytest.raises(TimeNotCoveredError):
        answer(request, a_time(in_days=40), a_time(in_days=41))
    answer(request, a_time(in_days=40))


def test_a_time_at_a_venue_names_it():
    request = ask(OfferFactory(at_venue=True))

    with pytest.raises(PlaceMissingError):
        answer(request, a_time())
    answer(request, a_time(venue_id=VenueFactory().pk))


def test_a_taken_place_refuses_the_time_where_the_setting_says_so(settings):
    taken = SessionFactory(at_venue=True, in_days=30)
    request = ask(OfferFactory(at_venue=True))
    time = a_time(starts_at=taken.starts_at, venue_id=taken.venue_id)

    settings.PORTAL_DOUBLE_BOOKING = "refuse"
    with pytest.raises(TimeClashError):
        answer(request, time)
    settings.PORTAL_DOUBLE_BOOKING = "warn"
    answer(request, time)


def test_a_declined_request_tells_why_and_ends_the_times():
    request = ask()
    answer(request)
    for _ in range(2):
        decline_request(
            request_id=request.pk, reason=RequestDeclineReason.CAPACITY, actor=SYSTEM, now=timezone.now()
        )

    request.refresh_from_db()
    assert (request.state, request.end_reason) == (RequestState.DECLINED, RequestDeclineReason.CAPACITY)
    assert mails(request).count("request_declined") == 1
    with pytest.raises(RequestStateError):
        accept_time(
            request_id=request.pk,
            proposal_id=request.proposals.get().pk,
            actor=LINK,
            now=timezone.now(),
        )


# Accepting


def test_accepting_makes_session_and_booking_in_one_go():
    school = known_school()
    offer = OfferFactory(max_groups=1, max_people=20)
    request = ask(offer, school=school, classes=[a_class("5.A"), a_class("5.B", pupils=20)])
    answer(request, a_time(in_days=20), a_time(in_days=25, facilitator="Bo"))

    booking = accept(request, 1)

    session = Session.objects.get()
    assert (booking.state, booking.channel) == (BookingState.CONFIRMED, Channel.REQUEST)
    assert (session.state, session.access, session.facilitator) == (
        SessionState.OPEN,
        SessionAccess.INVITATION,
        "Bo",
    )
    assert (session.groups_taken, session.people_taken, session.host_school_id) == (2, 42, school.pk)
    assert (session.max_groups, session.max_people) == (2, 44), "room for who asked, accompanying adults too"
    request.refresh_from_db()
    assert (request.state, request.booking_id) == (RequestState.AGREED, booking.pk)
    assert Message.objects.filter(mail_type="booking_receipt").count() == 1
    assert request.proposals.filter(withdrawn_at=None).count() == 1


def test_accepting_the_same_time_twice_is_one_booking():
    request = ask()
    answer(request)

    first = accept(request)
    second = accept(request)

    assert first.pk == second.pk
    assert (Session.objects.count(), Booking.objects.count()) == (1, 1)


def test_the_other_time_is_refused_once_one_is_accepted():
    request = ask()
    answer(request, a_time(in_days=20), a_time(in_days=21))
    one, other = request.proposals.order_by("starts_at")
    accept_time(request_id=request.pk, proposal_id=one.pk, actor=LINK, now=timezone.now())

    with pytest.raises(OtherTimeAcceptedError):
        accept_time(request_id=request.pk, proposal_id=other.pk, actor=LINK, now=timezone.now())
    assert Session.objects.count() == 1


def test_the_database_refuses_two_accepted_times():
    request = ask()
    answer(request, a_time(in_days=20), a_time(in_days=21))

    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedTime.objects.update(accepted_at=timezone.now())


def test_an_old_answer_and_a_time_that_is_over_cannot_be_accepted():
    request = ask()
    answer(request, a_time(in_days=20))
    old = request.proposals.get()
    answer(request, a_time(in_days=21))
    fresh = request.proposals.get(withdrawn_at=None)

    with pytest.raises(TimeTakenBackError):
        accept_time(request_id=request.pk, proposal_id=old.pk, actor=LINK, now=timezone.now())
    with pytest.raises(TimePassedError):
        accept_time(
            request_id=request.pk,
            proposal_id=fresh.pk,
            actor=LINK,
            now=timezone.now() + timedelta(days=22),
        )
    with pytest.raises(TimeTakenBackError):
        accept_time(request_id=request.pk, proposal_id=0, actor=LINK, now=timezone.now())


def test_a_shut_gate_stops_the_acceptance_and_leaves_no_session_behind():
    request = ask()
    answer(request)
    change_provider_state(
        provider_id=request.offer.provider_id,
        transition=Transition.SUSPEND,
        reason="Sagen undersøges",
        actor=SYSTEM,
        now=timezone.now(),
    )

    from booking.errors import CharterNotCoveredError

    with pytest.raises(CharterNotCoveredError):
        accept(request)

    request.refresh_from_db()
    assert request.state == RequestState.ANSWERED
    assert (Session.objects.count(), Booking.objects.count()) == (0, 0)


def test_the_one_who_proposed_has_said_yes_to_grade_and_offer():
    coordinator = UserFactory()
    request = ask(OfferFactory(approval=Approval.PROVIDER), classes=[a_class("9.A", grade=9)])
    answer(request, by=coordinator)

    booking = accept(request)

    assert booking.state == BookingState.CONFIRMED
    approved = Entry.objects.get(action="booking_approved")
    assert approved.actor_id == coordinator.pk
    assert not WorkItem.objects.open().exists()


def test_an_unknown_domain_still_asks_the_administration():
    request = ask(contact=a_contact("hvem@ukendt.example"))
    answer(request)

    booking = accept(request)

    assert (booking.state, booking.approval_reasons) == (BookingState.AWAITING_APPROVAL, ["unknown_domain"])


def test_places_left_are_for_others_only_when_the_answer_says_so():
    request = ask(OfferFactory(professionals=True))
    answer(request, a_time(venue_id=VenueFactory().pk, is_open_to_others=True))

    booking = accept(request)

    session = Session.objects.get()
    assert (session.access, session.audience) == (SessionAccess.OPEN, Audience.PROFESSIONALS)
    assert (booking.kind, booking.organisation, session.people_taken) == ("organisation", "Værkstedet", 25)
    assert request.kind == RequestKind.TALK


def test_a_talk_of_its_own_is_not_bound_by_what_one_sign_up_may_be():
    offer = OfferFactory(
        professionals=True, max_group_size=5, asks_occupations=True, allowed_domains=["kk.dk"], max_people=40
    )
    request = ask(offer, seats=25)
    answer(request, a_time(venue_id=VenueFactory().pk))

    assert accept(request).state == BookingState.CONFIRMED
    with pytest.raises(GroupTooLargeError):
        ask(offer, seats=41)


def test_a_talk_is_held_when_its_session_is():
    from booking.requesting import wording

    request = ask(OfferFactory(professionals=True))
    answer(request, a_time(venue_id=VenueFactory().pk))
    accept(request)
    seen = DateRequest.objects.with_details().get()
    assert wording.state_text(seen) == "Aftalt"
    Session.objects.update(state=SessionState.HELD)

    seen = DateRequest.objects.with_details().get()

    assert wording.state_text(seen) == "Afholdt"


# None fits, withdraw


def test_new_wishes_go_back_to_the_provider():
    request = ask()
    answer(request)
    later = timezone.now() + timedelta(hours=1)

    wish_anew(
        request_id=request.pk,
        wishes=[a_wish(in_days=40), Wish(a_wish(in_days=41).date, "morning")],
        actor=LINK,
        now=later,
    )

    request.refresh_from_db()
    assert (request.state, request.awaits_since, request.wishes.count()) == (RequestState.SENT, later, 2)
    assert not request.proposals.filter(withdrawn_at=None).exists()
    assert mails(request).count("request_new") == 2
    with pytest.raises(RequestStateError):
        wish_anew(request_id=request.pk, wishes=[a_wish()], actor=LINK, now=later)


def test_a_withdrawn_request_tells_the_provider_only_if_it_was_asked():
    asked, unproven = ask(), ask(is_proven=False)
    for request in (asked, asked, unproven):
        withdraw_request(request_id=request.pk, actor=LINK, now=timezone.now())

    assert mails(asked).count("request_withdrawn") == 1
    assert "request_withdrawn" not in mails(unproven)
    with pytest.raises(RequestStateError):
        prove_request(request_id=unproven.pk, actor=LINK, now=timezone.now())


def test_an_agreed_request_cannot_be_withdrawn():
    request = ask()
    answer(request)
    accept(request)

    with pytest.raises(RequestStateError):
        withdraw_request(request_id=request.pk, actor=LINK, now=timezone.now())


# Upkeep


def test_a_week_without_an_answer_becomes_one_task_that_the_answer_closes():
    request = ask()
    now = timezone.now()

    chase_requests(now + timedelta(days=6, hours=23))
    assert not WorkItem.objects.exists()
    for days in (7, 7, 20):
        chase_requests(now + timedelta(days=days))

    item = WorkItem.objects.get()
    assert (item.kind, item.subject, item.provider_id) == (
        "request_unanswered",
        f"request:{request.pk}",
        request.offer.provider_id,
    )
    assert request.reference in item.description()
    assert item.url == f"/admin/anmodninger/{request.pk}/"
    answer(request)
    assert not WorkItem.objects.open().exists()


def test_proposed_times_are_reminded_of_once_and_lapse_after_two_weeks():
    request = ask()
    now = timezone.now()
    answer(request, a_time(in_days=60), now=now)

    for days in (6, 7, 8, 13):
        chase_requests(now + timedelta(days=days))
    assert mails(request).count("request_reminder") == 1
    for _ in range(2):
        chase_requests(now + timedelta(days=14))

    request.refresh_from_db()
    assert request.state == RequestState.EXPIRED
    assert mails(request).count("request_expired") == 1


def test_times_that_are_all_over_lapse_without_a_reminder():
    request = ask()
    now = timezone.now()
    answer(request, a_time(in_days=3), now=now)

    chase_requests(now + timedelta(days=8))

    request.refresh_from_db()
    assert request.state == RequestState.EXPIRED
    assert "request_reminder" not in mails(request)


def test_an_unproven_request_is_forgotten_after_a_day():
    ask(is_proven=False)
    now = timezone.now()

    chase_requests(now + timedelta(hours=23))
    assert DateRequest.objects.count() == 1
    chase_requests(now + timedelta(hours=25))
    assert DateRequest.objects.count() == 0


def test_contact_details_go_30_days_after_the_end_and_the_figures_stay():
    request = ask(contact=a_contact(phone="12 34 56 78"))
    withdraw_request(request_id=request.pk, actor=LINK, now=timezone.now())
    now = timezone.now()

    kept = anonymise_requests(now + timedelta(days=30))
    gone = anonymise_requests(now + timedelta(days=31))
    again = anonymise_requests(now + timedelta(days=31))

    request.refresh_from_db()
    assert (kept, gone, again) == (0, 1, 0)
    assert (request.contact_name, request.contact_email, request.contact_phone) == ("", "", "")
    assert request.classes[0]["pupils"] == 22
    assert request.school_id
    assert request.link_generation == 2
    assert Entry.objects.get(action="requests_anonymised").data == {"count": 1}


def test_an_agreed_request_keeps_its_contact_until_30_days_after_the_visit():
    request = ask()
    answer(request, a_time(in_days=30))
    accept(request)
    now = timezone.now()

    assert anonymise_requests(now + timedelta(days=60)) == 0
    assert anonymise_requests(now + timedelta(days=61)) == 1


# Urgent requests (V5)


def test_an_urgent_request_goes_to_a_person_at_once():
    request = ask_urgently()

    item = WorkItem.objects.get()
    assert (item.kind, item.due_at <= timezone.now()) == ("request_urgent", True)
    assert mails(request) == ["request_urgent", "request_urgent_received"]
    to_team = Message.objects.get(mail_type="request_urgent")
    assert to_team.to_email != request.contact_email
    assert request.state == RequestState.SENT


def test_an_urgent_request_may_have_the_places_kept_back():
    session = SessionFactory(offer=OfferFactory(max_groups=2), reserved=2, in_days=2)
    request = ask_urgently()
    party = Party(kind="school", school_id=request.school_id, classes=(ClassSize("8.B", 8, 21),))
    answer(
        request,
        a_time(starts_at=session.starts_at, session_id=session.pk),
        party=party,
    )

    booking = accept(request)

    session.refresh_from_db()
    assert booking.booked_sessions.get().session_id == session.pk
    assert (session.groups_taken, session.reserved) == (1, 1), "what is taken is no longer kept back"
    assert Session.objects.count() == 1
    assert not WorkItem.objects.open().of_kind("request_urgent").exists()


def test_others_do_not_get_the_places_kept_back():
    session = SessionFactory(offer=OfferFactory(max_groups=1), reserved=1)
    request = ask()
    request.kind = RequestKind.VISIT
    request.save()
    answer(request, a_time(starts_at=session.starts_at, session_id=session.pk))

    with pytest.raises(SessionFullError):
        accept(request)


def test_people_kept_back_are_lowered_by_what_is_taken():
    session = SessionFactory(
        offer=OfferFactory(professionals=True, max_people=30), reserved=10, people_taken=5
    )
    request = ask_urgently(seats=25)
    answer(request, a_time(starts_at=session.starts_at, session_id=session.pk))

    accept(request)

    session.refresh_from_db()
    assert (session.people_taken, session.reserved) == (30, 0)


def test_an_urgent_answer_names_offer_and_party():
    request = ask_urgently()
    offer = OfferFactory()

    with pytest.raises(OfferMissingError):
        answer(request)
    with pytest.raises(PartyMissingError):
        answer(request, offer_id=offer.pk)


def test_help_given_otherwise_closes_the_request_and_its_task_without_a_mail():
    request = ask_urgently()

    decline_request(request_id=request.pk, reason=UrgentEndReason.HELPED, actor=SYSTEM, now=timezone.now())

    assert not WorkItem.objects.open().exists()
    assert "request_declined" not in mails(request)


# What becomes of the session when its booking leaves


def agreed(**time):
    """A booking made by an accepted request, and its session."""
    booking = accept(answer(ask(), a_time(**time)))
    return booking, booking.booked_sessions.get().session


def cancelled(booking):
    return cancel_booking(booking_id=booking.pk, reason="other", actor=SYSTEM, now=timezone.now())


def withdrawn(booking):
    return withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())


def moved(booking):
    offer = booking.booked_sessions.get().session.offer
    return move_booking(
        booking_id=booking.pk,
        booked_session_id=booking.booked_sessions.get().pk,
        to_session_id=SessionFactory(offer=offer, in_days=40).pk,
        actor=LINK,
        now=timezone.now(),
    )


@pytest.mark.parametrize("leave", [cancelled, withdrawn, moved])
def test_the_session_made_for_a_request_goes_when_its_booking_does(leave):
    booking, session = agreed()

    leave(booking)

    session.refresh_from_db()
    assert (session.state, session.state_reason) == (
        SessionState.CANCELLED,
        "Den, der bad om tiden, kommer ikke",
    )
    assert session.groups_taken == 0


def test_the_session_stays_where_others_may_book_it():
    booking, session = agreed(is_open_to_others=True)

    withdrawn(booking)

    session.refresh_from_db()
    assert session.state == SessionState.OPEN


def test_the_session_stays_where_somebody_else_is_in_it():
    booking, session = agreed()
    Session.objects.update(max_groups=2)
    book(session, is_invited=True, school=booking.school, classes=[a_class("6.B")])

    withdrawn(booking)

    session.refresh_from_db()
    assert session.state == SessionState.OPEN


def test_a_session_that_was_there_before_the_request_stays():
    offer = OfferFactory()
    session = SessionFactory(offer=offer, access=SessionAccess.INVITATION, in_days=5)
    urgent = ask_urgently(school=known_school())
    answer(
        urgent,
        a_time(in_days=5, session_id=session.pk),
        party=Party(kind="school", classes=(a_class(),)),
    )

    cancelled(accept(urgent))

    session.refresh_from_db()
    assert session.state == SessionState.OPEN


# A proposed date that is there already is moved or cancelled


def urgently_proposed(*more):
    """An urgent request answered with a date that is there, and perhaps with new times."""
    session = SessionFactory(in_days=5)
    urgent = ask_urgently(school=known_school())
    times = [a_time(in_days=5, session_id=session.pk), *more]
    answer(urgent, *times, party=Party(kind="school", classes=(a_class(),)))
    return urgent, Session.objects.select_related("offer__provider").get(pk=session.pk)


def move_by_staff(session):
    new_time = NewTime(
        day=session.local_date + timedelta(days=1),
        start_time=time(12),
        duration_minutes=60,
        venue_id=None,
        online_url="",
    )
    now = timezone.now()
    move_session(
        session_id=session.pk,
        following=False,
        new_time=new_time,
        for_booked=ForBooked.TELL,
        seen=move_token(affected_by([session], now=now), new_time, ForBooked.TELL),
        actor=SYSTEM,
        now=now,
    )
    session.refresh_from_db()


def cancel_by_staff(session):
    now, reason = timezone.now(), SessionCancelReason.PROVIDER
    cancel_session(
        session_id=session.pk,
        following=False,
        reason=reason,
        for_booked=ForBooked.TELL,
        seen=cancel_token(affected_by([session], now=now), reason, ForBooked.TELL),
        actor=SYSTEM,
        now=now,
    )


def test_a_proposed_date_that_is_moved_is_proposed_anew_with_its_new_time():
    urgent, session = urgently_proposed()
    before = mails(urgent)

    move_by_staff(session)

    proposed = urgent.proposals.get()
    assert (proposed.starts_at, proposed.duration_minutes) == (session.starts_at, 60)
    assert sorted(mails(urgent)) == sorted([*before, "request_answered"])
    assert "request_times_moved" in actions(urgent)
    assert accept(urgent).booked_sessions.get().session == session


def test_a_proposed_date_that_is_cancelled_falls_and_the_team_phones_again():
    urgent, session = urgently_proposed()
    WorkItem.objects.update(closed_at=timezone.now())

    cancel_by_staff(session)

    urgent.refresh_from_db()
    assert urgent.state == RequestState.SENT
    assert not urgent.proposals.filter(withdrawn_at=None).exists()
    assert [item.subject for item in WorkItem.objects.open()] == [f"request:{urgent.pk}"]


def test_the_other_proposed_times_stand_when_one_is_cancelled():
    urgent, session = urgently_proposed()
    other = SessionFactory(offer=session.offer, in_days=6)
    answer(
        urgent,
        a_time(in_days=5, session_id=session.pk),
        a_time(in_days=6, session_id=other.pk),
    )
    told = mails(urgent).count("request_answered")

    cancel_by_staff(session)

    urgent.refresh_from_db()
    assert urgent.state == RequestState.ANSWERED
    assert urgent.proposals.get(withdrawn_at=None).session == other
    assert mails(urgent).count("request_answered") == told + 1


def test_a_date_edited_in_planning_meanwhile_is_not_accepted_at_its_old_time():
    urgent, session = urgently_proposed()
    Session.objects.filter(pk=session.pk).update(starts_at=session.starts_at + timedelta(hours=1))

    with pytest.raises(TimeTakenBackError):
        accept(urgent)
