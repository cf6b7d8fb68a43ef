"""Evaluation in a browser: a class on its phones, the teacher, and the administration that reads and decides (R6)."""

from django.utils import timezone
from playwright.sync_api import Page, expect

from booking.evaluation.links import evaluation_path
from booking.models import AnswerSheet, BookedSession, FreeText
from booking.operations.evaluating import release_answers
from core.accounts.roles import ADMINISTRATION
from tests.browser.checks import assert_fits_the_width, assert_no_axe_findings
from tests.browser.sessions import enter_as
from tests.factories.accounts import UserFactory
from tests.factories.evaluation import answer, code_of, held_visit

PHONE = {"width": 375, "height": 740}


def test_two_pupils_answer_on_one_phone_without_javascript_or_log_in(open_page, portal):
    code = code_of(held_visit())
    page: Page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/e/")
    page.get_by_label("Koden på tavlen").fill(f" {code.code[:3].lower()}-{code.code[3:].lower()}")
    page.get_by_role("button", name="Gå til spørgsmålene").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hvad synes du?")

    for _pupil in range(2):
        group = page.get_by_role("group", name="Jeg kan forklare, hvad et feed er.")
        group.get_by_label("Ja, for det meste").check()
        page.get_by_label("Hvad var det bedste?").fill("Vi byggede et feed.")
        page.get_by_role("button", name="Send svarene").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tak for dit svar")
        page.get_by_role("link", name="Den næste kan begynde").click()

    assert AnswerSheet.objects.count() == 2
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"csrftoken"}


def test_pupils_form_fits_a_phone_and_axe_finds_nothing_in_any_state(page_mobile: Page, portal):
    code = code_of(held_visit())
    page = page_mobile
    page.goto("/e/")
    assert_no_axe_findings(page)
    page.get_by_label("Koden på tavlen").fill("forkert")
    page.get_by_role("button", name="Gå til spørgsmålene").click()
    expect(page.get_by_text("Den kode kender vi ikke.").first).to_be_visible()
    assert_no_axe_findings(page)

    page.goto(f"/e/{code.code}/")
    assert_fits_the_width(page)
    assert_no_axe_findings(page)
    page.get_by_role("button", name="Send svarene").click()
    expect(page.get_by_text("Svar på mindst ét spørgsmål.").first).to_be_visible()
    assert_no_axe_findings(page)

    page.get_by_text("Ja, helt sikkert").first.click()
    page.get_by_role("button", name="Send svarene").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tak for dit svar")
    assert_no_axe_findings(page)


def test_teacher_answers_by_the_link_and_sees_the_code_for_the_class(page: Page, portal):
    visit = held_visit()
    code = code_of(visit)
    page.goto(evaluation_path(BookedSession.objects.select_related("booking", "session").get(session=visit)))
    expect(page.get_by_text(code.code, exact=True)).to_be_visible()
    assert_no_axe_findings(page)

    page.get_by_role("group", name="Jeg vil anbefale besøget").get_by_label("Helt enig").check()
    page.get_by_role("button", name="Send svarene").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Tak for dit svar")
    page.reload()
    expect(page.get_by_role("button", name="Send svarene")).to_have_count(0)
    page.get_by_role("link", name="Jeg vil ikke spørges på mail igen").click()
    page.get_by_role("button", name="Ja, spørg mig ikke mere").click()
    expect(page.get_by_text("Vi spørger dig ikke mere.")).to_be_visible()
    assert_no_axe_findings(page)


def test_administration_edits_a_name_out_and_sees_the_results(page: Page, portal):
    visit = held_visit()
    code = code_of(visit)
    answer(code, times=5, text="Karl var god til det.")
    release_answers(timezone.now())
    FreeText.objects.exclude(pk=FreeText.objects.order_by("pk")[0].pk).delete()
    enter_as(page, UserFactory(roles=[ADMINISTRATION]))

    page.goto("/admin/evaluering/")
    expect(page.get_by_text("1 tekst venter på at blive læst")).to_be_visible()
    expect(page.get_by_role("cell", name="4,0").first).to_be_visible()
    expect(page.get_by_text("Karl")).to_have_count(0)
    page.get_by_role("link", name="1 tekst venter på at blive læst").click()
    page.get_by_text("Ret, og citér så").click()
    page.get_by_label("Ord, der citeres").fill("En var god til det.")
    page.get_by_role("button", name="Behold og citér disse ord").click()
    expect(page.get_by_text("Teksten er læst.")).to_be_visible()

    page.goto("/admin/evaluering/")
    expect(page.get_by_text("En var god til det.")).to_be_visible()
    assert not FreeText.objects.filter(text__contains="Karl").exists()
