"""L3: a provider writes an offer, the administration approves or sends it back, Wagtail publishes."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import WorkflowState

from charter.enums import MemberRole
from core.accounts.roles import ADMINISTRATION, EDITOR, ensure_roles
from core.audit.models import Entry
from core.outbox.models import Message
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory, log_in
from tests.factories.charter import ProgrammeFactory, ProviderFactory
from tests.factories.workshop_pages import offer_index, offer_page
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Approval, DraftState
from workshops.models import Offer, OfferDraft, OfferPage
from workshops.operations.drafts import delete_old_drafts
from workshops.plain_text import html_of, kept_or_new, plain_of

pytestmark = pytest.mark.django_db

WHOLE = {
    "title": "Mellem linjerne",
    "teaser": "Om kilder på nettet.",
    "intro": "Vi øver os i at læse.\n\n- Kilder\n- Påstande",
    "audience": "school",
    "grade_from": "4",
    "grade_to": "6",
    "place_kind": "at_school",
    "duration_minutes": "90",
    "max_groups": "1",
    "price_text": "Gratis",
}


@pytest.fixture(autouse=True)
def _site(portal_site):
    ensure_roles()
    offer_index()
    ProgrammeFactory()


def address(name, *more):
    return reverse(name, args=["klikklar", *more])


def post(client, answers, *, step="save", draft=None, follow=True, **more):
    url = address("provider_offer_draft", draft.pk) if draft else address("provider_offer_new")
    seen = draft.changes if draft else 0
    key = draft.key if draft else uuid.uuid4()
    return client.post(
        url, {"key": str(key), "seen": str(seen), **answers, "step": step, **more}, follow=follow
    )


def sent(client, answers=None):
    post(client, answers or WHOLE, step="send")
    return OfferDraft.objects.get()


def reviewer(role=ADMINISTRATION):
    return log_in(Client(), UserFactory(roles=[role]))


def answer(draft, action, **data):
    state = WorkflowState.objects.get(object_id=str(draft.page_id), status=WorkflowState.STATUS_IN_PROGRESS)
    task = state.current_task_state.pk
    url = reverse("wagtailadmin_pages:workflow_action", args=(draft.page_id, action, task))
    reviewer().post(url, data)
    draft.refresh_from_db()
    return draft


def mails():
    return sorted(Message.objects.values_list("mail_type", flat=True))


def test_an_unfinished_draft_keeps_everything_typed_and_is_nobody_elses(provider, member):
    client = member()

    post(client, {"title": "Halv", "duration_minutes": "halvanden time", "audience": "school"})

    draft = OfferDraft.objects.get()
    page = client.get(address("provider_offer_draft", draft.pk)).content.decode()
    assert (draft.state, draft.page, Offer.objects.count()) == (DraftState.DRAFT, None, 0)
    assert 'value="halvanden time"' in page
    assert 'value="Halv"' in page
    other = ProviderFactory(slug="anden")
    theirs = reverse("provider_offer_draft", args=["anden", draft.pk])
    assert member(of=other).get(theirs).status_code == 404


def test_the_first_save_pressed_twice_makes_one_draft(provider, member):
    client, key = member(), str(uuid.uuid4())

    post(client, WHOLE, key=key)
    post(client, WHOLE, key=key)

    assert OfferDraft.objects.count() == 1


def test_send_pressed_twice_in_a_new_form_is_sent_once(provider, member):
    client, key = member(), str(uuid.uuid4())

    post(client, WHOLE, step="send", key=key)
    again = post(client, {**WHOLE, "title": "Andet"}, step="send", key=key)

    assert "Kladden er allerede sendt." in again.content.decode()
    assert [draft.title for draft in OfferDraft.objects.all()] == ["Mellem linjerne"]


def test_a_draft_whose_page_was_deleted_can_be_taken_back(provider, member):
    client = member()
    draft = sent(client)
    draft.page.delete()

    post(client, {}, step="take_back", draft=draft)

    draft.refresh_from_db()
    assert (draft.state, draft.page, draft.title) == (DraftState.DRAFT, None, "Mellem linjerne")


def test_an_incomplete_draft_is_not_sent_and_nothing_is_lost(provider, member):
    page = post(member(), {"title": "Halv", "intro": "Mange ord"}, step="send")

    assert page.status_code == 422
    assert "Skriv en eller to sætninger til kataloget." in page.content.decode()
    assert OfferDraft.objects.get().values["intro"] == "Mange ord"
    assert not Offer.objects.exists()


def test_sent_it_is_a_page_in_review_and_a_closed_offer(provider, member):
    draft = sent(member())

    page, offer = draft.page, draft.page.offer
    assert (draft.state, page.live, page.title) == (DraftState.SENT, False, "Mellem linjerne")
    assert (offer.is_open, offer.provider, offer.grade_from, offer.approval) == (
        False,
        provider,
        4,
        Approval.NONE,
    )
    assert page.intro == "<p>Vi øver os i at læse.</p><ul><li>Kilder</li><li>Påstande</li></ul>"
    assert WorkItem.objects.open().get(kind="page_review").subject == f"page:{page.pk}"
    assert mails() == ["offer_draft_received", "offer_draft_sent"]


def test_approved_it_is_public_open_and_the_provider_is_told(provider, member, client):
    draft = answer(sent(member()), "approve")

    page = OfferPage.objects.get(pk=draft.page_id)
    assert (draft.state, page.live, page.offer.is_open) == (DraftState.PUBLISHED, True, True)
    assert "offer_draft_published" in mails()
    assert client.get(page.url).status_code == 200
    offers = member().get(address("provider_offers")).content.decode()
    assert "Mellem linjerne" in offers
    assert "Udgivet" in offers


def test_sent_back_the_comment_is_read_and_the_corrected_text_is_sent_again(provider, member):
    client = member()
    draft = answer(sent(client), "reject", comment="Skriv kortere.")

    form = client.get(address("provider_offer_draft", draft.pk)).content.decode()
    assert draft.state == DraftState.RETURNED
    assert "Skriv kortere." in form
    assert "Sendt tilbage med en kommentar" in form
    assert "offer_draft_returned" in mails()

    post(client, {**WHOLE, "intro": "Kort."}, step="send", draft=draft)

    draft.refresh_from_db()
    assert draft.state == DraftState.SENT
    draft = answer(draft, "approve")
    assert OfferPage.objects.get(pk=draft.page_id).intro == "<p>Kort.</p>"
    assert Offer.objects.count() == 1


def test_what_the_administration_corrected_is_what_the_form_shows_next(provider, member):
    client = member()
    draft = sent(client)
    page = draft.page.get_latest_revision_as_object()
    page.teaser = "Rettet af os."
    page.save_revision()
    draft = answer(draft, "reject", comment="Se rettelsen.")

    assert "Rettet af os." in client.get(address("provider_offer_draft", draft.pk)).content.decode()


def test_a_public_offer_keeps_text_and_rules_until_the_change_is_approved(provider, member):
    offer = OfferFactory(
        provider=provider, title="Før", approval=Approval.ADMINISTRATION, booking_closes_days=9
    )
    page = offer_page(offer, intro='<p>Se <a href="/charter/">charteret</a>.</p>')
    client = member()
    client.post(address("provider_offer_change", offer.pk))
    draft = OfferDraft.objects.get()

    answers = {**WHOLE, "title": "Efter", "intro": "Se charteret.", "duration_minutes": "120"}
    post(client, answers, step="send", draft=draft)

    offer.refresh_from_db()
    page.refresh_from_db()
    assert (offer.title, offer.duration_minutes, page.title) == ("Før", 90, "Før")
    edit = reviewer().get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "90 → 120" in edit
    draft.refresh_from_db()
    answer(draft, "approve")
    offer.refresh_from_db()
    page.refresh_from_db()
    assert (offer.title, offer.duration_minutes, page.title) == ("Efter", 120, "Efter")
    # What the form does not offer stays, and so does a link whose words are the same.
    assert (offer.approval, offer.booking_closes_days, offer.is_open) == (Approval.ADMINISTRATION, 9, True)
    assert page.intro == '<p>Se <a href="/charter/">charteret</a>.</p>'


def test_a_closed_offer_stays_closed_when_its_text_changes(provider, member):
    offer = OfferFactory(provider=provider, is_open=False)
    offer_page(offer, first_published_at=timezone.now() - timedelta(days=9))
    client = member()
    client.post(address("provider_offer_change", offer.pk))
    draft = OfferDraft.objects.get()
    post(client, WHOLE, step="send", draft=draft)
    draft.refresh_from_db()

    answer(draft, "approve")

    offer.refresh_from_db()
    assert not offer.is_open


def test_an_editor_publishes_directly_and_the_draft_follows(provider, member):
    draft = sent(member())

    draft.page.get_latest_revision().publish(user=UserFactory(roles=[EDITOR]))

    draft.refresh_from_db()
    assert draft.state == DraftState.PUBLISHED
    assert Offer.objects.get().is_open


def test_taken_back_it_can_be_written_in_again(provider, member):
    client = member()
    draft = sent(client)

    post(client, {}, step="take_back", draft=draft)

    draft.refresh_from_db()
    assert draft.state == DraftState.DRAFT
    assert not WorkItem.objects.open().exists()
    post(client, {**WHOLE, "title": "Nyt"}, step="send", draft=draft)
    draft.refresh_from_db()
    assert (draft.state, draft.page.get_latest_revision_as_object().title) == (DraftState.SENT, "Nyt")


def test_sent_twice_it_is_one_offer(provider, member):
    client = member()
    draft = sent(client)

    page = post(client, {**WHOLE, "title": "Andet"}, step="send", draft=draft)

    draft.refresh_from_db()
    assert "Kladden er allerede sendt." in page.content.decode()
    assert (Offer.objects.count(), draft.title) == (1, "Mellem linjerne")


def test_two_who_write_at_once_are_told_and_lose_nothing(provider, member):
    first, second = member(), member()
    post(first, WHOLE)
    draft = OfferDraft.objects.get()
    post(first, {**WHOLE, "title": "Den enes"}, draft=draft)

    page = post(second, {**WHOLE, "title": "Den andens"}, draft=draft)

    assert page.status_code == 409
    assert 'value="Den andens"' in page.content.decode()
    draft.refresh_from_db()
    assert draft.title == "Den enes"
    post(second, {**WHOLE, "title": "Den andens"}, draft=draft)
    draft.refresh_from_db()
    assert draft.title == "Den andens"


def test_the_preview_is_the_page_itself_and_leaves_only_the_draft(provider, member):
    page = post(member(), WHOLE, step="preview").content.decode()

    assert "Sådan kommer tilbuddet til at se ud" in page
    assert "<li>Kilder</li>" in page
    assert "Klikklar" in page
    assert (Offer.objects.count(), OfferPage.objects.count(), OfferDraft.objects.count()) == (0, 0, 1)
    assert not Entry.objects.filter(action="offer_created").exists()


def test_markup_that_is_typed_is_text(provider, member):
    draft = sent(member(), {**WHOLE, "intro": "<script>alert(1)</script>"})

    assert draft.page.intro == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_rules_that_the_form_does_not_offer_are_not_taken(provider, member):
    draft = sent(member(), {**WHOLE, "approval": "provider", "is_open": "on", "booking_closes_days": "0"})

    offer = draft.page.offer
    assert (offer.approval, offer.is_open, offer.booking_closes_days) == (Approval.NONE, False, 3)


def test_whom_an_offer_with_dates_is_for_stays(provider, member):
    offer = OfferFactory(provider=provider)
    offer_page(offer)
    SessionFactory(offer=offer)
    client = member()
    client.post(address("provider_offer_change", offer.pk))
    draft = OfferDraft.objects.get()

    post(client, {**WHOLE, "audience": "parents"}, step="send", draft=draft)

    draft.refresh_from_db()
    assert (draft.state, draft.rules["audience"]) == (DraftState.SENT, "school")


def test_a_copy_is_a_draft_of_a_new_offer(provider, member):
    offer = OfferFactory(provider=provider, title="Workshop")
    offer_page(offer, intro="<p>Første.</p><p>Anden.</p>")
    client = member()

    client.post(address("provider_offer_copy", offer.pk))

    draft = OfferDraft.objects.get()
    assert (draft.title, draft.page, draft.values["intro"]) == ("Workshop (kopi)", None, "Første.\n\nAnden.")


def test_another_providers_offer_is_neither_copied_nor_changed(provider, member):
    offer = OfferFactory()
    offer_page(offer)

    for name in ("provider_offer_copy", "provider_offer_change"):
        assert member().post(address(name, offer.pk)).status_code == 404


def test_a_page_at_which_the_administration_works_takes_no_draft_now(provider, member):
    offer = OfferFactory(provider=provider)
    page = offer_page(offer)
    page.save_revision()
    page.get_workflow().start(page, UserFactory(roles=[EDITOR]))
    client = member()
    client.post(address("provider_offer_change", offer.pk))
    draft = OfferDraft.objects.get()

    seen = post(client, WHOLE, step="send", draft=draft)

    assert seen.status_code == 409
    assert "Administrationen arbejder på tilbuddets side lige nu." in seen.content.decode()
    draft.refresh_from_db()
    assert (draft.state, draft.title) == (DraftState.DRAFT, "Mellem linjerne")


def test_a_draft_is_deleted_one_that_is_sent_is_not(provider, member):
    client = member()
    draft = sent(client)
    post(client, {}, step="delete", draft=draft)
    assert OfferDraft.objects.filter(pk=draft.pk).exists()
    answer(draft, "reject", comment="Nej.")

    post(client, {}, step="delete", draft=draft)

    assert not OfferDraft.objects.exists()


@pytest.mark.parametrize("role", [MemberRole.FACILITATOR, MemberRole.SIGNATORY])
@pytest.mark.parametrize("name", ["provider_offers", "provider_offer_new"])
def test_only_coordinators_write_offers(role, name, provider, member):
    assert member(role).get(address(name)).status_code == 404


def test_old_drafts_go_and_those_under_review_stay(provider, member):
    client = member()
    post(client, {"title": "Gammel"})
    post(client, WHOLE, step="send")
    later = timezone.now() + timedelta(days=366)

    assert delete_old_drafts(later) == 1
    assert [draft.title for draft in OfferDraft.objects.all()] == ["Mellem linjerne"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries(count, provider, member, django_assert_max_num_queries):
    client = member()
    for number in range(count):
        offer_page(OfferFactory(provider=provider))
        OfferDraft.objects.create(
            provider=provider,
            key=uuid.uuid4(),
            values={"title": str(number)},
            created_at=timezone.now(),
            changed_at=timezone.now(),
        )

    with django_assert_max_num_queries(15) as seen:
        client.get(address("provider_offers"))

    assert len(seen) == 13


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>En.</p><p>To.</p>", "En.\n\nTo."),
        ("<p>Før:</p><ul><li>a</li><li>b</li></ul><p>Efter</p>", "Før:\n\n- a\n- b\n\nEfter"),
        ("<p>En<br/>to</p>", "En\nto"),
        ("<p>Tom &amp; Jerry</p>", "Tom & Jerry"),
        ("", ""),
    ],
)
def test_plain_text_goes_there_and_back(html, text):
    assert plain_of(html) == text
    assert plain_of(html_of(text)) == text


def test_formatting_stays_while_the_words_are_the_same():
    html = "<p>Se <b>her</b>.</p>"

    assert kept_or_new("Se her.", html) == html
    assert kept_or_new("Se der.", html) == "<p>Se der.</p>"
