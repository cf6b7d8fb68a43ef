"""Grows the demo year to a size, and adds the sessions that the bench books."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from uuid import uuid4

from django.utils import timezone
from wagtail.models import Page

from booking.enums import BookingKind, BookingState, Channel
from booking.models import BookedSession, Booking
from charter.models import Provider
from tests.factories.booking import known_school
from tests.factories.charter import ProviderFactory
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import PlaceKind, SessionState
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
    offer_path: str
    catalogue_path: str
    plain_page_path: str


def grow_to(sessions: int) -> int:
    """Copy the demo's coming sessions, with a booking each, until there are so many; return how many there are."""
    present = Session.objects.count()
    coming = Session.objects.filter(state=SessionState.OPEN, starts_at__gt=timezone.now())
    models = list(coming.exclude(provider__slug=PROVIDER).order_by("pk")[:200])
    missing = max(0, sessions - present)
    copies = []
    for number, model in enumerate(islice(cycle(models), missing)):
        shift = timedelta(days=1 + number // len(models) % 200)
        copies.append(
            Session(
                offer_id=model.offer_id, provider_id=model.provider_id, programme_id=model.programme_id,
                audience=model.audience, title=model.title, title_en=model.title_en, place_kind=model.place_kind,
                venue_id=model.venue_id, starts_at=model.starts_at + shift, ends_at=model.ends_at + shift,
                local_date=model.local_date + shift, max_groups=model.max_groups and 3,
                max_people=model.max_people, adults_count=model.adults_count, state=SessionState.OPEN,
                booking_closes_at=model.booking_closes_at + shift,
                withdrawal_closes_at=model.withdrawal_closes_at + shift, announced_at=model.announced_at,
                groups_taken=1 if model.max_groups else 0, people_taken=2,
            )
        )  # fmt: skip
    made = Session.objects.bulk_create(copies, batch_size=500)
    now = timezone.now()
    bookings = Booking.objects.bulk_create(
        [
            Booking(
                reference=f"BN-{uuid4().hex[:10].upper()}", kind=BookingKind.PERSON, state=BookingState.CONFIRMED,
                channel=Channel.WEB, contact_name="Gæst", contact_email=f"gaest{number}@example.dk",
                started_at=now, submitted_at=now, confirmed_at=now, proven_at=now,
            )
            for number in range(len(made))
        ],
        batch_size=500,
    )  # fmt: skip
    BookedSession.objects.bulk_create(
        [
            BookedSession(
                booking=booking, session=session, groups=session.groups_taken, people=2,
                state=BookingState.CONFIRMED, uid=f"{uuid4()}@bench",
            )
            for booking, session in zip(bookings, made, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    return present + missing


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
        offer_path=page.get_url(),
        catalogue_path=page.get_parent().get_url(),
        plain_page_path=plain.get_url(),
    )
