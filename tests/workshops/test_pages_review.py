"""P5: an editor sends a page for review, a colleague answers, and pages come and go at their hours."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import WorkflowState

from core.accounts.roles import ADMINISTRATION, AUDITOR, CASEWORKER, EDITOR, REVIEW, ensure_roles
from core.cms.review import REVIEW as REVIEW_TASK
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory, log_in
from tests.factories.workshop_pages import material_page, offer_page

pytestmark = pytest.mark.django_db
PAGES = pytest.mark.parametrize("make", [offer_page, material_page], ids=["offer", "material"])


@pytest.fixture(autouse=True)
def _site(portal_site):
    ensure_roles()


def _sent(make, *, by=None):
    """Return a draft that an editor has sent for review, and the state of its review."""
    page = make(live=False)
    page.save_revision(user=by)
    workflow = page.get_workflow()
    assert workflow.name == REVIEW
    return page, workflow.start(page, by or UserFactory(roles=[EDITOR]))


def _answer(client, page, state, action, **data):
    url = reverse("wagtailadmin_pages:workflow_action", args=(page.pk, action, state.current_task_state.pk))
    return client.post(url, data)


def _open_tasks():
    return [item.subject for item in WorkItem.objects.open().filter(kind=REVIEW_TASK)]


@PAGES
def test_a_colleague_approves_and_the_page_is_public(make, client):
    page, state = _sent(make, by=UserFactory(roles=[EDITOR]))
    assert client.get(page.url).status_code == 404
    assert _open_tasks() == [f"page:{page.pk}"]

    _answer(log_in(Client(), UserFactory(roles=[EDITOR])), page, state, "approve")

    state.refresh_from_db()
    assert (state.status, _open_tasks()) == (WorkflowState.STATUS_APPROVED, [])
    assert client.get(page.url).status_code == 200


@PAGES
def test_the_administration_sends_back_with_a_comment_and_the_editor_sends_again(make, client):
    editor = UserFactory(roles=[EDITOR])
    page, state = _sent(make, by=editor)

    _answer(
        log_in(Client(), UserFactory(roles=[ADMINISTRATION])), page, state, "reject", comment="Skriv kortere."
    )

    state.refresh_from_db()
    assert (state.status, _open_tasks()) == (WorkflowState.STATUS_NEEDS_CHANGES, [])
    assert client.get(page.url).status_code == 404
    seen = log_in(Client(), editor).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "Skriv kortere." in seen
    state.resume(user=editor)
    assert _open_tasks() == [f"page:{page.pk}"]


@pytest.mark.parametrize("role", [CASEWORKER, AUDITOR])
def test_roles_without_pages_answer_no_review(role):
    page, state = _sent(offer_page)

    _answer(log_in(Client(), UserFactory(roles=[role])), page, state, "approve")

    state.refresh_from_db()
    assert state.status == WorkflowState.STATUS_IN_PROGRESS


def test_taking_a_page_back_closes_the_task():
    editor = UserFactory(roles=[EDITOR])
    _page, state = _sent(offer_page, by=editor)

    state.cancel(user=editor)

    assert _open_tasks() == []


def test_a_review_sends_no_mail_past_the_outbox():
    UserFactory(roles=[ADMINISTRATION])
    page, state = _sent(offer_page)

    _answer(log_in(Client(), UserFactory(roles=[EDITOR])), page, state, "reject", comment="Nej")

    assert mail.outbox == []
    item = WorkItem.objects.get(kind=REVIEW_TASK)
    assert item.url == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert f"«{page.title}» er sendt til godkendelse." in item.description()


def test_reviewers_that_somebody_has_chosen_are_left_alone():
    _page, state = _sent(offer_page)
    task = state.current_task_state.task.specific
    task.groups.set(task.groups.filter(name=ADMINISTRATION))

    ensure_roles()

    assert [group.name for group in task.groups.all()] == [ADMINISTRATION]


@PAGES
def test_an_approved_page_waits_for_its_hour_and_goes_at_its_hour(make, client):
    page, now = make(live=False), timezone.now()
    page.go_live_at, page.expire_at = now + timedelta(hours=1), now + timedelta(hours=3)
    page.save_revision()
    state = page.get_workflow().start(page, UserFactory(roles=[EDITOR]))
    _answer(log_in(Client(), UserFactory(roles=[ADMINISTRATION])), page, state, "approve")
    seen = {}

    for hours in (0, 2, 4):
        with time_machine.travel(now + timedelta(hours=hours, minutes=1), tick=False):
            call_command("run_job", "publish_scheduled")
            seen[hours] = client.get(page.url).status_code

    assert seen == {0: 404, 2: 200, 4: 404}
