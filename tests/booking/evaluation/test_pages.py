"""The pages people answer on: a class behind one address, no cookie, no name, no GET that changes anything (R6)."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from booking.evaluation.links import evaluation_path
from booking.evaluation.reading import paper_of_code
from booking.evaluation.views import WRONG_CODES
from booking.models import AnswerCode, AnswerSheet, BookedSession, EvaluationOptOut
from core.limits.limits import LIMITS
from tests.factories.attendance import set_back
from tests.factories.booking import a_class, book
from tests.factories.evaluation import code_of, held_visit, with_goals
from tests.factories.workshops import OfferFactory, SessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("portal_site")]


@pytest.fixture
def visit():
    return held_visit(pupils=28)


@pytest.fixture
def code(visit):
    return code_of(visit, max_answers=40)


def page(code):
    return reverse("evaluation_code", args=[code.code])


def filled(code, **more):
    """The form as the page shows it, with a step for each question."""
    paper = paper_of_code(code)
    return {
        "sheet": str(uuid.uuid4()),
        "version": paper.version.pk,
        "goals": paper.goal_ids,
        **{item.name: 4 for item in paper.items if not item.is_text},
        **more,
    }


def texts_of(code):
    return [item.name for item in paper_of_code(code).items if item.is_text]


def test_class_of_28_answers_behind_one_address_and_gets_no_cookie(code):
    for _pupil in range(28):
        client = Client()
        assert client.get(page(code)).status_code == 200
        response = client.post(page(code), filled(code))
        assert response.status_code == 302
        assert "sessionid" not in client.cookies

    assert AnswerSheet.objects.count() == 28


def test_opening_the_form_changes_nothing(code, visit):
    client = Client()
    client.get(page(code))
    client.get(evaluation_path(BookedSession.objects.select_related("booking", "session").get(session=visit)))
    client.get(
        evaluation_path(BookedSession.objects.select_related("booking", "session").get(session=visit))
        + "nej-tak/"
    )

    assert not AnswerSheet.objects.exists()
    assert not EvaluationOptOut.objects.exists()


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}"], ids=["as it is", "spaces", "small, hyphen"])
def test_code_is_found_however_it_is_typed(code, typed):
    small = f"{code.code[:3]}-{code.code[3:]}".lower()

    response = Client().post(reverse("evaluation_enter"), {"code": typed.format(code.code, small)})

    assert response.status_code == 302
    assert response.url == page(code)


def test_wrong_codes_are_stopped_and_whoever_has_a_form_open_still_delivers_it(code, monkeypatch):
    monkeypatch.setitem(LIMITS, WRONG_CODES, type(LIMITS[WRONG_CODES])(3, timedelta(minutes=10)))
    client = Client()
    shown = filled(code)
    for _try in range(3):
        assert client.post(reverse("evaluation_enter"), {"code": "AAAAAA"}).status_code == 422

    assert client.post(reverse("evaluation_enter"), {"code": "AAAAAA"}).status_code == 429
    assert client.get(page(code)).status_code == 429
    assert client.post(page(code), shown).status_code == 302


def test_form_without_an_answer_asks_for_one(code):
    empty = {name: value for name, value in filled(code).items() if not name.startswith("q")}

    response = Client().post(page(code), empty)

    assert response.status_code == 422
    assert "Svar på mindst ét spørgsmål." in response.content.decode()


@pytest.mark.parametrize("text", ["Ring til 010203-1234", "0102031234 er mit"])
def test_numbers_that_look_like_a_cpr_number_are_refused(code, text):
    response = Client().post(page(code), filled(code, **{texts_of(code)[0]: text}))

    assert response.status_code == 422
    assert "Lad være med at skrive numre" in response.content.decode()
    assert not AnswerSheet.objects.exists()


@pytest.mark.parametrize(
    "broken",
    [{"sheet": "x"}, {"version": "x"}, {"version": "99999999999999999999"}, {"goals": "a,1,,9" * 9}],
    ids=["sheet", "version", "large version", "goals"],
)
def test_form_that_was_tampered_with_is_refused_and_nothing_breaks(code, broken):
    response = Client().post(page(code), filled(code, **broken))

    assert response.status_code in {302, 409, 422}


def test_form_names_the_third_goal_only_where_it_is_set(code):
    html = Client().get(page(code)).content.decode()

    assert "Jeg kan give eksempler." in html
    assert html.count("<legend") == 4


def test_code_before_the_visit_says_when_it_opens():
    session = SessionFactory(offer=with_goals(OfferFactory()))
    book(session, classes=[a_class()])
    early = code_of(session)

    response = Client().get(page(early))

    assert response.status_code == 409
    assert "Den åbner, når besøget begynder." in response.content.decode()


def test_link_of_the_mail_dies_30_days_after(visit):
    set_back(visit, ended_at=visit.ends_at - timedelta(days=31))
    booked = BookedSession.objects.select_related("booking", "session").get(session=visit)

    response = Client().get(evaluation_path(booked))

    assert response.status_code == 404
    assert "30 dage efter" in response.content.decode()


def test_answering_by_code_costs_few_statements(code, django_assert_max_num_queries):
    client, shown = Client(), filled(code)
    with django_assert_max_num_queries(20):
        client.post(page(code), shown)


def test_form_costs_the_same_whatever_has_been_answered(code, django_assert_num_queries):
    client = Client()
    client.get(page(code))
    with django_assert_num_queries(FORM):
        client.get(page(code))
    for _pupil in range(3):
        client.post(page(code), filled(code))
    with django_assert_num_queries(FORM):
        client.get(page(code))
    assert AnswerCode.objects.get().answers == 3


FORM = 7
