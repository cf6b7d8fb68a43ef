"""Grows the demo year to a size, and adds the sessions that the bench books."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

from django.db import connection, models
from django.db.models import Max
from django.utils import timezone
from wagtail.models import Page

from booking.enums import (
    BookingKind,
    BookingState,
    Channel,
    FormKind,
    FormState,
    QuestionKind,
    QuoteState,
    ReportSource,
)
from booking.evaluation.rules import term_start
from booking.models import (
    Attendance,
    BookedClass,
    BookedSession,
    Booking,
    ClassPlace,
    FormVersion,
    FreeText,
    ResultBatch,
    SessionReport,
)
from charter.models import Provider
from core.audit.log import SYSTEM, record
from core.audit.models import Entry
from core.outbox.models import Message
from core.worklist.models import WorkItem
from tests.factories.booking import known_school
from tests.factories.charter import ProviderFactory
from tests.factories.outbox import MessageFactory
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Audience, PlaceKind, SessionState
from workshops.models import Offer, OfferPage, School, Session

PROVIDER = "bench-holdet"
SCHOOL_DOMAIN = "bench.example"
HOT_SESSIONS = 32
ROOM = 30_000


@dataclass(frozen=True)
class World:
    """What the bench visits."""

    evenings: list[int]
    visits: list[int]
    school: str
    offer_id: int
    offer_path: str
    catalogue_path: str
    plain_page_path: str


def grow_to(sessions: int) -> int:
    """Copy the demo's coming sessions, with ten bookings each, until there are so many; return how many there are.

    Every second copy lies in the past. Of ten bookings one stands and nine were withdrawn, each with the mail and
    the event that it left behind: at 20,000 sessions there are 200,000 bookings.
    """
    present = Session.objects.count()
    coming = Session.objects.filter(state=SessionState.OPEN, starts_at__gt=timezone.now())
    templates = list(coming.exclude(provider__slug=PROVIDER).order_by("pk")[:200])
    missing = max(0, sessions - present)
    copies = []
    for number, model in enumerate(islice(cycle(templates), missing)):
        is_past = number % 2 == 1
        days = 1 + number // len(templates) % 200
        shift = timedelta(days=-400 - days if is_past else days)
        copies.append(
            Session(
                offer_id=model.offer_id, provider_id=model.provider_id, programme_id=model.programme_id,
                audience=model.audience, title=model.title, title_en=model.title_en, place_kind=model.place_kind,
                venue_id=model.venue_id, starts_at=model.starts_at + shift, ends_at=model.ends_at + shift,
                local_date=model.local_date + shift, max_groups=model.max_groups and 3,
                max_people=model.max_people, adults_count=model.adults_count,
                state=SessionState.HELD if is_past else SessionState.OPEN,
                booking_closes_at=model.booking_closes_at + shift,
                withdrawal_closes_at=model.withdrawal_closes_at + shift, announced_at=model.announced_at,
                groups_taken=1 if model.max_groups else 0, people_taken=2,
            )
        )  # fmt: skip
    made = Session.objects.bulk_create(copies, batch_size=500)
    last = Booking.objects.aggregate(last=Max("pk"))["last"] or 0
    now = timezone.now()
    schools = list(School.objects.bookable(on=now.date()).order_by("pk"))
    bookings = Booking.objects.bulk_create(
        [
            Booking(
                reference=f"BN-{uuid4().hex[:9].upper()}", state=_state(session), **_booker(session, schools, number),
                channel=Channel.WEB, contact_name="Gæst", contact_email=f"gaest{number}@example.dk",
                started_at=now, submitted_at=now, confirmed_at=now, proven_at=now,
                delete_after=now.date() + timedelta(days=100),
            )
            for number, session in enumerate(made)
        ],
        batch_size=500,
    )  # fmt: skip
    booked = BookedSession.objects.bulk_create(
        [
            BookedSession(
                booking=booking, session=session, groups=session.groups_taken, people=2,
                state=booking.state, uid=f"{uuid4()}@bench",
            )
            for booking, session in zip(bookings, made, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    _add_classes(booked)
    _add_answers([row for row in made if row.state == SessionState.HELD and row.audience == Audience.SCHOOL])
    _add_tasks(made)
    if made:
        _add_history(after=last)
    return present + missing


def _state(session: Session) -> BookingState:
    return BookingState.ATTENDED if session.state == SessionState.HELD else BookingState.CONFIRMED


def _booker(session: Session, schools: list[School], number: int) -> dict[str, Any]:
    """Return who books: a school with its snapshots for sessions for schools, else a person."""
    if session.audience != Audience.SCHOOL:
        return {"kind": BookingKind.PERSON}
    school = schools[number % len(schools)]
    return {
        "kind": BookingKind.SCHOOL, "school": school, "school_number": school.institution_number or "",
        "school_name": school.name, "school_type": school.school_type, "district_id": school.district_id,
    }  # fmt: skip


def _add_classes(booked: list[BookedSession]) -> None:
    """Give the schools' bookings a class each, and what is over its report: what the figures of goals are made of."""
    visits = [row for row in booked if row.session.audience == Audience.SCHOOL]
    classes = BookedClass.objects.bulk_create(
        [
            BookedClass(
                booking=row.booking, name=f"{4 + number % 6}.{number}", normalised_name=f"{4 + number % 6}{number}",
                school_year=row.session.local_date.year, grade=4 + number % 6, pupils=22,
            )
            for number, row in enumerate(visits)
        ],
        batch_size=500,
    )  # fmt: skip
    ClassPlace.objects.bulk_create(
        [
            ClassPlace(
                booked_session=row, booked_class=of, session=row.session,
                class_key=f"{row.booking.school_id}:{of.school_year}:{of.normalised_name}",
            )
            for row, of in zip(visits, classes, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    now = timezone.now()
    held = [row for row in booked if row.session.state == SessionState.HELD]
    SessionReport.objects.bulk_create(
        [
            SessionReport(
                session=row.session,
                number=1,
                is_held=True,
                people=20,
                source=ReportSource.LINK,
                reported_at=now,
            )
            for row in held
        ],
        batch_size=500,
    )
    Attendance.objects.bulk_create(
        [
            Attendance(booked_session=row, booked_class=of, people=20, reported_at=now)
            for row, of in zip(visits, classes, strict=True)
            if row.session.state == SessionState.HELD
        ],
        batch_size=500,
    )


def _add_answers(held: list[Session]) -> None:
    """Give what was held a batch of ten answers on paper's five steps and a text to quote, as a class each would."""
    form = FormVersion.objects.get(kind=FormKind.PUPILS, state=FormState.IN_USE)
    steps = list(form.questions.filter(kind=QuestionKind.SCALE))
    words = form.questions.filter(kind=QuestionKind.TEXT).first()
    figures = [{"question": one.pk, "goal": None, "counts": {"3": 4, "5": 6}} for one in steps]
    batches = ResultBatch.objects.bulk_create(
        [
            ResultBatch(
                version=form, offer_id=session.offer_id, provider_id=session.provider_id,
                term_starts_on=term_start(session.local_date), made_on=session.local_date,
                answers=10, figures=figures,
            )
            for session in held
        ],
        batch_size=500,
    )  # fmt: skip
    if words is not None:
        FreeText.objects.bulk_create(
            [
                FreeText(batch=batch, question=words, offer_id=batch.offer_id, written_on=batch.made_on,
                         text=f"Vi fik talt om det, der fylder ({number}).", state=QuoteState.APPROVED)
                for number, batch in enumerate(batches)
            ],
            batch_size=500,
        )  # fmt: skip


def _add_tasks(made: list[Session]) -> None:
    """Open a task for every tenth session, one in ten of them still open."""
    now = timezone.now()
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                key=f"bench:{session.pk}", kind="bench", subject=f"session:{session.pk}",
                opened_at=now - timedelta(days=number % 60), closed_at=None if number % 10 == 0 else now,
            )
            for number, session in enumerate(made[::10])
        ],
        batch_size=500,
    )  # fmt: skip


