"""Who may open evaluation's pages."""

import uuid

from booking.evaluation.links import evaluation_path
from booking.models import BookedSession, Booking
from tests.access.rows import LOGIN, row
from tests.factories.booking import a_contact, known_school
from tests.factories.evaluation import code_of, held_visit, with_goals
from tests.factories.workshops import OfferFactory

OWN = {"anonymous": LOGIN, "logged_in": 404}
STAFF = {"anonymous": LOGIN, "persons": LOGIN, "providers": LOGIN}
SEES = {**STAFF, "editor": 302, "auditor": 200, "caseworker": 200, "administration": 200}
CHANGES = {**STAFF, "editor": 302, "auditor": 302}


def visit(world):
    """A visit of the provider of the world, booked by its teacher, held and reported."""
    offer = with_goals(OfferFactory(provider=world.provider))
    school = known_school(domain=world.email.partition("@")[2])
    return held_visit(offer=offer, school=school, contact=a_contact(world.email))


def code(world):
    return {"code": code_of(visit(world)).code}


def wrong_code(world):
    return {"code": "AAAAAA"}


def token_of(session):
    booked = BookedSession.objects.select_related("booking", "session").get(session=session)
    return evaluation_path(booked).rstrip("/").rpartition("/")[2]


def link(world):
    return {"token": token_of(visit(world))}


def renewed_link(world):
    made = visit(world)
    token = token_of(made)
    Booking.objects.filter(booked_sessions__session=made).update(link_generation=2)
    return {"token": token}


def provider(world):
    return {"slug": world.provider.slug}


UNANSWERED = {"sheet": str(uuid.uuid4())}

ROWS = [
    row("evaluation_enter", everyone=200),
    row("evaluation_enter", method="post", data={"code": "AAAAAA"}, everyone=422),
    row("evaluation_code", code, everyone=200),
    row("evaluation_code", wrong_code, everyone=404),
    row("evaluation_code", code, method="post", data=UNANSWERED, everyone=422),
    row("evaluation_thanks", code, everyone=200),
    row("evaluation_thanks", wrong_code, everyone=404),
    row("evaluation_link", link, everyone=200),
    row("evaluation_link", renewed_link, everyone=404),
    row("evaluation_link", link, method="post", data=UNANSWERED, everyone=422),
    row("evaluation_opt_out", link, everyone=200),
    row("evaluation_opt_out", renewed_link, method="post", everyone=404),
    row("evaluation_opt_out", link, method="post", everyone=302),
    row("provider_evaluation", provider, **OWN, provider_member_own=200),
]
