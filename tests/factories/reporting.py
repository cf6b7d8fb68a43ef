"""Smallest valid goals."""

from datetime import date

import factory

from portal.reporting.models import AnnualGoal
from tests.factories.charter import ProgrammeFactory


class AnnualGoalFactory(factory.django.DjangoModelFactory):
    """1,000 pupils reached in the calendar year 2026."""

    class Meta:
        model = AnnualGoal

    programme = factory.SubFactory(ProgrammeFactory)
    key = "elever"
    title = "1.000 elever deltager i workshops"
    measure = AnnualGoal.Measure.PUPILS
    first_day = date(2026, 1, 1)
    last_day = date(2026, 12, 31)
    target_low = 1000
