"""Two at once over the figures of a year and over answers: one wins, the other is told, nothing is there twice."""

from datetime import datetime
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from booking.models import AnswerSheet, ResultBatch
from booking.operations.evaluating import release_answers
from core.audit.models import Entry
from portal.reporting.yearly.models import AnnualReport, AnnualReportDocument, DocumentFormat
from tests.concurrency.threads import at_once, names
from tests.factories.accounts import UserFactory
from tests.factories.evaluation import answer, code_of, held_visit
from tests.portal.reporting.yearly.test_closing import NOW, change_the_report, close, correct, seen, visited

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def _in_january():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def closers():
    return [UserFactory(first_name=name, last_name="Andersen", roles=["Administration"]) for name in "ABC"]


@pytest.mark.usefixtures("_in_january")
def test_a_year_that_three_close_at_once_is_closed_once(closers):
    visited(came=20)
    shown = seen()

    results = at_once(*[partial(close, user, what=shown) for user in closers])

    assert names(results) == ["YearClosedError", "YearClosedError", "ok"]
    report = AnnualReport.objects.get()
    assert report.number == 1
    assert AnnualReportDocument.objects.count() == len(DocumentFormat)
    assert Entry.objects.filter(action="annual_report.closed").count() == 1


@pytest.mark.usefixtures("_in_january")
def test_a_year_that_three_correct_at_once_gets_one_revision(closers):
    session = visited(came=20)
    first = close(closers[0])
    change_the_report(session)
    shown = seen()

    results = at_once(*[partial(correct, first, user, what=shown) for user in closers])

    assert names(results) == ["ReportSupersededError", "ReportSupersededError", "ok"]
    assert list(AnnualReport.objects.order_by("number").values_list("number", "corrects")) == [
        (1, None),
        (2, first.pk),
    ]
    assert AnnualReportDocument.objects.count() == 2 * len(DocumentFormat)
    assert Entry.objects.filter(action="annual_report.corrected").count() == 1


def test_answers_that_three_jobs_release_at_once_are_counted_once():
    code = code_of(held_visit())
    answer(code, times=7)
    now: datetime = timezone.now()

    results = at_once(*[partial(release_answers, now) for _job in range(3)])

    assert sorted(results) == [0, 0, 1]
    batch = ResultBatch.objects.get()
    assert batch.answers == 7
    assert set(AnswerSheet.objects.values_list("batch", flat=True)) == {batch.pk}
    assert {sum(figure["counts"].values()) for figure in batch.figures} == {7}