def _add_history(*, after: int) -> None:
    """Add what nine withdrawn bookings for each new one leave behind, in four statements."""
    random_key = "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    _copy_rows(
        Booking,
        f"""{Booking._meta.db_table} AS source
            CROSS JOIN ({" UNION ALL ".join(f"SELECT {number} AS number" for number in range(9))}) AS turn
            WHERE source.id > {after}""",
        reference="'BX' || CAST(source.id * 10 + turn.number AS text)",
        contact_email="'gaest' || CAST(source.id * 10 + turn.number AS text) || '@example.dk'",
        # Tells below which booking a copy was made of.
        contact_phone="CAST(source.id AS text)",
        submission_key=random_key,
        state=f"'{BookingState.WITHDRAWN}'",
        ended_at="source.started_at",
    )
    _copy_rows(
        BookedSession,
        f"""{BookedSession._meta.db_table} AS source JOIN {Booking._meta.db_table} AS copy
            ON copy.contact_phone = CAST(source.booking_id AS text)
            WHERE copy.id > {after} AND copy.reference LIKE 'BX%%'""",
        booking_id="copy.id",
        uid="'bx' || CAST(copy.id AS text) || '@bench'",
        state=f"'{BookingState.WITHDRAWN}'",
    )
    now = timezone.now()
    seed = MessageFactory(sent=True, key=f"bench:{uuid4()}", queued_at=now)
    _copy_rows(
        Message,
        f"""{Message._meta.db_table} AS source CROSS JOIN {Booking._meta.db_table} AS booking
            WHERE source.id = {seed.pk} AND booking.id > {after}""",
        key="'bench:' || CAST(booking.id AS text)",
        message_id="'<bench-' || CAST(booking.id AS text) || '@bench>'",
        about="'booking:' || CAST(booking.id AS text)",
        to_email="booking.contact_email",
    )
    record("booking_sent", "booking:0", actor=SYSTEM, now=now)
    entry = Entry.objects.latest("pk")
    _copy_rows(
        Entry,
        f"""{Entry._meta.db_table} AS source CROSS JOIN {Booking._meta.db_table} AS booking
            WHERE source.id = {entry.pk} AND booking.id > {after}""",
        subject="'booking:' || CAST(booking.id AS text)",
    )


