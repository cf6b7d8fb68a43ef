"""Measures one database at one size; run by bench/__main__.py in a process of its own. Prints JSON."""

import argparse
import json
import secrets
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import django

django.setup()


from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.data import SCHOOL_DOMAIN, World, grow_to, prepare  # noqa: E402
from bench.growth import STAFF_PATHS, paths_of, reader  # noqa: E402
from bench.lighthouse import audit  # noqa: E402
from bench.processes import cpu_seconds, database_cpu_seconds, postmaster  # noqa: E402
from bench.signing import signatures  # noqa: E402
from booking import links  # noqa: E402
from booking.enums import BookingState  # noqa: E402
from booking.models import BookedSession, Booking  # noqa: E402
from core.outbox.models import Message, MessageState  # noqa: E402
from core.outbox.operations import send_due  # noqa: E402
from tests.concurrency.crowd import rush, visitors  # noqa: E402
from tests.concurrency.server import RunningPortal, running_portal  # noqa: E402
from tests.concurrency.visitor import Answer, Visitor  # noqa: E402
from tests.factories.accounts import log_in  # noqa: E402
from workshops.models import Session  # noqa: E402

_RUN = secrets.token_hex(2)
"""Keeps the classes of one run apart from those of another on the same database."""


@dataclass(frozen=True)
class Cost:
    """What one act costs, on average, and how long a visitor waits for it."""

    acts: int
    requests: float
    server_cpu_ms: float
    """Of the portal's processes and the database's."""
    database_cpu_ms: float
    """The part of it in PostgreSQL's own processes."""
    p50_ms: float
    p95_ms: float
    per_second: float


class BenchError(Exception):
    """Something answered otherwise than it should: the figures would mean nothing."""


def must(answer: Answer, status: int) -> Answer:
    """Return the answer; raise when it is not the one expected."""
    if answer.status != status:
        raise BenchError(f"{answer.status} instead of {status}: {answer.body[:2000]}")
    return answer


