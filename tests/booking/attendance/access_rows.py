"""Who may open what comes after the session."""

from booking.attendance.links import report_path
from tests.access.rows import LOGIN, forged, row
from tests.factories.attendance import set_back
from tests.factories.booking import a_contact, book, known_school
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

OWN = {"anonymous": LOGIN, "logged_in": 404}
STAFF = {
    "anonymous": LOGIN,
    "persons": LOGIN,
    "providers": LOGIN,
    "editor": 302,
    "auditor": 302,
}


def past_session(world) -> Session:
    """A session of the provider of the world that ended an hour ago; the teacher had booked it."""
    session = SessionFactory(offer=OfferFactory(provider=world.provider))
    # Where the domain is known, the booking is confirmed at once.
    school = known_school(domain=world.email.partition("@")[2])
    book(session, school=school, contact=a_contact(world.email))
    return set_back(session)


def session(world):
    return {"session_id": past_session(world).pk}


def token_of(made):
    return report_path(made).rstrip("/").rpartition("/")[2]


def link(world):
    """The link of the mail: whoever holds it reports this session."""
    return {"token": token_of(past_session(world))}


def forged_link(world):
    return {"token": forged(link(world)["token"])}


def renewed_link(world):
    """A link that a newer one has replaced."""
    made = past_session(world)
    token = token_of(made)
    Session.objects.filter(pk=made.pk).update(link_generation=2)
    return {"token": token}


def evening(world):
    """An evening of that provider that ended an hour ago."""
    session = SessionFactory(offer=OfferFactory(provider=world.provider, evening=True))
    book(session, contact=a_contact(world.email))
    return {"session_id": set_back(session).pk}


NOT_HELD = {"held": "no", "reason": "illness", "seen": 0}

ROWS = [
    row("session_report_link", link, everyone=200),
    row("session_report_link", link, method="post", everyone=422),
    row("session_report_link", link, method="post", data=NOT_HELD, everyone=302),
    row("session_report_link", forged_link, everyone=404),
    row("session_report_link", renewed_link, everyone=404),
    row("session_report_link", renewed_link, method="post", data=NOT_HELD, everyone=404),
    row("session_report", session, **OWN, provider_member_own=200),
    row("session_report", session, method="post", data=NOT_HELD, **OWN, provider_member_own=302),
    row("session_door", evening, **OWN, provider_member_own=200),
    row("session_door", session, **{**OWN, "logged_in": 404}),
    row("session_door", evening, method="post", data={"people": 1}, **OWN, provider_member_own=302),
    row("session_admin_report", session, **STAFF, caseworker=200, administration=200),
    row(
        "session_admin_report",
        session,
        method="post",
        data=NOT_HELD,
        **STAFF,
        caseworker=302,
        administration=302,
    ),
    row("session_admin_report_link", session, method="post", **STAFF, caseworker=302, administration=302),
    row("unreported", **{**STAFF, "auditor": 200}, caseworker=200, administration=200),
    row("unreported_results", **{**STAFF, "auditor": 200}, caseworker=200, administration=200),
]
