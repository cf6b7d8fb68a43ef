"""Who may open evaluation's pages."""

import uuid

from django.utils import timezone

from booking.enums import FormKind
from booking.evaluation.links import evaluation_path
from booking.models import BookedSession, Booking, FreeText, PilotClass
from booking.operations.forming import make_draft
from booking.operations.piloting import add_class, start_pilot
from core.audit.log import SYSTEM
from tests.access.rows import LOGIN, row
from tests.factories.booking import a_contact, known_school
from tests.factories.evaluation import answer, code_of, held_visit, with_goals
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


def a_text(world):
    """A free text that waits to be read."""
    made = visit(world)
    answer(code_of(made), text="Det var sjovt.")
    return {"pk": FreeText.objects.order_by("-pk")[0].pk}


def a_draft(world):
    return {"pk": make_draft(kind=FormKind.PUPILS, actor=SYSTEM, now=timezone.now()).pk}


def an_offer(world):
    return {"offer_id": OfferFactory(provider=world.provider).pk}


def a_pilot(world):
    """A pilot with a class that has used the material."""
    now = timezone.now()
    pilot = start_pilot(
        material_key=uuid.uuid4(),
        title="Feedet og mig",
        version="0.4",
        question="Virker det?",
        goals=[],
        actor=SYSTEM,
        now=now,
    )
    school = known_school()
    add_class(pilot_id=pilot.pk, school_id=school.pk, name="5.A", grade=5, pupils=20, actor=SYSTEM, now=now)
    return {"pk": pilot.pk}


def a_pilot_class(world):
    pk = a_pilot(world)["pk"]
    return {"pk": pk, "class_id": PilotClass.objects.get(pilot=pk).pk}


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
    row("evaluation_results", **SEES),
    row("evaluation_texts", **{**SEES, "auditor": 302}),
    row(
        "evaluation_text",
        a_text,
        method="post",
        data={"verdict": "approved", "seen": "waiting"},
        **CHANGES,
        caseworker=302,
        administration=302,
    ),
    row("evaluation_forms", **SEES),
    row(
        "evaluation_forms",
        method="post",
        data={"kind": "pupils"},
        **CHANGES,
        caseworker=302,
        administration=302,
    ),
    row("evaluation_form", a_draft, **SEES),
    row(
        "evaluation_form",
        a_draft,
        method="post",
        data={"step": "drop"},
        **CHANGES,
        caseworker=302,
        administration=302,
    ),
    row("evaluation_goals", **SEES),
    row("evaluation_offer_goals", an_offer, **{**SEES, "auditor": 302}),
    row(
        "evaluation_offer_goals",
        an_offer,
        method="post",
        data={"text_1": "Eleverne kan noget."},
        **CHANGES,
        caseworker=302,
        administration=302,
    ),
    row("readiness_development", **SEES),
    row("pilots", **SEES),
    row("pilot", a_pilot, **SEES),
    *(
        row(name, a_pilot if needs_pilot else None, **{**SEES, "auditor": 302})
        for name, needs_pilot in (
            ("pilot_start", False),
            ("pilot_class", True),
            ("pilot_note", True),
            ("pilot_report", True),
            ("pilot_decide", True),
        )
    ),
    row(
        "pilot_used",
        a_pilot_class,
        method="post",
        data={"used_on": "2026-11-01"},
        **CHANGES,
        caseworker=302,
        administration=302,
    ),
    row("provider_evaluation", provider, **OWN, provider_member_own=200),
]
