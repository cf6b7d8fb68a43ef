"""Two at once: one case has one decision, one invitation one answer, one form one application."""

from uuid import uuid4

import pytest
from django.utils import timezone

from charter.enums import ProviderKind
from charter.models import MemberInvitation, ProviderApplication, ProviderMember, VettingCase
from charter.operations.applications import ApplicationValues, send_application
from charter.operations.members import accept_invitation, revoke_invitation
from charter.operations.vetting import Decision, close_review
from charter.organisation.enums import CaseKind
from core.audit.log import SYSTEM, Actor
from core.audit.models import Entry
from core.outbox.models import Message
from tests.concurrency.threads import at_once, names
from tests.factories.accounts import UserFactory
from tests.factories.charter import MemberInvitationFactory, VettingCaseFactory

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_two_who_decide_one_case_at_once_leave_one_decision():
    case = VettingCaseFactory(kind=CaseKind.REVIEW)
    people = [Actor.of(UserFactory()) for _ in range(2)]

    def decide(number):
        return lambda: close_review(
            case_id=case.pk,
            decision=Decision(reason=f"Grund {number}"),
            actor=people[number],
            now=timezone.now(),
        )

    results = at_once(decide(0), decide(1))

    assert sorted(names(results)) == ["CaseClosedError", "ok"]
    winner = next(place for place, result in enumerate(results) if not isinstance(result, Exception))
    case = VettingCase.objects.get()
    assert (case.reason, case.decided_by_id) == (f"Grund {winner}", people[winner].user_id)
    assert Entry.objects.filter(action="vetting.closed").count() == 1


def test_an_invitation_withdrawn_while_it_is_accepted_has_one_end():
    user = UserFactory()
    invitation = MemberInvitationFactory(email=user.email)

    def accept():
        return accept_invitation(
            invitation_id=invitation.pk, user_id=user.pk, actor=Actor.of(user), now=timezone.now()
        )

    def revoke():
        return revoke_invitation(invitation_id=invitation.pk, actor=SYSTEM, now=timezone.now(), by_staff=True)

    results = at_once(accept, revoke)

    assert sorted(names(results)) == ["InvitationUsedError", "ok"]
    is_member = ProviderMember.objects.filter(user=user).exists()
    assert is_member == (MemberInvitation.objects.get().state == "accepted")


def test_one_form_sent_twice_at_once_is_one_application():
    key = uuid4()
    values = ApplicationValues(
        name="Foreningen Samtalen",
        kind=ProviderKind.CIVIL_SOCIETY,
        cvr="",
        p_number="",
        website="",
        presentation="Vi holder aftener om uenighed.",
        contact_name="Rikke Rask",
        contact_email="rikke@samtalen.example",
        contact_phone="",
        may_sign=True,
    )

    def send():
        return send_application(values=values, submission_key=key, now=timezone.now(), actor=SYSTEM)

    results = at_once(send, send)

    assert names(results) == ["ok", "ok"]
    assert {result.pk for result in results} == {ProviderApplication.objects.get().pk}
    assert Message.objects.count() == 1
