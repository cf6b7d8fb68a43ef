"""Forms in versions, goals that are replaced, texts that a person reads, and what is deleted when (R6, rule 10)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from booking.enums import FormKind, FormState, QuestionKind, QuoteState
from booking.evaluation.errors import FormIncompleteError, FormLockedError, TextAlreadyReadError
from booking.evaluation.results import batches_of, periods, results_of, sums_of, waiting_answers_and_texts
from booking.evaluation.retention import forget_evaluations
from booking.models import AnswerCode, AnswerSheet, FormVersion, FreeText, ResultBatch
from booking.operations.evaluating import release_answers
from booking.operations.forming import (
    FormTexts,
    QuestionText,
    change_draft,
    drop_draft,
    make_draft,
    take_into_use,
)
from booking.operations.quoting import read_text
from core.accounts.models import User
from core.audit.log import SYSTEM
from core.audit.models import Entry
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.evaluation import answer, code_of, held_visit, version_in_use, with_goals
from tests.factories.workshops import OfferFactory

pytestmark = pytest.mark.django_db


def results_in(batches):
    return results_of(batches, sums_of(batches), goals_apart=True)


def a_text() -> FreeText:
    answer(code_of(held_visit()), text="Karl var god til det.")
    return FreeText.objects.get()


def some_texts(*questions: QuestionText) -> FormTexts:
    return FormTexts("Nyt skema", "", "", "", questions or (QuestionText("scale", "Var det godt?"),))


def read(text, verdict, **more):
    return read_text(text_id=text.pk, verdict=verdict, actor=SYSTEM, now=timezone.now(), **more)


def test_portal_comes_with_one_form_in_use_of_each_kind():
    in_use = FormVersion.objects.filter(state=FormState.IN_USE)

    assert sorted(in_use.values_list("kind", flat=True)) == sorted(FormKind.values)
    for version in in_use:
        assert version.questions.filter(kind=QuestionKind.GOAL).count() == 3


def test_draft_begins_as_a_copy_and_there_is_only_one():
    draft = make_draft(kind=FormKind.PUPILS, actor=SYSTEM, now=timezone.now())

    assert make_draft(kind=FormKind.PUPILS, actor=SYSTEM, now=timezone.now()) == draft
    assert (draft.number, draft.title) == (2, "Hvad synes du?")
    assert draft.questions.count() == version_in_use().questions.count() == 7


def test_version_in_use_cannot_be_changed_or_deleted_and_keeps_its_questions():
    version = version_in_use()
    before = list(version.questions.values_list("text", flat=True))

    with pytest.raises(FormLockedError):
        change_draft(version_id=version.pk, texts=some_texts(), actor=SYSTEM, now=timezone.now())
    with pytest.raises(FormLockedError):
        drop_draft(version_id=version.pk, actor=SYSTEM, now=timezone.now())

    assert list(version.questions.values_list("text", flat=True)) == before


def test_draft_replaces_the_version_in_use_and_is_locked_then():
    old = version_in_use()
    draft = make_draft(kind=FormKind.PUPILS, actor=SYSTEM, now=timezone.now())
    change_draft(version_id=draft.pk, texts=some_texts(), actor=SYSTEM, now=timezone.now())
    take_into_use(version_id=draft.pk, actor=SYSTEM, now=timezone.now())
    take_into_use(version_id=draft.pk, actor=SYSTEM, now=timezone.now())

    old.refresh_from_db()
    assert old.state == FormState.REPLACED
    assert version_in_use() == draft
    with pytest.raises(FormLockedError):
        change_draft(version_id=draft.pk, texts=some_texts(), actor=SYSTEM, now=timezone.now())


def test_form_with_nothing_to_count_is_refused():
    draft = make_draft(kind=FormKind.PUPILS, actor=SYSTEM, now=timezone.now())

    with pytest.raises(FormIncompleteError):
        change_draft(
            version_id=draft.pk,
            texts=some_texts(QuestionText("text", "Hvad synes du?")),
            actor=SYSTEM,
            now=timezone.now(),
        )


def test_database_refuses_two_versions_in_use():
    draft = make_draft(kind=FormKind.PUPILS, actor=SYSTEM, now=timezone.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        FormVersion.objects.filter(pk=draft.pk).update(state=FormState.IN_USE)


def test_edited_text_keeps_only_the_new_words():
    text = a_text()

    read(text, QuoteState.EDITED, edited="En var god til det.")

    text.refresh_from_db()
    assert (text.text, text.state) == ("En var god til det.", "edited")
    entry = Entry.objects.get(action="text_edited")
    assert "Karl" not in str(entry.data)


def test_rejected_text_is_deleted_at_once():
    text = a_text()

    read(text, QuoteState.REJECTED)

    text.refresh_from_db()
    assert text.text == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        FreeText.objects.filter(pk=text.pk).update(text="tilbage")


def test_text_is_judged_once_by_two_who_read_at_once():
    text = a_text()
    read(text, QuoteState.APPROVED)

    with pytest.raises(TextAlreadyReadError):
        read(text, QuoteState.REJECTED)

    read(text, QuoteState.REJECTED, seen=QuoteState.APPROVED)


def test_text_is_quoted_only_when_read_and_among_five_answers():
    code = code_of(held_visit())
    answer(code, text="Læst og godt.")
    read(FreeText.objects.get(), QuoteState.APPROVED)
    period = periods(now=timezone.now())[0]
    assert results_in(batches_of(period=period)) == []

    answer(code, times=4, text="Ikke læst.")
    release_answers(timezone.now())

    results = results_in(batches_of(period=None))
    assert [list(result.quotes.values()) for result in results] == [[["Læst og godt."]]]


def test_figures_stay_when_answers_are_deleted_after_a_year():
    code = code_of(held_visit())
    answer(code, times=5, text="Godt.")
    release_answers(timezone.now())
    before = [(line.label, line.counts) for line in results_in(batches_of())[0].lines]

    forget_evaluations(timezone.now() + timedelta(days=364))
    assert AnswerSheet.objects.count() == 5
    assert not FreeText.objects.exists()  # nobody had read them for 180 days
    forget_evaluations(timezone.now() + timedelta(days=367))

    assert not AnswerSheet.objects.exists()
    assert not AnswerCode.objects.exists()
    assert ResultBatch.objects.get().answers == 5
    after = [(line.label, line.counts) for line in results_in(batches_of())[0].lines]
    assert after == before


def test_provider_sees_its_own_results_and_not_those_of_others(person_client, portal_site):
    own = ProviderFactory(covered=True)
    visit = held_visit(offer=with_goals(OfferFactory(provider=own, title="Vores eget")))
    other = held_visit(offer=with_goals(OfferFactory(title="De andres")))
    for session in (visit, other):
        answer(code_of(session), times=5)
    release_answers(timezone.now())
    client = person_client("udbyder@post.example")

    ProviderMemberFactory(provider=own, user=User.objects.get(email="udbyder@post.example"))

    html = client.get(reverse("provider_evaluation", args=[own.slug])).content.decode()

    assert "5 svar" in html
    assert "10 svar" not in html
    assert "Jeg kan forklare, hvad et feed er." in html


def test_results_cost_the_same_with_one_batch_and_three(staff_client, django_assert_num_queries):
    office = staff_client("Administration")
    url = reverse("evaluation_results")

    def another():
        answer(code_of(held_visit()), times=5)
        release_answers(timezone.now())

    another()
    office.get(url)
    with django_assert_num_queries(COST):
        office.get(url)
    another()
    another()
    with django_assert_num_queries(COST):
        office.get(url)


COST = 12
"""Session, user, second factor and the admin's frame are most of it."""


def test_export_gives_each_question_a_row_and_nothing_below_five(staff_client):
    office = staff_client("Administration")
    code = code_of(held_visit())
    answer(code, times=6)
    release_answers(timezone.now())
    answer(code, times=2, value=1)
    release_answers(timezone.now())

    response = office.get(reverse("evaluation_results"), {"export": "csv"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    assert lines[0].startswith("Halvår;Skema;Tilbud;Udbyder;Spørgsmål;Svar")
    assert [line.split(";")[5:] for line in lines[1:5]] == [["6", "4,0", "0", "0", "0", "6", "0"]] * 4


def test_answers_that_wait_and_texts_nobody_has_read_are_counted_together(django_assert_num_queries):
    session = held_visit()

    with django_assert_num_queries(1):
        nothing = waiting_answers_and_texts(provider_id=None, offer_id=None)
    answer(code_of(session), times=3)
    a_text()
    with django_assert_num_queries(1):
        found = waiting_answers_and_texts(provider_id=None, offer_id=session.offer_id)

    assert (nothing, found) == ((0, 0), (3, 1))
