"""The lists of evaluation cost the same whatever they hold (R6, P7, R11)."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from booking.enums import FormKind
from booking.models import FreeText, Pilot, PilotClass, ReadinessAssessment
from booking.models.readiness import PARAMETERS
from booking.operations.forming import make_draft
from booking.operations.piloting import add_class, start_pilot, write_note
from core.audit.log import SYSTEM
from tests.factories.evaluation import answer, code_of, held_visit
from tests.factories.workshops import OfferFactory, SchoolFactory

pytestmark = pytest.mark.django_db
MOST = {"pilot": 17}
"""Of a list 15; the page of one pilot shows seven things."""


def a_pilot():
    return start_pilot(
        material_key=uuid.uuid4(),
        title="Feedet og mig",
        version="0.4",
        question="Virker det?",
        goals=[],
        actor=SYSTEM,
        now=timezone.now(),
    )


def a_pilot_class():
    pilot = Pilot.objects.first() or a_pilot()
    number = PilotClass.objects.count()
    add_class(
        pilot_id=pilot.pk,
        school_id=SchoolFactory().pk,
        name=f"5.{number}",
        grade=5,
        pupils=20,
        actor=SYSTEM,
        now=timezone.now(),
    )
    write_note(
        pilot_id=pilot.pk,
        text="Det gik godt.",
        happened_on=timezone.localdate(),
        actor=SYSTEM,
        now=timezone.now(),
    )


def an_assessment():
    ReadinessAssessment.objects.create(
        unit=f"Enhed {ReadinessAssessment.objects.count()}",
        assessed_on=timezone.localdate(),
        **dict.fromkeys(PARAMETERS, 2),
    )


def a_text():
    answer(code_of(held_visit()), text="Det var sjovt.")


def a_version():
    kinds = list(FormKind)
    make_draft(kind=kinds[FreeText.objects.count()], actor=SYSTEM, now=timezone.now())
    a_text()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("evaluation_texts", a_text),
        ("evaluation_forms", a_version),
        ("evaluation_goals", OfferFactory),
        ("pilots", a_pilot),
        ("pilot", a_pilot_class),
        ("readiness_development", an_assessment),
    ],
)
def test_list_costs_the_same_with_one_row_and_three(staff_client, name, make):
    office = staff_client("Administration")

    def cost():
        kwargs = {"pk": Pilot.objects.get().pk} if name == "pilot" else {}
        url = reverse(name, kwargs=kwargs)
        office.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert office.get(url).status_code == 200
        return len(queries)

    make()
    one = cost()
    make()
    make()

    assert cost() == one <= MOST.get(name, 15)