def _copy_rows(model: type[models.Model], source: str, **replaced: str) -> None:
    """Insert into a model's table what `source` finds, some columns replaced by expressions."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(replaced.get(column, f'source."{column}"') for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {source}", [])  # noqa: S608 - our own words


def prepare() -> World:
    """Make what the bench books and visits, once per database."""
    if not Provider.objects.filter(slug=PROVIDER).exists():
        provider = ProviderFactory(municipal=True, slug=PROVIDER, name="Bench-holdet")
        evenings = OfferFactory(evening=True, provider=provider, asks_for_proof=False, title="Bench-aften")
        visits = OfferFactory(provider=provider, place_kind=PlaceKind.VENUE, title="Bench-besøg")
        for _number in range(HOT_SESSIONS):
            SessionFactory(offer=evenings, max_people=ROOM)
            SessionFactory(offer=visits, max_groups=ROOM, venue=None, place_kind=PlaceKind.ONLINE,
                           online_url="https://video.example.dk/rum")  # fmt: skip
        known_school(domain=SCHOOL_DOMAIN, name="Benchskolen", institution_number="999999")
        root = Page.get_first_root_node()
        assert root is not None
        home = root.get_children().live().first()
        home.add_child(instance=Page(title="Den enkleste side", slug="bench-plain"))
    evening, visit = Offer.objects.filter(provider__slug=PROVIDER).order_by("pk")
    page = OfferPage.objects.live().filter(locale__language_code="da").order_by("pk").first()
    assert page is not None
    plain = Page.objects.get(slug="bench-plain")
    return World(
        evenings=list(
            Session.objects.filter(offer=evening, max_people=ROOM).order_by("pk").values_list("pk", flat=True)
        ),
        visits=list(
            Session.objects.filter(offer=visit, max_groups=ROOM).order_by("pk").values_list("pk", flat=True)
        ),
        school=School.objects.get(institution_number="999999").name,
        offer_id=page.offer_id,
        offer_path=page.get_url(),
        catalogue_path=page.get_parent().get_url(),
        plain_page_path=plain.get_url(),
    )
