"""Asking for a date that is not there: send, confirm the address, wish anew, withdraw (S16, V2, V5)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from booking.enums import OPEN_REQUEST_STATES, BookingKind, RequestKind, RequestState
from booking.errors import SchoolCannotBookError, TooManyUnprovenError, WrongPartyError
from booking.models import DateRequest, WishedDate
from booking.operations.holding import check_school_may_book, new_reference
from booking.party import Contact, Party
from booking.requesting.errors import RequestsNotTakenError, RequestStateError
from booking.requesting.messages import tell_answerer, tell_answerer_it_ended, tell_asker
from booking.requesting.rules import (
    KEPT_AFTER_END,
    KEPT_WHILE_OPEN,
    PROOF_TIME,
    Wish,
    asking_kind,
    check_wishes,
)
from booking.rules import MAX_UNPROVEN_PER_ADDRESS, check_classes_differ, check_group_sizes
from charter.enums import ProviderState
from core.audit.log import Actor, record
from core.worklist.operations import close_items, open_item
from workshops.calendars import local_date_of
from workshops.models import Offer, School

UNANSWERED = "request_unanswered"
URGENT = "request_urgent"
SCHOOL_ENDS = "request_of_closing_school"


def send_request(
    *,
    offer_id: int,
    party: Party,
    contact: Contact,
    wishes: Sequence[Wish],
    submission_key: uuid.UUID,
    is_proven: bool,
    actor: Actor,
    now: datetime,
) -> DateRequest:
    """Ask an offer's provider for a date (S16), or for a talk (V2). The same form sent twice is one request.

    With a proven address it goes to the provider at once; otherwise when the address is confirmed, within 24 hours.

    Raises:
        RequestsNotTakenError: the offer takes no requests now.
        WishMissingError, WishInPastError, WishTooFarError: the wished dates.
        WrongPartyError, SchoolCannotBookError, GroupTooSmallError, GroupTooLargeError: as when booking (S27, S3).
        TooManyUnprovenError: the address has three unconfirmed requests already (X6).
    """
    offer = Offer.objects.select_related("provider").get(pk=offer_id)
    check_may_ask(offer, party, now=now)
    check_wishes(wishes, today=local_date_of(now))
    request = _new(party, contact, submission_key=submission_key, actor=actor, now=now)
    request.offer = offer
    request.kind = RequestKind.VISIT if party.kind == BookingKind.SCHOOL else RequestKind.TALK
    if is_proven:
        _put_to_the_answerer(request, is_proven=True, now=now)
    with transaction.atomic():
        if not is_proven:
            _check_unproven(request, now=now)
        stored, is_new = _store(request, wishes)
        if is_new:
            record(
                "request_sent",
                f"request:{stored.pk}",
                actor=actor,
                now=now,
                provider_id=offer.provider_id,
                offer=offer.pk,
                kind=stored.kind,
            )
            tell_asker(stored, now=now)
            if is_proven:
                tell_answerer(stored, now=now)
    return stored


def send_urgent_request(
    *,
    topic: str,
    school_id: int | None,
    seats: int,
    contact: Contact,
    submission_key: uuid.UUID,
    actor: Actor,
    now: datetime,
) -> DateRequest:
    """Ask the team for help after an incident (V5): a task due today, and a mail to the team, at once.

    Nothing waits for the address to be confirmed: a person phones. Nothing is stored about what happened or about
    whom (rule 10). The same form sent twice is one request.

    Raises:
        SchoolCannotBookError: the school is unknown.
    """
    school = School.objects.filter(pk=school_id).first() if school_id else None
    if school_id and school is None:
        raise SchoolCannotBookError(why="unit")
    party = Party(
        kind=BookingKind.SCHOOL if school else BookingKind.ORGANISATION, school_id=school_id, seats=seats
    )
    request = _new(party, contact, submission_key=submission_key, actor=actor, now=now)
    request.kind, request.topic, request.seats = RequestKind.URGENT, topic, seats
    _put_to_the_answerer(request, is_proven=actor.user_id is not None, now=now)
    with transaction.atomic():
        stored, is_new = _store(request, [])
        if is_new:
            record(
                "request_sent", f"request:{stored.pk}", actor=actor, now=now, kind=stored.kind, topic=topic
            )
            open_urgent_task(stored, now=now)
            tell_asker(stored, now=now)
            tell_answerer(stored, now=now)
    return stored


def check_may_ask(offer: Offer, party: Party, *, now: datetime) -> None:
    """Raise what forbids this party to ask for dates of this offer; the same refusals as when booking."""
    kind = asking_kind(offer.audience)
    is_taken = offer.takes_requests and offer.is_open and offer.provider.state == ProviderState.ACTIVE
    if kind is None or not is_taken:
        raise RequestsNotTakenError
    if party.kind != kind:
        raise WrongPartyError
    # An organisation asks for a session of its own: the most seats in one sign-up do not bind it.
    largest = offer.max_group_size if kind == BookingKind.SCHOOL else offer.max_people
    check_group_sizes(party, smallest=offer.min_group_size, largest=largest)
    check_classes_differ(party.classes)
    if kind == BookingKind.SCHOOL:
        school = School.objects.filter(pk=party.school_id or 0).first()
        check_school_may_book(offer, school, now=now)


@transaction.atomic
def prove_request(*, request_id: int, actor: Actor, now: datetime) -> DateRequest:
    """Take it that the address is the asker's: the link in the mail was used. The provider is asked now.

    Twice changes nothing.

    Raises:
        RequestStateError: it has ended.
    """
    request = locked_request(request_id)
    if request.proven_at:
        return request
    if request.state != RequestState.UNPROVEN:
        raise RequestStateError
    _put_to_the_answerer(request, is_proven=True, now=now)
    request.save()
    record_of(request, "request_proven", actor=actor, now=now)
    tell_asker(request, now=now)
    tell_answerer(request, now=now)
    return request


@transaction.atomic
def wish_anew(*, request_id: int, wishes: Sequence[Wish], actor: Actor, now: datetime) -> DateRequest:
    """Say that none of the proposed times fits, and send new wishes: the answer is the provider's again.

    Raises:
        WishMissingError, WishInPastError, WishTooFarError: the wished dates.
        RequestStateError: there are no proposed times to say no to.
    """
    check_wishes(wishes, today=local_date_of(now))
    request = locked_request(request_id)
    if request.state != RequestState.ANSWERED:
        raise RequestStateError
    request.proposals.filter(withdrawn_at=None).update(withdrawn_at=now)
    request.wishes.all().delete()
    _add_wishes(request, wishes)
    _put_to_the_answerer(request, is_proven=True, now=now)
    request.save()
    record_of(request, "request_wished_anew", actor=actor, now=now, wishes=len(wishes))
    if request.kind == RequestKind.URGENT:
        open_urgent_task(request, turn=f"{now:%Y%m%dT%H%M%S%f}", now=now)
    tell_answerer(request, now=now)
    return request


@transaction.atomic
def withdraw_request(*, request_id: int, actor: Actor, now: datetime) -> DateRequest:
    """Take a request back; those who were to answer are told. Twice changes nothing.

    Raises:
        RequestStateError: it became a booking, or has ended otherwise.
    """
    request = locked_request(request_id)
    if request.state == RequestState.WITHDRAWN:
        return request
    if request.state not in (RequestState.UNPROVEN, RequestState.SENT, RequestState.ANSWERED):
        raise RequestStateError
    was_asked = request.state != RequestState.UNPROVEN
    end_request(request, RequestState.WITHDRAWN, reason="", now=now)
    record_of(request, "request_withdrawn", actor=actor, now=now)
    close_tasks(request, resolution="withdrawn", actor=actor, now=now)
    if was_asked:
        tell_answerer_it_ended(request, now=now)
    return request


def locked_request(request_id: int) -> DateRequest:
    """Lock a request, then read it with what belongs to it; session and booking are locked after it.

    Two statements: a join in the locking one would show the others as they were before it waited for the row.
    """
    list(DateRequest.objects.filter(pk=request_id).locked().values_list("pk", flat=True))
    request: DateRequest = DateRequest.objects.select_related("offer__provider", "school", "booking").get(
        pk=request_id
    )
    return request


def end_request(request: DateRequest, state: RequestState, *, reason: str, now: datetime) -> None:
    """Write the end of a locked request; its contact goes 30 days later (rule 10)."""
    request.state = state
    request.ended_at = now
    request.end_reason = reason
    request.delete_after = local_date_of(now + KEPT_AFTER_END)
    request.save()
    request.proposals.filter(withdrawn_at=None, accepted_at=None).update(withdrawn_at=now)


def open_urgent_task(request: DateRequest, *, turn: str = "", now: datetime) -> None:
    """Ask the team to phone today; once for each time it is the team's turn."""
    open_item(
        key=f"{URGENT}:{request.pk}:{turn}" if turn else f"{URGENT}:{request.pk}",
        kind=URGENT,
        subject=f"request:{request.pk}",
        data={"reference": request.reference, "topic": request.topic},
        due_at=now,
        now=now,
    )