def cost_of(
    portal: RunningPortal,
    act: Callable[[Visitor], Any],
    crowd: list[Visitor],
    *,
    acts_each: int,
    settle: Callable[[], None] = lambda: None,
) -> Cost:
    """Let each visitor act so many times, all at once, and count what the server's processes used."""
    waits: list[float] = []
    failures: list[BaseException] = []

    def run(visitor: Visitor) -> None:
        try:
            for _turn in range(acts_each):
                begun = time.perf_counter()
                act(visitor)
                waits.append((time.perf_counter() - begun) * 1000)
        except BaseException as error:
            failures.append(error)

    process_ids, database = portal.process_ids(), postmaster()
    requests = sum(visitor.requests for visitor in crowd)
    cpu, in_database = cpu_seconds(process_ids), database_cpu_seconds(database)
    started = time.perf_counter()
    threads = [threading.Thread(target=run, args=(visitor,)) for visitor in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if failures:
        raise failures[0]
    settle()
    in_database = database_cpu_seconds(database) - in_database
    used = cpu_seconds(process_ids) - cpu + in_database
    acts = len(crowd) * acts_each
    waits.sort()
    return Cost(
        acts=acts,
        requests=round((sum(visitor.requests for visitor in crowd) - requests) / acts, 2),
        server_cpu_ms=round(used * 1000 / acts, 2),
        database_cpu_ms=round(in_database * 1000 / acts, 2),
        p50_ms=round(statistics.median(waits), 1),
        p95_ms=round(waits[int(len(waits) * 0.95)], 1),
        per_second=round(acts / seconds, 1),
    )


def outbox_is_empty() -> None:
    """Wait until the worker has dealt with what is due: its work belongs to the booking."""
    end = time.monotonic() + 120
    while Message.objects.filter(state=MessageState.QUEUED, send_after__lte=timezone.now()).exists():
        if time.monotonic() > end:
            raise BenchError("The worker did not empty the outbox.")
        time.sleep(0.1)


def class_answers(world: World, visitor: Visitor) -> dict[str, str]:
    """Return the answers of the booking form for a class nobody has booked."""
    answers = visitor.seats() | {
        "school_query": world.school,
        "school": "",
        "class_name": f"5.{_RUN}x{visitor.number}x{visitor.forms}",
        "grade": "5",
        "pupils": "24",
        "adults": "2",
        "room": "2.14",
        "entrance": "Porten",
        "contact_email": f"laerer{visitor.number}@{SCHOOL_DOMAIN}",
        "phone_on_day": "12 34 56 78",
    }
    del answers["kind"], answers["seats"]
    return answers


def sign_up(world: World, visitor: Visitor) -> None:
    """Sign up for an evening as a person does: form, review, receipt."""
    session_id = world.evenings[visitor.number % len(world.evenings)]
    must(visitor.get(f"/book/{session_id}/"), 200)
    # An address of its own each time: one that is not proven may have ten mails in six hours.
    answers = visitor.seats() | {"contact_email": f"gaest{visitor.number}x{visitor.forms}@example.dk"}
    must(visitor.post(f"/book/{session_id}/", answers), 302)
    must(visitor.send_what_is_held(session_id), 302)
    must(visitor.get(f"/book/{session_id}/kvittering/"), 200)
    visitor.forget("pladshold")


def book_class(world: World, visitor: Visitor) -> int:
    """Book a class as a teacher does: form, review, receipt."""
    session_id = world.visits[visitor.number % len(world.visits)]
    must(visitor.get(f"/book/{session_id}/"), 200)
    must(visitor.post(f"/book/{session_id}/", class_answers(world, visitor)), 302)
    must(visitor.send_what_is_held(session_id), 302)
    must(visitor.get(f"/book/{session_id}/kvittering/"), 200)
    visitor.forget("pladshold")
    return session_id


def prove(world: World, visitor: Visitor) -> None:
    """Book a first class and confirm the address: what follows in this browser needs no mail."""
    book_class(world, visitor)
    booking = Booking.objects.filter(contact_email=f"laerer{visitor.number}@{SCHOOL_DOMAIN}").latest("pk")
    must(visitor.post(links.confirm_path(booking)), 302)


def count_statements(world: World) -> dict[str, dict[str, int]]:
    """Count the SQL statements of a whole booking, its mail included, in this process."""
    counted: dict[str, dict[str, int]] = {}
    for name in ("sign_up", "class"):
        client = Client(HTTP_HOST="localhost")
        visitor = Visitor("http://localhost", 900_000 + len(counted))
        ids = world.evenings if name == "sign_up" else world.visits
        answers = visitor.seats() if name == "sign_up" else class_answers(world, visitor)
        path = f"/book/{ids[0]}/"
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
            client.post(path, answers)
            page = client.get(f"{path}tjek/").content.decode()
            seen = page.split('name="seen" value="')[1].split('"')[0]
            client.post(f"{path}tjek/", {"seen": seen})
            client.get(f"{path}kvittering/")
            send_due(now=timezone.now())
        control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
        statements = [query["sql"] for query in queries.captured_queries]
        own = [sql for sql in statements if not sql.startswith(control)]
        counted[name] = {"statements": len(own), "with_transaction_control": len(statements)}
    return counted


@contextmanager
def served(url: str, *, settings: str = "bench.settings", **options: Any) -> Iterator[RunningPortal]:
    """Run the portal, or a floor."""
    with running_portal(url=url, settings=settings, **options) as portal:
        yield portal


ROUNDS = 3
"""How often a page and its floor take turns; the middle one counts."""

BOOKING_FLOOR = {
    "settings": "bench.floor_settings",
    "wsgi": "bench.floor_wsgi:application",
    "answers_at": "/floor/alive/",
}
PAGE_FLOOR = {"settings": "bench.page_floor_settings", "answers_at": "/floor/alive/"}


def warm(act: Callable[[Visitor], Any], portal: RunningPortal, *, times: int = 8) -> None:
    """Let every worker load what it loads once."""
    with visitors(portal.url, 8, first=800_000) as crowd:
        for visitor in crowd:
            for _turn in range(max(1, times // 8)):
                act(visitor)


def book_barely(world: World, visitor: Visitor) -> None:
    """Book as the floor does: the conditional UPDATE and the INSERT."""
    must(visitor.post(f"/floor/book/{world.evenings[visitor.number % len(world.evenings)]}/"), 200)


def floors(url: str, world: World, *, turns: int) -> dict[str, Any]:
    """Measure what cannot be avoided."""
    found: dict[str, Any] = {}

    def post(visitor: Visitor) -> None:
        book_barely(world, visitor)

    def rows(visitor: Visitor) -> None:
        must(visitor.get("/floor/rows/"), 200)

    def plain(visitor: Visitor) -> None:
        must(visitor.get(world.plain_page_path), 200)

    with served(url, **BOOKING_FLOOR) as portal:
        for act in (post, rows):
            warm(act, portal, times=16)
        for clients in (1, 16):
            with visitors(portal.url, clients, first=700_000) as crowd:
                found[f"booking_{clients}"] = asdict(
                    cost_of(portal, post, crowd, acts_each=turns * 16 // clients)
                )
        with visitors(portal.url, 1, first=710_000) as crowd:
            found["rows_page"] = asdict(cost_of(portal, rows, crowd, acts_each=turns * 4))
    with served(url, **PAGE_FLOOR) as portal:
        warm(plain, portal, times=16)
        with visitors(portal.url, 1, first=720_000) as crowd:
            found["wagtail_page"] = asdict(cost_of(portal, plain, crowd, acts_each=turns * 4))
    return found


def bookings(url: str, world: World, *, turns: int, size: int) -> dict[str, Any]:
    """Measure whole bookings over HTTP, mail and worker included, with 1 and 16 clients.

    `floor_server_cpu_ms` is the floor's cost measured just before and after: what else the machine does changes by the
    minute.
    """
    found: dict[str, Any] = {}
    acts = {"sign_up": sign_up, "class": book_class}
    with served(url, **BOOKING_FLOOR) as floor, served(url, with_worker=True) as portal:
        warm(lambda visitor: book_barely(world, visitor), floor, times=16)
        warm(lambda visitor: sign_up(world, visitor), portal)
        outbox_is_empty()

        def floor_cost() -> Cost:
            with visitors(floor.url, 1, first=700_000) as crowd:
                return cost_of(floor, lambda one: book_barely(world, one), crowd, acts_each=turns * 8)

        for clients in (1, 16):
            each = max(2, min(20, turns // clients * 2))
            for number, (kind, act) in enumerate(acts.items()):
                # An address may send 60 forms an hour: fresh visitors for each measurement.
                first = size * 100 + 5_000 * number + clients * 100
                with visitors(portal.url, clients, first=first) as crowd:
                    if kind == "class":
                        for visitor in crowd:
                            prove(world, visitor)
                        outbox_is_empty()
                    before = floor_cost()
                    cost = cost_of(
                        portal,
                        lambda one, act=act: act(world, one),  # type: ignore[misc]
                        crowd,
                        acts_each=each,
                        settle=outbox_is_empty,
                    )
                    after = floor_cost()
                found[f"{kind}_{clients}"] = asdict(cost) | {
                    f"floor_{share}_cpu_ms": round(
                        (getattr(before, f"{share}_cpu_ms") + getattr(after, f"{share}_cpu_ms")) / 2, 2
                    )
                    for share in ("server", "database")
                }
    return found


def steps_of_a_booking(world: World, visitor: Visitor, kind: str) -> Iterator[str]:
    """Book step by step: yields the name of the step that has just been done."""
    path = f"/book/{(world.visits if kind == 'class' else world.evenings)[1]}/"
    must(visitor.get(path), 200)
    yield "form"
    if kind == "class":
        answers = class_answers(world, visitor)
    else:
        answers = visitor.seats() | {"contact_email": f"gaest{_RUN}x{visitor.forms}@example.dk"}
    must(visitor.post(path, answers), 302)
    yield "hold"
    page = must(visitor.get(f"{path}tjek/"), 200).body
    yield "review"
    must(visitor.post(f"{path}tjek/", {"seen": page.split('name="seen" value="')[1].split('"')[0]}), 302)
    yield "send"
    must(visitor.get(f"{path}kvittering/"), 200)
    yield "receipt"
    visitor.forget("pladshold")
    outbox_is_empty()
    yield "mail"


def parts_of_a_booking(url: str, world: World, *, turns: int) -> dict[str, dict[str, float]]:
    """Measure what each step of a booking costs the server: one visitor, the worker's part as "mail"."""
    found: dict[str, dict[str, float]] = {}
    for number, kind in enumerate(("sign_up", "class")):
        with (
            served(url, with_worker=True) as portal,
            visitors(portal.url, 1, first=740_000 + number) as (visitor,),
        ):
            process_ids, spent = portal.process_ids(), defaultdict[str, float](float)
            if kind == "class":
                prove(world, visitor)
                outbox_is_empty()
            for turn in range(-2, turns):
                if turn == 0:
                    spent.clear()
                before = cpu_seconds(process_ids)
                for step in steps_of_a_booking(world, visitor, kind):
                    now = cpu_seconds(process_ids)
                    spent[step] += now - before
                    before = now
            found[kind] = {name: round(seconds * 1000 / turns, 1) for name, seconds in spent.items()}
    return found


def pages(url: str, world: World, *, turns: int) -> dict[str, Any]:
    """Measure pages, lists, calendars and feeds, one visitor; the administration's as somebody of its staff.

    `floor_server_cpu_ms` is the cost of the plainest Wagtail page measured in between.
    """
    found = {}
    staff = log_in(Client(), reader())
    session_key = staff.cookies[settings.SESSION_COOKIE_NAME].value

    def plain(visitor: Visitor) -> None:
        must(visitor.get(world.plain_page_path), 200)

    with served(url, **PAGE_FLOOR) as floor, served(url) as portal:
        warm(plain, floor, times=16)
        for name, path in paths_of(world).items():

            def show(visitor: Visitor, path: str = path) -> None:
                if path.startswith(STAFF_PATHS):
                    visitor.carry(settings.SESSION_COOKIE_NAME, session_key)
                must(visitor.get(path), 200)

            warm(show, portal)
            costs, floor_costs = [], []
            with (
                visitors(portal.url, 1, first=730_000) as crowd,
                visitors(floor.url, 1, first=735_000) as other,
            ):
                for _round in range(ROUNDS):
                    floor_costs.append(cost_of(floor, plain, other, acts_each=turns).server_cpu_ms)
                    costs.append(cost_of(portal, show, crowd, acts_each=turns // ROUNDS))
            middle = sorted(costs, key=lambda cost: cost.server_cpu_ms)[ROUNDS // 2]
            found[name] = asdict(middle) | {
                "path": path,
                "floor_server_cpu_ms": statistics.median(floor_costs),
            }
    return found


def race(url: str, *, clients: int, seats: int) -> dict[str, Any]:
    """Let 200 visitors want 30 seats at once, send what they hold, and confirm."""
    template = Session.objects.filter(offer__title="Bench-aften").order_by("pk").first()
    if template is None:
        raise BenchError("The bench's sessions are missing.")
    template.pk, template.max_people, template.people_taken = None, seats, 0
    template.save()
    path = f"/book/{template.pk}/"
    with served(url) as portal:
        warm(lambda visitor: must(visitor.get(path), 200), portal)
        with visitors(portal.url, clients, first=template.pk * 1000) as crowd:
            held = rush(crowd, lambda one: one.post(path, one.seats()))
            sent = rush(held.with_status(302), lambda one: one.send_what_is_held(template.pk))
    taken = BookedSession.objects.filter(session_id=template.pk, state=BookingState.CONFIRMED).count()
    statuses = [answer.status for answer in held.answers]
    return {
        "clients": clients,
        "seats": seats,
        "held": statuses.count(302),
        "refused_politely": statuses.count(409),
        "errors": sum(status not in {302, 409} for status in statuses),
        "confirmed": taken,
        "all_confirmable": [answer.status for answer in sent.answers] == [302] * seats,
        "seconds": round(held.seconds, 2),
        "seconds_until_confirmed": round(held.seconds + sent.seconds, 2),
    }


def lighthouse(url: str, world: World) -> dict[str, Any]:
    """Let Lighthouse look at the catalogue, an offer and the booking form."""
    paths = {
        "catalogue": world.catalogue_path,
        "offer": world.offer_path,
        "booking_form": f"/book/{world.visits[0]}/",
    }
    with served(url, settings="bench.lighthouse_settings") as portal:
        return audit(portal.url, paths)


def main() -> None:
    """Grow the data, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--turns", type=int, required=True)
    parser.add_argument("--lighthouse", action="store_true", help="nothing but Lighthouse")
    options = parser.parse_args()
    if options.lighthouse:
        json.dump(lighthouse(options.url, prepare()), sys.stdout)
        return
    sessions = grow_to(options.size)
    world = prepare()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = {
        "sessions": sessions,
        "bookings": Booking.objects.count(),
        "floor": floors(options.url, world, turns=options.turns),
        "booking": bookings(options.url, world, turns=options.turns, size=options.size),
        "booking_parts": parts_of_a_booking(options.url, world, turns=min(10, options.turns)),
        "statements": count_statements(world),
        "pages": pages(options.url, world, turns=options.turns * 2),
        "race": race(options.url, clients=200, seats=30),
        "signature": signatures(turns=min(10, options.turns)),
    }
    connection.close()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
