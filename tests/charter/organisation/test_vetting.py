"""A vetting case: rounds of questions and answers, notes apart, deadlines, the hearing, and its end."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from charter.enums import MemberRole, ProviderState, Transition
from charter.errors import ReasonMissingError, SelfApprovalError, TransitionNotAllowedError
from charter.models import Provider, VettingCase, VettingEntry
from charter.operations import change_provider_state
from charter.operations.vetting import (
    Decision,
    add_note,
    answer_case,
    ask_question,
    chase_vetting,
    close_review,
    delete_entries,
    move_deadline,
    open_review,
    start_hearing,
)
from charter.organisation.enums import CaseKind, CaseOutcome, CaseState, EntryKind
from charter.organisation.errors import (
    CaseClosedError,
    CaseOpenError,
    DeadlineError,
    HearingMissingError,
    HearingRunsError,
    NotAllowedError,
    NothingAskedError,
    OwnOrganisationError,
    TextMissingError,
    UploadError,
)
from core.audit.log import SYSTEM, Actor
from core.audit.models import Entry
from core.outbox.models import Message
from core.outbox.registry import get
from core.outbox.rendering import render
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory, log_in
from tests.factories.charter import (
    ProviderFactory,
    ProviderMemberFactory,
    VettingCaseFactory,
    VettingEntryFactory,
)

pytestmark = pytest.mark.django_db
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 5, 4, 10, tzinfo=COPENHAGEN)
TODAY = date(2026, 5, 4)
DUE = date(2026, 5, 18)
PDF = b"%PDF-1.7 vedtaegter"


@pytest.fixture(autouse=True)
def _now(portal_site):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def staff():
    return Actor.of(UserFactory())


@pytest.fixture
def case():
    made = VettingCaseFactory(provider__name="Klar Tale", provider__slug="klar-tale")
    ProviderMemberFactory(
        provider=made.provider, role=MemberRole.COORDINATOR, user__email="karl@klar.example"
    )
    return made


@pytest.fixture
def member(case):
    return case.provider.memberships.get().user


def ask(case, staff, text="Hvem er jeres bestyrelse?", due_on=DUE) -> VettingEntry:
    return ask_question(case_id=case.pk, text=text, due_on=due_on, actor=staff, now=NOW)


def hear(case, staff, due_on=DUE) -> VettingEntry:
    return start_hearing(case_id=case.pk, text="Vi overvejer at stoppe.", due_on=due_on, actor=staff, now=NOW)


def answer(case, user, text="Fem personer.", **options) -> VettingEntry:
    return answer_case(case_id=case.pk, text=text, actor=Actor.of(user), now=NOW, **options)


def end(provider, actor=SYSTEM, *, now=NOW, **options):
    return change_provider_state(
        provider_id=provider.pk,
        transition=Transition.END,
        reason="Grund",
        decision_reference="2026-0000001",
        actor=actor,
        now=now,
        **options,
    )


def mails() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("mail_type", "to_email"))


def text_of(message: Message, now=NOW) -> str | None:
    content = get(message.mail_type).build(message.ids, "da", now)
    if content is None:
        return None
    rendered = render(get(message.mail_type), content, language="da", delete_on=TODAY)
    return " ".join(f"{rendered.subject} {rendered.text}".split())


# --- questions and answers -------------------------------------------------------------------------


def test_several_rounds_of_questions_and_answers_follow_the_providers_state(case, staff, member):
    for number in (1, 2):
        ask(case, staff, text=f"Spørgsmål {number}")
        case.refresh_from_db()
        assert (case.state, case.due_on) == (CaseState.AWAITING_ANSWER, DUE)
        assert case.provider.state == ProviderState.AWAITING_EXPLANATION
        answer(case, member, text=f"Svar {number}")
        case.refresh_from_db()
        assert (case.state, case.due_on) == (CaseState.ANSWERED, None)
        assert case.provider.state == ProviderState.VETTING

    assert list(case.entries.values_list("kind", "text")) == [
        ("question", "Spørgsmål 1"),
        ("answer", "Svar 1"),
        ("question", "Spørgsmål 2"),
        ("answer", "Svar 2"),
    ]
    actions = set(Entry.objects.values_list("action", flat=True))
    assert {"vetting.asked", "vetting.answered", "provider.ask_explanation"} <= actions


def test_the_mail_of_a_question_leads_to_it_and_does_not_hold_it(case, staff):
    ask(case, staff)

    assert mails() == [("vetting_question", "karl@klar.example")]
    text = text_of(Message.objects.get())
    assert "18. maj 2026" in text
    assert reverse("provider_case", args=["klar-tale"]) in text
    assert "bestyrelse" not in text


def test_the_mail_is_skipped_when_it_was_answered_before_it_was_sent(case, staff, member):
    ask(case, staff)
    message = Message.objects.get()

    answer(case, member)

    assert text_of(message) is None


def test_an_answer_is_a_task_that_the_next_question_closes(case, staff, member):
    ask(case, staff)
    answer(case, member)

    item = WorkItem.objects.get(kind="vetting_answer")
    assert item.is_open
    assert item.description() == "Klar Tale har svaret på det, vi spurgte om."
    assert item.url == reverse("vetting_case:inspect", args=[case.pk])
    ask(case, staff)

    assert not WorkItem.objects.open().exists()


def test_staff_note_an_answer_that_came_by_letter(case, staff):
    ask(case, staff)

    answer_case(case_id=case.pk, text="Brev af 5. maj", actor=staff, now=NOW, by_staff=True)

    assert case.entries.last().kind == EntryKind.ANSWER


@pytest.mark.parametrize("role", [MemberRole.FACILITATOR, None])
def test_only_coordinators_and_signatories_answer(case, staff, role):
    user = UserFactory()
    if role:
        ProviderMemberFactory(provider=case.provider, user=user, role=role)
    ask(case, staff)

    with pytest.raises(NotAllowedError):
        answer(case, user)


def test_nothing_is_answered_that_was_not_asked(case, member):
    with pytest.raises(NothingAskedError):
        answer(case, member)


def test_texts_and_deadlines_are_needed(case, staff, member):
    with pytest.raises(TextMissingError):
        ask(case, staff, text="  ")
    with pytest.raises(DeadlineError):
        ask(case, staff, due_on=TODAY)
    ask(case, staff)
    with pytest.raises(TextMissingError):
        answer(case, member, text="")
    assert case.entries.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", b"MZ"),
        ("falsk.pdf", b"<html>"),
        ("tom.pdf", b""),
        ("stor.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024)),
        ("uden", PDF),
    ],
    ids=["kind", "content", "empty", "large", "no-suffix"],
)
def test_files_of_other_kinds_are_refused_and_nothing_is_stored(case, staff, member, name, content):
    ask(case, staff)

    with pytest.raises(UploadError):
        answer(case, member, file=SimpleUploadedFile(name, content))

    case.refresh_from_db()
    assert case.state == CaseState.AWAITING_ANSWER


def test_a_file_is_stored_under_a_name_of_ours(case, staff, member):
    ask(case, staff)

    entry = answer(case, member, file=SimpleUploadedFile("../../Vedtægter 2026.pdf", PDF))

    assert entry.file_name == "Vedtægter 2026.pdf"
    assert "Vedt" not in entry.file.name
    assert entry.file.name.startswith("charter/vetting/")
    assert entry.file.read() == PDF


# --- deadlines -------------------------------------------------------------------------------------


def test_a_deadline_is_reminded_of_once_and_then_becomes_one_task(case, staff, member):
    ask(case, staff)
    Message.objects.all().delete()

    for days, expected in ((10, []), (11, ["vetting_reminder"]), (12, ["vetting_reminder"])):
        chase_vetting(NOW + timedelta(days=days))
        chase_vetting(NOW + timedelta(days=days))
        assert [mail for mail, _to in mails()] == expected
    assert not WorkItem.objects.exists()
    assert "18. maj 2026" in text_of(Message.objects.get(), NOW + timedelta(days=12))

    for days in (15, 16, 40):
        chase_vetting(NOW + timedelta(days=days))

    item = WorkItem.objects.get()
    assert (item.kind, item.data["due"]) == ("vetting_overdue", "2026-05-18")
    assert len(mails()) == 1
    answer(case, member)
    assert not WorkItem.objects.open().filter(kind="vetting_overdue").exists()


def test_days_the_job_did_not_run_leave_the_task_and_no_late_reminder(case, staff):
    ask(case, staff)
    Message.objects.all().delete()

    chase_vetting(NOW + timedelta(days=30))

    assert mails() == []
    assert WorkItem.objects.get().kind == "vetting_overdue"


def test_more_time_is_told_closes_the_task_and_is_chased_anew(case, staff):
    ask(case, staff)
    late = NOW + timedelta(days=15)
    chase_vetting(late)

    move_deadline(case_id=case.pk, due_on=DUE + timedelta(days=14), actor=staff, now=late)

    assert not WorkItem.objects.open().exists()
    assert mails()[-1][0] == "vetting_question"
    assert "1. juni 2026" in text_of(Message.objects.order_by("pk").last(), late)
    chase_vetting(late + timedelta(days=14))
    chase_vetting(late + timedelta(days=20))
    assert WorkItem.objects.open().get().data["due"] == "2026-06-01"


def test_a_deadline_of_nothing_cannot_be_moved(case, staff):
    with pytest.raises(NothingAskedError):
        move_deadline(case_id=case.pk, due_on=DUE, actor=staff, now=NOW)


# --- notes -----------------------------------------------------------------------------------------


def test_an_internal_note_is_never_on_the_providers_pages(case, staff, member):
    add_note(case_id=case.pk, text="Hemmelig vurdering", actor=staff, now=NOW)
    ask(case, staff)
    client = log_in(Client(), member)
    assert case.entries.filter(text="Hemmelig vurdering").exists()

    for name in ("provider_case", "provider_home", "provider_members"):
        assert "Hemmelig" not in client.get(reverse(name, args=["klar-tale"])).content.decode()


def test_a_notes_file_is_not_the_providers_to_fetch(case, member):
    note = VettingEntryFactory(case=case, kind=EntryKind.NOTE, file_name="note.pdf")
    note.file.save("note.pdf", SimpleUploadedFile("note.pdf", PDF))
    answered = VettingEntryFactory(case=case, kind=EntryKind.ANSWER, file_name="svar.pdf")
    answered.file.save("svar.pdf", SimpleUploadedFile("svar.pdf", PDF))
    client = log_in(Client(), member)

    assert client.get(reverse("provider_case_file", args=["klar-tale", note.pk])).status_code == 404
    response = client.get(reverse("provider_case_file", args=["klar-tale", answered.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="svar.pdf"'


def test_staff_who_act_for_the_organisation_see_no_notes_and_no_buttons(staff_client, case, staff):
    add_note(case_id=case.pk, text="Hemmelig vurdering", actor=staff, now=NOW)
    client = staff_client("Sagsbehandler")
    url = reverse("vetting_case:inspect", args=[case.pk])
    before = client.get(url).content.decode()
    assert "Hemmelig vurdering" in before
    assert "Spørg organisationen" in before

    from core.accounts.models import User

    own = User.objects.get(groups__name="Sagsbehandler")
    ProviderMemberFactory(provider=case.provider, user=own, role=MemberRole.FACILITATOR)

    after = client.get(url).content.decode()
    assert "Hemmelig vurdering" not in after
    assert "Spørg organisationen" not in after
    assert "Du er selv medlem af organisationen" in after


# --- who decides -----------------------------------------------------------------------------------


def test_who_is_the_contact_of_an_organisation_does_not_deal_with_its_case(case):
    contact = UserFactory(email="bo@kk.example")
    Provider.objects.filter(pk=case.provider_id).update(contact_email="BO@kk.example")

    with pytest.raises(OwnOrganisationError):
        ask(case, Actor.of(contact))

    assert not case.entries.exists()


def test_nobody_deals_with_a_case_about_their_own_organisation(case, member):
    own = Actor.of(member)
    for act in (
        lambda: ask(case, own),
        lambda: hear(case, own),
        lambda: add_note(case_id=case.pk, text="x", actor=own, now=NOW),
        lambda: move_deadline(case_id=case.pk, due_on=DUE, actor=own, now=NOW),
        lambda: end(case.provider, own, asked_by_provider=True),
        lambda: answer_case(case_id=case.pk, text="x", actor=own, now=NOW, by_staff=True),
    ):
        with pytest.raises(OwnOrganisationError):
            act()
    with pytest.raises(SelfApprovalError):
        change_provider_state(
            provider_id=case.provider_id,
            transition=Transition.APPROVE,
            reason="x",
            decision_reference="x",
            actor=own,
            now=NOW,
        )
    assert not case.entries.exists()


@pytest.mark.parametrize("transition", [Transition.SUSPEND, Transition.DECLINE_CHARTER])
def test_nobody_pauses_or_declines_for_their_own_organisation(transition):
    member = ProviderMemberFactory()

    with pytest.raises(OwnOrganisationError):
        change_provider_state(
            provider_id=member.provider_id,
            transition=transition,
            reason="x",
            decision_reference="x",
            actor=Actor.of(member.user),
            now=NOW,
        )


def test_a_decision_keeps_reason_maker_date_and_file(case):
    approver = UserFactory()

    change_provider_state(
        provider_id=case.provider_id,
        transition=Transition.APPROVE,
        reason="Alt er i orden.",
        decision_reference="2026-0000009",
        decision_maker="Afdelingschefen",
        decided_on=date(2026, 5, 1),
        actor=Actor.of(approver),
        now=NOW,
    )

    case.refresh_from_db()
    assert (case.outcome, case.reason, case.file_reference) == (
        CaseOutcome.APPROVED,
        "Alt er i orden.",
        "2026-0000009",
    )
    assert (case.decision_maker, case.decided_on, case.decided_by) == (
        "Afdelingschefen",
        date(2026, 5, 1),
        approver,
    )
    assert mails() == [("provider_approved", "karl@klar.example")]


def test_a_decided_case_takes_nothing_more(case, staff, member):
    end(case.provider, asked_by_provider=True)

    for act in (
        lambda: ask(case, staff),
        lambda: hear(case, staff),
        lambda: add_note(case_id=case.pk, text="x", actor=staff, now=NOW),
        lambda: answer(case, member),
    ):
        with pytest.raises(CaseClosedError):
            act()


def test_the_database_keeps_a_decision_and_its_outcome_together(case):
    for values in ({"decided_at": NOW}, {"outcome": "approved"}, {"state": CaseState.DECIDED}):
        with pytest.raises(IntegrityError), transaction.atomic():
            VettingCase.objects.filter(pk=case.pk).update(**values)


# --- the hearing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["vetting", "awaiting_explanation", "approved", "active", "suspended"])
def test_the_municipality_ends_nothing_without_a_hearing(state):
    provider = ProviderFactory(state=state)

    with pytest.raises(HearingMissingError):
        end(provider)

    provider.refresh_from_db()
    assert provider.state == state


def test_ending_waits_for_the_answer_or_the_deadline(case, staff):
    hear(case, staff)
    for days in (0, 14):
        with pytest.raises(HearingMissingError):
            end(case.provider, staff, now=NOW + timedelta(days=days))

    ended = end(case.provider, staff, now=NOW + timedelta(days=15))

    assert ended.state == ProviderState.ENDED
    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.DECIDED, CaseOutcome.NOT_APPROVED)
    assert mails()[-1] == ("provider_not_approved", "karl@klar.example")
    assert "Vi indleder ikke et samarbejde" in text_of(Message.objects.get(mail_type="provider_not_approved"))


def test_an_answered_hearing_can_be_decided_at_once(case, staff, member):
    hear(case, staff)
    assert mails()[-1][0] == "vetting_hearing"
    answer(case, member, text="Vi er uenige.")
    case.refresh_from_db()
    assert case.state == CaseState.HEARD
    assert case.entries.last().kind == EntryKind.HEARING_ANSWER

    assert end(case.provider, staff).state == ProviderState.ENDED


def test_an_organisation_that_wants_to_stop_is_not_heard():
    provider = ProviderFactory()

    end(provider, asked_by_provider=True)

    case = VettingCase.objects.get()
    assert (case.kind, case.outcome, case.file_reference) == (
        CaseKind.REVIEW,
        CaseOutcome.ENDED,
        "2026-0000001",
    )


def test_nothing_is_asked_while_the_organisation_is_heard(case, staff):
    hear(case, staff)

    with pytest.raises(HearingRunsError):
        ask(case, staff)
    with pytest.raises(HearingRunsError):
        hear(case, staff)


def test_a_municipal_team_needs_no_hearing():
    assert end(ProviderFactory(municipal=True)).state == ProviderState.ENDED
    assert not VettingCase.objects.exists()


# --- reviews of a running cooperation --------------------------------------------------------------


def test_a_review_leaves_the_cooperation_running_and_can_be_closed(staff):
    provider = ProviderFactory()
    case = open_review(provider_id=provider.pk, actor=staff, now=NOW)

    ask(case, staff)
    provider.refresh_from_db()
    assert (case.kind, provider.state) == (CaseKind.REVIEW, ProviderState.ACTIVE)
    with pytest.raises(ReasonMissingError):
        close_review(case_id=case.pk, decision=Decision(reason=" "), actor=staff, now=NOW)
    close_review(case_id=case.pk, decision=Decision(reason="Forklaret."), actor=staff, now=NOW)

    case.refresh_from_db()
    provider.refresh_from_db()
    assert (case.outcome, provider.state) == (CaseOutcome.CLOSED, ProviderState.ACTIVE)


def test_one_open_case_at_a_time_and_none_about_new_or_ended_providers(staff, case):
    with pytest.raises(CaseOpenError):
        open_review(provider_id=case.provider_id, actor=staff, now=NOW)
    for trait in ("new", "ended", "declined", "municipal"):
        provider = ProviderFactory(**{trait: True})
        with pytest.raises(TransitionNotAllowedError):
            open_review(provider_id=provider.pk, actor=staff, now=NOW)


def test_a_new_providers_case_is_not_closed_without_consequence(case, staff):
    with pytest.raises(TransitionNotAllowedError):
        close_review(case_id=case.pk, decision=Decision(reason="x"), actor=staff, now=NOW)


# --- retention -------------------------------------------------------------------------------------


def test_entries_and_files_go_five_years_after_the_decision_and_the_decision_stays(case, staff, member):
    ask(case, staff)
    entry = answer(case, member, file=SimpleUploadedFile("svar.pdf", PDF))
    storage, name = entry.file.storage, entry.file.name
    assert delete_entries(NOW + timedelta(days=4000)) == 0
    end(case.provider, asked_by_provider=True)

    assert delete_entries(NOW + timedelta(days=5 * 365)) == 0
    assert storage.exists(name)
    assert delete_entries(NOW + timedelta(days=5 * 365 + 1)) == 2

    assert not storage.exists(name)
    assert not case.entries.exists()
    case.refresh_from_db()
    assert case.reason == "Grund"


# --- pages -----------------------------------------------------------------------------------------


def test_the_provider_reads_and_answers_on_its_page(case, staff, member):
    ask(case, staff)
    client = log_in(Client(), member)
    url = reverse("provider_case", args=["klar-tale"])
    home = client.get(reverse("provider_home", args=["klar-tale"])).content.decode()
    assert "Vi venter på jeres svar" in home
    assert "Svar senest 18. maj 2026." in home
    page = client.get(url).content.decode()
    assert "Hvem er jeres bestyrelse?" in page

    assert "Skriv jeres svar." in client.post(url, {"text": ""}).content.decode()
    refused = client.post(url, {"text": "Fem", "file": SimpleUploadedFile("x.exe", b"MZ")})
    assert "Vælg en PDF" in refused.content.decode()
    response = client.post(
        url, {"text": "Fem personer.", "file": SimpleUploadedFile("svar.pdf", PDF)}, follow=True
    )

    html = response.content.decode()
    assert "Vi har fået jeres svar." in html
    assert "Fem personer." in html
    assert "svar.pdf" in html
    assert "Send svaret" not in html
    assert ("vetting_answered", member.email) in mails()


def test_a_facilitator_sees_no_case(case, staff):
    ask(case, staff)
    user = ProviderMemberFactory(provider=case.provider, role=MemberRole.FACILITATOR).user
    client = log_in(Client(), user)

    assert client.get(reverse("provider_case", args=["klar-tale"])).status_code == 404
    home = client.get(reverse("provider_home", args=["klar-tale"])).content.decode()
    assert "Vi venter på jeres svar" not in home


@pytest.mark.parametrize(
    ("state", "note", "texts"),
    [
        ("new", "", ["Vi har fået jeres oplysninger"]),
        ("vetting", "", ["Vi er ved at lære jer at kende", "Imens kan I invitere jeres kolleger."]),
        (
            "suspended",
            "I skifter ledelse.",
            ["Samarbejdet er sat på pause", "Vores begrundelse: I skifter ledelse."],
        ),
        ("ended", "Aftalen er udløbet.", ["Samarbejdet er afsluttet", "Aftalen er udløbet."]),
        ("declined", "", ["I har sagt nej til charteret", "Har I ændret mening?"]),
    ],
)
def test_every_state_tells_the_provider_what_now(state, note, texts):
    provider = ProviderFactory(slug="klar-tale", state_note=note, state_reason="Internt", **{state: True})
    member = ProviderMemberFactory(provider=provider)

    html = log_in(Client(), member.user).get(reverse("provider_home", args=["klar-tale"])).content.decode()

    for text in texts:
        assert text in html
    assert "Internt" not in html


def test_a_provider_that_never_was_approved_reads_that(case, member):
    end(case.provider, asked_by_provider=True)

    html = log_in(Client(), member).get(reverse("provider_home", args=["klar-tale"])).content.decode()

    assert "Vi har ikke indledt et samarbejde" in html


@pytest.mark.parametrize(
    ("transition", "state", "mail"),
    [
        (Transition.ACTIVATE, ProviderState.APPROVED, "provider_activated"),
        (Transition.REACTIVATE, ProviderState.SUSPENDED, "provider_reactivated"),
        (Transition.DECLINE_CHARTER, ProviderState.VETTING, "provider_declined_charter"),
    ],
)
def test_steps_are_told_to_the_provider_unless_undone_before_sending(transition, state, mail):
    member = ProviderMemberFactory(provider__state=state)

    change_provider_state(
        provider_id=member.provider_id,
        transition=transition,
        reason="Hemmelig grund",
        decision_reference="2026-0000001",
        actor=SYSTEM,
        now=NOW,
    )

    assert mails() == [(mail, member.user.email)]
    text = text_of(Message.objects.get())
    assert member.provider.name in text
    assert "Hemmelig" not in text
    type(member.provider).objects.update(state=ProviderState.NEW)
    assert text_of(Message.objects.get()) is None


def test_without_members_the_contact_address_is_told():
    provider = ProviderFactory(state=ProviderState.VETTING, contact_email="kontakt@klar.example")

    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.APPROVE,
        reason="x",
        decision_reference="x",
        actor=SYSTEM,
        now=NOW,
    )

    assert mails() == [("provider_approved", "kontakt@klar.example")]


# --- the administration ----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_cases_has_a_fixed_number_of_queries(staff_client, django_assert_num_queries, count):
    client = staff_client("Administration")
    VettingCaseFactory.create_batch(count)
    client.get(reverse("vetting_case:index"))

    with django_assert_num_queries(8):
        response = client.get(reverse("vetting_case:index"))

    assert len(response.context["object_list"]) == count


def test_list_of_cases_finds_those_whose_deadline_has_passed(staff_client):
    late = VettingCaseFactory(state=CaseState.AWAITING_ANSWER, due_on=TODAY - timedelta(days=1))
    VettingCaseFactory(state=CaseState.AWAITING_ANSWER, due_on=TODAY)
    VettingCaseFactory()

    response = staff_client("Administration").get(reverse("vetting_case:index") + "?is_overdue=yes")

    assert list(response.context["object_list"]) == [late]


def test_staff_take_a_case_from_question_to_decision(staff_client, case, member):
    client = staff_client("Sagsbehandler")

    def url(name):
        return reverse(f"vetting_case:{name}", args=[case.pk])

    refused = client.post(url("ask"), {"text": "Hvem?", "due_on": "2026-05-04"})
    assert "Vælg en frist, der ligger efter i dag." in refused.content.decode()
    client.post(url("ask"), {"text": "Hvem er I?", "due_on": "2026-05-18"})
    client.post(url("answer"), {"text": "Fem", "file": SimpleUploadedFile("svar.pdf", PDF)})
    client.post(url("note"), {"text": "Set på hjemmesiden"})
    client.post(url("hear"), {"text": "Vi overvejer nej", "due_on": "2026-05-18"})
    client.post(url("deadline"), {"due_on": "2026-05-25"})
    html = client.get(url("inspect")).content.decode()

    for text in ("Hvem er I?", "Fem", "Set på hjemmesiden", "Vi overvejer nej", "kun for os"):
        assert text in html
    entry = case.entries.get(kind=EntryKind.ANSWER)
    assert client.get(reverse("vetting_case:file", args=[case.pk, entry.pk])).status_code == 200
    actions = set(Entry.objects.values_list("action", flat=True))
    assert {"vetting.read", "vetting.file_read", "vetting.deadline_moved"} <= actions
    answer(case, member, text="Vi er uenige")
    response = client.post(
        reverse("provider:step", args=[case.provider_id, "end"]),
        {"initiative": "municipality", "reason": "Grund", "decision_reference": "2026-0000001"},
    )
    assert response.status_code == 302
    case.refresh_from_db()
    assert case.outcome == CaseOutcome.NOT_APPROVED


def test_the_page_of_ending_shows_what_is_at_stake_and_asks_for_the_hearing(staff_client):
    provider = ProviderFactory(covered=True)
    client = staff_client("Sagsbehandler")
    url = reverse("provider:step", args=[provider.pk, "end"])

    html = client.get(url).content.decode()
    assert "Det lukker, når du gør det" in html
    assert "Kommende tider" in html
    assert "Organisationen er ikke hørt." in html
    refused = client.post(
        url, {"initiative": "municipality", "reason": "Grund", "decision_reference": "2026-1"}
    )
    assert "Hør organisationen først" in refused.content.decode()
    client.post(reverse("provider:review", args=[provider.pk]))

    assert VettingCase.objects.get().kind == CaseKind.REVIEW