def close_tasks(request: DateRequest, *, resolution: str, actor: Actor, now: datetime) -> None:
    """Close the tasks that asked for an answer; that of a closing school stays while the request is open."""
    kinds = [UNANSWERED, URGENT]
    if request.state not in OPEN_REQUEST_STATES:
        kinds.append(SCHOOL_ENDS)
    for kind in kinds:
        close_items(kind=kind, subject=f"request:{request.pk}", resolution=resolution, actor=actor, now=now)


def record_of(request: DateRequest, action: str, *, actor: Actor, now: datetime, **data: object) -> None:
    """Write what happened to a request in the audit log."""
    record(
        action,
        f"request:{request.pk}",
        actor=actor,
        now=now,
        provider_id=request.offer.provider_id if request.offer else None,
        **data,
    )


def _new(
    party: Party, contact: Contact, *, submission_key: uuid.UUID, actor: Actor, now: datetime
) -> DateRequest:
    return DateRequest(
        # Read aloud like a booking's, and never mistaken for one.
        reference=new_reference().replace("DP-", "AM-"),
        party_kind=party.kind,
        state=RequestState.UNPROVEN,
        language=contact.language,
        contact_name=contact.name,
        contact_email=contact.email.strip().lower(),
        contact_phone=contact.phone,
        organisation=contact.organisation,
        school_id=party.school_id,
        classes=[size.as_data() for size in party.classes],
        seats=party.seats,
        needs=list(contact.needs),
        interpreter_language=contact.interpreter_language,
        submission_key=submission_key,
        sent_at=now,
        registered_by_id=actor.user_id,
        delete_after=local_date_of(now + KEPT_WHILE_OPEN),
    )


def _put_to_the_answerer(request: DateRequest, *, is_proven: bool, now: datetime) -> None:
    request.state = RequestState.SENT
    request.awaits_since = now
    if is_proven and request.proven_at is None:
        request.proven_at = now


def _store(request: DateRequest, wishes: Sequence[Wish]) -> tuple[DateRequest, bool]:
    """Save a request, or return the one that the same form made already."""
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        return DateRequest.objects.get(submission_key=request.submission_key), False
    _add_wishes(request, wishes)
    return request, True


def _add_wishes(request: DateRequest, wishes: Sequence[Wish]) -> None:
    WishedDate.objects.bulk_create(
        WishedDate(request=request, date=wish.date, part_of_day=wish.part_of_day) for wish in wishes
    )


def _check_unproven(request: DateRequest, *, now: datetime) -> None:
    unproven = DateRequest.objects.of_address(request.contact_email).filter(
        state=RequestState.UNPROVEN, sent_at__gt=now - PROOF_TIME
    )
    if unproven.exclude(submission_key=request.submission_key).count() >= MAX_UNPROVEN_PER_ADDRESS:
        raise TooManyUnprovenError
