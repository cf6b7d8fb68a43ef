"""A provider's way: legal steps, refusals, mails, and what depends on its coverage."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from charter import observers
from charter.chain import verify_chain
from charter.coverage import coverage_of
from charter.enums import CoverageState, MemberRole, ProviderKind, ProviderState, RecordKind, Transition
from charter.errors import (
    AlreadyMemberError,
    DanishTextMissingError,
    DecisionReferenceMissingError,
    DraftExistsError,
    ProviderNameTakenError,
    ReasonMissingError,
    RequiredFromError,
    SelfApprovalError,
    TransitionNotAllowedError,
    VersionAlreadyPublishedError,
    VersionLockedError,
    WithdrawalDayError,
)
from charter.models import CharterVersion, Provider, ProviderMember, VettingCase
from charter.observers import Cause, CauseKind
from charter.operations import (
    add_member,
    change_provider_state,
    create_draft_version,
    create_provider,
    publish_version,
    remove_member,
    save_text,
    withdraw_charter,
    withdraw_signature,
)
from charter.operations.versions import remind_of_missing_charter
from charter.rules import TRANSITIONS
from charter.work_items import CHARTER, CHARTER_MISSING
from core.audit.log import SYSTEM, Actor
from core.audit.models import Entry
from core.outbox.models import Message
from core.outbox.registry import get
from core.outbox.rendering import render
from core.worklist.models import WorkItem
from core.worklist.operations import close_items
from tests.factories.accounts import UserFactory
from tests.factories.charter import (
    CharterTextFactory,
    CharterVersionFactory,
    ProviderFactory,
    ProviderMemberFactory,
    SignatureFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
TODAY = date(2026, 5, 4)


@dataclass
class Recorder:
    """An observer that notes what it is told, and the state it finds."""

    seen: list[tuple] = field(default_factory=list)

    def lock_sessions(self, provider_ids, now):
        self.seen.append(("lock", list(provider_ids), Provider.objects.get(pk=provider_ids[0]).state))

    def coverage_changed(self, provider_ids, cause, actor, now):
        state = Provider.objects.get(pk=provider_ids[0]).state
        self.seen.append(("changed", list(provider_ids), state, cause))

    def coverage_restored(self, provider_ids, now):
        """Nothing here waits for it."""


@pytest.fixture
def recorder():
    made = Recorder()
    observers.register(made)
    yield made
    observers.unregister(made)


def test_the_whole_way_from_new_to_active():
    opener, approver = UserFactory(), UserFactory()
    provider = create_provider(
        name="Foreningen Æbleø", kind=ProviderKind.CIVIL_SOCIETY, actor=SYSTEM, now=NOW, cvr="64942212"
    )
    assert (provider.slug, provider.state) == ("foreningen-aebleoe", ProviderState.NEW)

    change_provider_state(
        provider_id=provider.pk, transition=Transition.START_VETTING, actor=Actor.of(opener), now=NOW
    )
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.ASK_EXPLANATION,
        reason="Hvad mente I?",
        actor=Actor.of(opener),
        now=NOW,
    )
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.RECEIVE_EXPLANATION,
        reason="Det var forkert.",
        actor=Actor.of(opener),
        now=NOW,
    )
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.APPROVE,
        reason="Fin",
        decision_reference="2026-0000001",
        actor=Actor.of(approver),
        now=NOW,
    )
    provider = change_provider_state(
        provider_id=provider.pk, transition=Transition.ACTIVATE, actor=SYSTEM, now=NOW
    )

    assert provider.state == ProviderState.ACTIVE
    case = VettingCase.objects.get()
    assert list(case.entries.values_list("kind", "text")) == [
        ("question", "Hvad mente I?"),
        ("answer", "Det var forkert."),
    ]
    assert (case.kind, case.state, case.outcome) == ("admission", "decided", "approved")
    assert (case.decided_by, case.file_reference) == (approver, "2026-0000001")
    steps = Entry.objects.filter(action__startswith="provider.").order_by("pk")
    assert list(steps.values_list("action", flat=True)) == [
        "provider.created",
        "provider.start_vetting",
        "provider.ask_explanation",
        "provider.receive_explanation",
        "provider.approve",
        "provider.activate",
    ]


ILLEGAL = [
    (state, transition)
    for state in ProviderState
    for transition, step in TRANSITIONS.items()
    if state not in step.sources
]


@pytest.mark.parametrize(("state", "transition"), ILLEGAL, ids=lambda value: value.value)
def test_steps_that_are_not_in_the_table_are_refused(state, transition):
    provider = ProviderFactory(state=state)

    with pytest.raises(TransitionNotAllowedError) as caught:
        change_provider_state(
            provider_id=provider.pk,
            transition=transition,
            actor=SYSTEM,
            now=NOW,
            reason="x",
            decision_reference="x",
        )

    assert str(TransitionNotAllowedError(transition, state)) == str(caught.value)
    provider.refresh_from_db()
    assert provider.state == state


LEGAL = [(source, transition) for transition, step in TRANSITIONS.items() for source in step.sources]


@pytest.mark.parametrize(("state", "transition"), LEGAL, ids=lambda value: value.value)
def test_steps_in_the_table_lead_where_it_says(state, transition):
    provider = ProviderFactory(state=state)

    changed = change_provider_state(
        provider_id=provider.pk,
        transition=transition,
        actor=SYSTEM,
        now=NOW,
        reason="Grund",
        decision_reference="2026-1",
        asked_by_provider=True,
    )

    assert changed.state == TRANSITIONS[transition].target
    assert (changed.state_since, changed.state_reason) == (NOW, "Grund")


@pytest.mark.parametrize(
    "transition", [t for t, step in TRANSITIONS.items() if step.needs_reason], ids=lambda t: t.value
)
def test_decisions_need_a_reason(transition):
    provider = ProviderFactory(state=next(iter(TRANSITIONS[transition].sources)))

    with pytest.raises(ReasonMissingError):
        change_provider_state(
            provider_id=provider.pk,
            transition=transition,
            actor=SYSTEM,
            now=NOW,
            reason="  ",
            decision_reference="2026-1",
        )


@pytest.mark.parametrize(
    "transition", [t for t, step in TRANSITIONS.items() if step.needs_reference], ids=lambda t: t.value
)
def test_decisions_that_count_need_the_file_they_were_made_in(transition):
    provider = ProviderFactory(state=next(iter(TRANSITIONS[transition].sources)))

    with pytest.raises(DecisionReferenceMissingError):
        change_provider_state(
            provider_id=provider.pk, transition=transition, actor=SYSTEM, now=NOW, reason="x"
        )


def test_a_municipal_team_is_activated_without_vetting_and_cannot_be_vetted():
    provider = ProviderFactory(municipal=True, new=True)

    with pytest.raises(TransitionNotAllowedError):
        change_provider_state(
            provider_id=provider.pk, transition=Transition.START_VETTING, actor=SYSTEM, now=NOW
        )

    assert (
        change_provider_state(
            provider_id=provider.pk, transition=Transition.ACTIVATE, actor=SYSTEM, now=NOW
        ).state
        == ProviderState.ACTIVE
    )


def test_nobody_approves_a_vetting_they_opened():
    provider, actor = ProviderFactory(new=True), Actor.of(UserFactory())
    change_provider_state(provider_id=provider.pk, transition=Transition.START_VETTING, actor=actor, now=NOW)

    with pytest.raises(SelfApprovalError):
        change_provider_state(
            provider_id=provider.pk,
            transition=Transition.APPROVE,
            reason="x",
            decision_reference="x",
            actor=actor,
            now=NOW,
        )


def test_nobody_approves_a_provider_they_act_for():
    member = ProviderMemberFactory(provider=ProviderFactory(vetting=True))

    with pytest.raises(SelfApprovalError):
        change_provider_state(
            provider_id=member.provider_id,
            transition=Transition.APPROVE,
            reason="x",
            decision_reference="x",
            actor=Actor.of(member.user),
            now=NOW,
        )


def test_create_provider_refuses_a_name_or_cvr_that_is_taken():
    create_provider(name="Ens", kind=ProviderKind.SUPPLIER, actor=SYSTEM, now=NOW, cvr="64942212")

    with pytest.raises(ProviderNameTakenError):
        create_provider(name="Ens", kind=ProviderKind.SUPPLIER, actor=SYSTEM, now=NOW)
    with pytest.raises(ProviderNameTakenError):
        create_provider(name="Anden", kind=ProviderKind.SUPPLIER, actor=SYSTEM, now=NOW, cvr="64942212")


def test_associations_without_cvr_can_be_many():
    for name in ("Den ene", "Den anden"):
        create_provider(name=name, kind=ProviderKind.CIVIL_SOCIETY, actor=SYSTEM, now=NOW, cvr="")

    assert Provider.objects.filter(cvr=None).count() == 2


def suspend(provider: Provider) -> None:
    change_provider_state(
        provider_id=provider.pk, transition=Transition.SUSPEND, reason="x", actor=SYSTEM, now=NOW
    )


def end(provider: Provider) -> None:
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.END,
        reason="x",
        decision_reference="x",
        asked_by_provider=True,
        actor=SYSTEM,
        now=NOW,
    )


def decline(provider: Provider) -> None:
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.DECLINE_CHARTER,
        reason="x",
        decision_reference="x",
        actor=SYSTEM,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("act", "kind", "state"),
    [
        (suspend, CauseKind.SUSPENDED, ProviderState.SUSPENDED),
        (end, CauseKind.ENDED, ProviderState.ENDED),
        (decline, CauseKind.DECLINED, ProviderState.DECLINED_CHARTER),
    ],
    ids=["suspend", "end", "decline"],
)
def test_stopping_an_active_provider_locks_first_and_tells_afterwards(recorder, act, kind, state):
    provider = ProviderFactory(covered=True)

    act(provider)

    assert recorder.seen == [
        ("lock", [provider.pk], ProviderState.ACTIVE),
        ("changed", [provider.pk], state, Cause(kind, TODAY)),
    ]


def test_steps_that_end_no_coverage_tell_nobody(recorder):
    provider = ProviderFactory(suspended=True, covered=True)

    change_provider_state(
        provider_id=provider.pk, transition=Transition.REACTIVATE, reason="x", actor=SYSTEM, now=NOW
    )

    assert recorder.seen == []


@pytest.mark.parametrize(
    ("act", "mail_type"),
    [(suspend, "provider_suspended"), (end, "provider_ended"), (decline, "provider_declined_charter")],
)
@pytest.mark.parametrize("language", ["da", "en"])
def test_signatories_and_coordinators_get_a_neutral_notice_without_the_reason(act, mail_type, language):
    member = ProviderMemberFactory(provider=ProviderFactory(covered=True))
    ProviderMemberFactory(provider=member.provider, user=member.user, role=MemberRole.COORDINATOR)
    coordinator = ProviderMemberFactory(provider=member.provider, role=MemberRole.COORDINATOR)
    ProviderMemberFactory(provider=member.provider, role=MemberRole.FACILITATOR)

    act(member.provider)

    assert sorted(Message.objects.values_list("mail_type", "to_email")) == sorted(
        [(mail_type, member.user.email), (mail_type, coordinator.user.email)]
    )
    message = Message.objects.first()
    content = get(mail_type).build(message.ids, language, NOW)
    rendered = render(get(mail_type), content, language=language, delete_on=TODAY)
    assert member.provider.name in rendered.text
    assert member.provider.name not in rendered.subject


def test_the_notice_of_a_suspension_is_skipped_when_it_was_lifted_before_it_was_sent():
    member = ProviderMemberFactory(provider=ProviderFactory(covered=True))
    suspend(member.provider)
    message = Message.objects.get(mail_type="provider_suspended")

    change_provider_state(
        provider_id=member.provider_id,
        transition=Transition.REACTIVATE,
        reason="x",
        actor=SYSTEM,
        now=NOW + timedelta(minutes=1),
    )

    assert get("provider_suspended").build(message.ids, "da", NOW) is None


# --- withdrawal ------------------------------------------------------------------------------------


def test_withdraw_signature_closes_from_its_day_and_adds_a_record(recorder):
    signature = SignatureFactory()

    records = withdraw_signature(
        signature_id=signature.pk, ends_on=date(2026, 6, 1), reason="x", actor=SYSTEM, now=NOW
    )

    assert [(record.kind, record.ends_on) for record in records] == [(RecordKind.WITHDRAWN, date(2026, 6, 1))]
    assert coverage_of(signature.provider, today=TODAY).until == date(2026, 5, 31)
    assert coverage_of(signature.provider, today=date(2026, 6, 1)).state == CoverageState.WITHDRAWN
    assert verify_chain().is_intact
    assert recorder.seen[0][0] == "lock"
    assert recorder.seen[1][3] == Cause(CauseKind.WITHDRAWN, date(2026, 6, 1))


def test_withdraw_signature_again_changes_nothing_but_an_earlier_day_does(recorder):
    signature = SignatureFactory()
    common = {"signature_id": signature.pk, "reason": "", "actor": SYSTEM, "now": NOW}
    withdraw_signature(ends_on=date(2026, 6, 1), **common)
    recorder.seen.clear()

    assert withdraw_signature(ends_on=date(2026, 6, 1), **common) == []
    assert withdraw_signature(ends_on=date(2026, 7, 1), **common) == []
    assert recorder.seen == []
    assert len(withdraw_signature(ends_on=TODAY, **common)) == 1
    assert coverage_of(signature.provider, today=TODAY).state == CoverageState.WITHDRAWN


@pytest.mark.parametrize("ends_on", [date(2026, 5, 3), date(2027, 1, 1)], ids=["yesterday", "after its end"])
def test_withdraw_signature_refuses_a_day_that_makes_no_sense(ends_on):
    signature = SignatureFactory()

    with pytest.raises(WithdrawalDayError):
        withdraw_signature(signature_id=signature.pk, ends_on=ends_on, reason="", actor=SYSTEM, now=NOW)


def test_withdraw_signature_takes_what_it_superseded_with_it():
    older = SignatureFactory()
    newer = SignatureFactory(
        provider=older.provider, version=CharterVersionFactory(number=2), covers_from=date(2026, 4, 1)
    )

    withdraw_signature(signature_id=newer.pk, ends_on=date(2026, 6, 1), reason="", actor=SYSTEM, now=NOW)

    assert not coverage_of(older.provider, today=TODAY).covers(date(2026, 6, 1))


def test_withdraw_charter_ends_signed_renewals_too():
    signature = SignatureFactory()
    SignatureFactory(
        provider=signature.provider, covers_from=date(2027, 1, 1), covers_until=date(2027, 12, 31)
    )

    withdraw_charter(
        provider_id=signature.provider_id, ends_on=date(2026, 6, 1), reason="", actor=SYSTEM, now=NOW
    )

    coverage = coverage_of(signature.provider, today=TODAY)
    assert not coverage.covers(date(2026, 6, 1))
    assert not coverage.covers(date(2027, 1, 1))


def test_withdraw_charter_refuses_where_nothing_is_signed():
    with pytest.raises(WithdrawalDayError):
        withdraw_charter(provider_id=ProviderFactory().pk, ends_on=TODAY, reason="", actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("language", ["da", "en"])
def test_signatories_are_told_of_a_withdrawal_once(language):
    member = ProviderMemberFactory(provider=SignatureFactory().provider)

    withdraw_charter(
        provider_id=member.provider_id, ends_on=date(2026, 6, 1), reason="", actor=SYSTEM, now=NOW
    )

    message = Message.objects.get()
    content = get("charter_withdrawn").build(message.ids, language, NOW)
    rendered = render(get("charter_withdrawn"), content, language=language, delete_on=TODAY)
    assert ("1. juni 2026" if language == "da" else "1 June 2026") in rendered.subject


# --- members ---------------------------------------------------------------------------------------


def test_add_member_makes_an_unknown_address_a_user_without_password():
    provider = ProviderFactory()

    member = add_member(
        provider_id=provider.pk, email="Ny@Example.dk ", role=MemberRole.SIGNATORY, actor=SYSTEM, now=NOW
    )

    assert member.user.email == "ny@example.dk"
    assert not member.user.has_usable_password()
    assert not member.user.is_staff
    assert Message.objects.get().mail_type == "member_added"


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_welcome_names_provider_and_role(language):
    member = add_member(
        provider_id=ProviderFactory(name="Klar Tale").pk,
        email="ny@example.dk",
        role=MemberRole.SIGNATORY,
        actor=SYSTEM,
        now=NOW,
    )

    content = get("member_added").build({"member": member.pk}, language, NOW)

    rendered = render(get("member_added"), content, language=language, delete_on=TODAY)
    assert ("underskriver for Klar Tale" if language == "da" else "signatory for Klar Tale") in rendered.text


def test_add_member_refuses_the_same_role_twice_but_not_another():
    member = ProviderMemberFactory()
    common = {"provider_id": member.provider_id, "email": member.user.email, "actor": SYSTEM, "now": NOW}

    with pytest.raises(AlreadyMemberError):
        add_member(role=MemberRole.SIGNATORY, **common)

    assert add_member(role=MemberRole.COORDINATOR, **common).pk


def test_remove_member_takes_the_role_and_leaves_the_user():
    member = ProviderMemberFactory()

    remove_member(member_id=member.pk, actor=SYSTEM, now=NOW)
    remove_member(member_id=member.pk, actor=SYSTEM, now=NOW)

    assert not ProviderMember.objects.exists()
    assert Entry.objects.filter(action="provider.member_removed").count() == 1


# --- versions --------------------------------------------------------------------------------------


def test_a_draft_starts_from_the_texts_of_the_newest_version():
    CharterTextFactory(body="<p>Gammelt</p>")

    draft = create_draft_version(actor=SYSTEM, now=NOW)

    assert (draft.number, draft.published_at) == (2, None)
    assert draft.texts.get().body == "<p>Gammelt</p>"
    with pytest.raises(DraftExistsError):
        create_draft_version(actor=SYSTEM, now=NOW)


def test_publish_version_ends_the_one_before_the_day_before(recorder):
    old = CharterTextFactory().version
    signature = SignatureFactory(version=old)
    draft = create_draft_version(actor=SYSTEM, now=NOW)

    publish_version(version_id=draft.pk, required_from=date(2026, 9, 1), actor=SYSTEM, now=NOW)

    old.refresh_from_db()
    assert old.accepted_until == date(2026, 8, 31)
    assert coverage_of(signature.provider, today=TODAY).until == date(2026, 8, 31)
    assert [event[0] for event in recorder.seen] == ["lock", "changed"]
    assert recorder.seen[1][3] == Cause(CauseKind.NEW_VERSION, date(2026, 9, 1))


def test_publish_version_tells_nobody_when_no_cover_is_cut(recorder):
    SignatureFactory(version=CharterTextFactory().version)
    draft = create_draft_version(actor=SYSTEM, now=NOW)

    publish_version(version_id=draft.pk, required_from=date(2027, 1, 1), actor=SYSTEM, now=NOW)

    assert recorder.seen == []


@pytest.mark.parametrize(
    "required_from", [date(2026, 5, 3), date(2020, 1, 1)], ids=["yesterday", "not after the one before"]
)
def test_publish_version_refuses_a_day_in_the_past(required_from):
    CharterTextFactory()
    draft = create_draft_version(actor=SYSTEM, now=NOW)

    with pytest.raises(RequiredFromError):
        publish_version(version_id=draft.pk, required_from=required_from, actor=SYSTEM, now=NOW)


def test_publish_version_refuses_twice_and_without_danish():
    with pytest.raises(VersionAlreadyPublishedError):
        publish_version(version_id=CharterVersionFactory().pk, required_from=TODAY, actor=SYSTEM, now=NOW)
    draft = CharterVersionFactory(number=2, draft=True)
    CharterTextFactory(version=draft, language="en")
    with pytest.raises(DanishTextMissingError):
        publish_version(version_id=draft.pk, required_from=TODAY, actor=SYSTEM, now=NOW)


def test_save_text_is_refused_from_the_first_signature():
    text = CharterTextFactory()
    common = {
        "version_id": text.version_id,
        "language": "da",
        "title": "Ny",
        "notice": "",
        "body": "<p>Ny</p>",
        "actor": SYSTEM,
        "now": NOW,
    }
    assert save_text(**common).title == "Ny"
    CharterVersion.objects.update(locked_at=NOW)

    with pytest.raises(VersionLockedError):
        save_text(**common)


# --- no charter to sign ---------------------------------------------------------------------------


def _missing() -> list[bool]:
    items = WorkItem.objects.of_kind(CHARTER_MISSING).order_by("opened_at")
    return [item.is_open for item in items]


def test_approving_a_provider_without_a_published_charter_makes_a_task_that_publishing_closes():
    provider = ProviderFactory(vetting=True)
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.APPROVE,
        reason="Fin",
        decision_reference="2026-1",
        actor=SYSTEM,
        now=NOW,
    )
    remind_of_missing_charter(NOW + timedelta(hours=1))
    assert _missing() == [True]

    version = CharterVersionFactory(published_at=None)
    CharterTextFactory(version=version)
    publish_version(version_id=version.pk, required_from=NOW.date(), actor=SYSTEM, now=NOW)

    assert _missing() == [False]
    assert remind_of_missing_charter(NOW + timedelta(days=40)) == 0


@pytest.mark.parametrize(
    ("traits", "tasks"),
    [({"approved": True}, 1), ({}, 1), ({"new": True}, 0), ({"ended": True}, 0), ({"municipal": True}, 0)],
    ids=["approved", "active", "new", "ended", "municipal"],
)
def test_administration_is_told_of_a_missing_charter_while_somebody_could_sign(traits, tasks):
    ProviderFactory(**traits)

    assert [remind_of_missing_charter(NOW), len(_missing())] == [tasks, tasks]


def test_a_closed_task_of_the_missing_charter_comes_back_next_month():
    ProviderFactory(approved=True)
    remind_of_missing_charter(NOW)
    close_items(kind=CHARTER_MISSING, subject=CHARTER, resolution="seen", actor=SYSTEM, now=NOW)

    assert (remind_of_missing_charter(NOW), remind_of_missing_charter(NOW + timedelta(days=31))) == (0, 1)
    assert _missing() == [False, True]
