"""Members: invited by e-mail, confirmed, accepted, changed, removed; nobody disappears silently (L1)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from charter.enums import MemberRole
from charter.errors import AlreadyMemberError
from charter.models import MemberInvitation, ProviderMember
from charter.operations.members import (
    accept_invitation,
    change_roles,
    confirm_invitation,
    delete_invitations,
    invite_member,
    remove_member,
    resend_invitation,
    revoke_invitation,
)
from charter.organisation import links
from charter.organisation.enums import InvitationState
from charter.organisation.errors import (
    AlreadyInvitedError,
    InvitationExpiredError,
    InvitationUsedError,
    LastOfRoleError,
    NotAllowedError,
    OtherAddressError,
    OwnOrganisationError,
    ProviderClosedError,
)
from core.audit.log import SYSTEM, Actor
from core.audit.models import Entry
from core.outbox.models import Message
from core.outbox.registry import get
from core.outbox.rendering import render
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory, log_in
from tests.factories.charter import MemberInvitationFactory, ProviderFactory, ProviderMemberFactory

pytestmark = pytest.mark.django_db
SIGNATORY, COORDINATOR, FACILITATOR = MemberRole.SIGNATORY, MemberRole.COORDINATOR, MemberRole.FACILITATOR


@pytest.fixture(autouse=True)
def _site(portal_site):
    """Every page stands in the site's frame."""


@pytest.fixture
def provider():
    return ProviderFactory(name="Klar Tale", slug="klar-tale")


@pytest.fixture
def coordinator(provider):
    return ProviderMemberFactory(
        provider=provider, role=COORDINATOR, user__email="karl@klar.example", user__first_name="Karl"
    ).user


@pytest.fixture
def signatory(provider):
    return ProviderMemberFactory(
        provider=provider, role=SIGNATORY, user__email="signe@klar.example", user__first_name="Signe"
    ).user


@pytest.fixture
def facilitator(provider):
    return ProviderMemberFactory(
        provider=provider, role=FACILITATOR, user__email="frank@klar.example", user__first_name="Frank"
    ).user


def invite(provider, actor, role=FACILITATOR, email="ny@klar.example", **options) -> MemberInvitation:
    return invite_member(
        provider_id=provider.pk,
        email=email,
        role=role,
        actor=actor if isinstance(actor, Actor) else Actor.of(actor),
        now=timezone.now(),
        **options,
    )


def mails() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("mail_type", "to_email"))


def text_of(message: Message, language: str = "da") -> str:
    content = get(message.mail_type).build(message.ids, language, timezone.now())
    assert content is not None
    rendered = render(get(message.mail_type), content, language=language, delete_on=timezone.localdate())
    return " ".join(rendered.text.split())


def roles_of(provider, user) -> list[str]:
    return sorted(provider.memberships.filter(user=user).values_list("role", flat=True))


# --- inviting --------------------------------------------------------------------------------------


def test_an_invitation_is_sent_with_a_link_and_gives_nothing_before_the_yes(provider, coordinator):
    invitation = invite(provider, coordinator, email=" Ny@Klar.Example ")

    assert (invitation.state, invitation.email) == (InvitationState.SENT, "ny@klar.example")
    assert mails() == [("member_invited", "ny@klar.example")]
    text = text_of(Message.objects.get())
    assert links.member_invitation_path(invitation) in text
    assert "Karl Medlem har inviteret dig til at være oplægsholder for Klar Tale" in text
    assert not ProviderMember.objects.filter(user__email="ny@klar.example").exists()
    assert Entry.objects.filter(action="provider.member_invited").exists()


def test_staff_invitations_are_from_the_municipality(provider):
    invite(provider, UserFactory(first_name="Sara"), by_staff=True)

    text = text_of(Message.objects.get())
    assert "Kommunen har inviteret dig" in text
    assert "Sara" not in text


def test_a_facilitator_and_a_stranger_invite_nobody(provider, facilitator):
    for actor in (facilitator, UserFactory()):
        with pytest.raises(NotAllowedError):
            invite(provider, actor)


def test_an_address_is_invited_once_in_a_role_and_no_member_again(provider, coordinator, facilitator):
    invite(provider, coordinator)

    with pytest.raises(AlreadyInvitedError):
        invite(provider, coordinator)
    with pytest.raises(AlreadyMemberError):
        invite(provider, coordinator, email=facilitator.email)
    assert invite(provider, coordinator, role=COORDINATOR).state == InvitationState.SENT


@pytest.mark.parametrize("state", ["ended", "declined"])
def test_nobody_is_invited_to_a_cooperation_that_has_ended(state):
    provider = ProviderFactory(**{state: True})

    with pytest.raises(ProviderClosedError):
        invite(provider, SYSTEM, by_staff=True)


# --- a new signatory -------------------------------------------------------------------------------


def test_a_coordinators_signatory_is_only_proposed_until_a_signatory_confirms(
    provider, coordinator, signatory
):
    invitation = invite(provider, coordinator, role=SIGNATORY)

    assert invitation.state == InvitationState.PROPOSED
    assert mails() == [("signatory_proposed", signatory.email)]
    assert "Karl Medlem foreslår en ny underskriver for Klar Tale" in text_of(Message.objects.get())
    item = WorkItem.objects.get()
    assert item.kind == "signatory_proposed"
    assert "ny@klar.example" not in str(item.data)

    confirm_invitation(invitation_id=invitation.pk, actor=Actor.of(signatory), now=timezone.now())

    invitation.refresh_from_db()
    assert (invitation.state, invitation.confirmed_by) == (InvitationState.SENT, signatory)
    assert mails()[-1] == ("member_invited", "ny@klar.example")
    assert not WorkItem.objects.open().exists()


def test_a_proposed_signatory_cannot_be_accepted_before_it_is_confirmed(provider, coordinator):
    invitation = invite(provider, coordinator, role=SIGNATORY)
    user = UserFactory(email="ny@klar.example")

    with pytest.raises(InvitationUsedError):
        accept_invitation(
            invitation_id=invitation.pk, user_id=user.pk, actor=Actor.of(user), now=timezone.now()
        )


@pytest.mark.parametrize("role", [COORDINATOR, FACILITATOR])
def test_only_a_signatory_confirms_a_signatory(provider, coordinator, role):
    invitation = invite(provider, coordinator, role=SIGNATORY)
    other = ProviderMemberFactory(provider=provider, role=role).user

    with pytest.raises(NotAllowedError):
        confirm_invitation(invitation_id=invitation.pk, actor=Actor.of(other), now=timezone.now())


def test_a_signatory_invites_another_one_directly(provider, signatory):
    assert invite(provider, signatory, role=SIGNATORY).state == InvitationState.SENT


def test_staff_confirm_but_never_what_they_proposed_or_who_they_are(provider, coordinator):
    proposer = UserFactory()
    ProviderMemberFactory(provider=provider, user=proposer, role=COORDINATOR)
    own = invite(provider, proposer, role=SIGNATORY, email="a@klar.example")
    about_me = UserFactory(email="b@klar.example")
    invite_of_me = invite(provider, coordinator, role=SIGNATORY, email=about_me.email)

    for invitation, actor in ((own, proposer), (invite_of_me, about_me)):
        with pytest.raises(OwnOrganisationError):
            confirm_invitation(
                invitation_id=invitation.pk, actor=Actor.of(actor), now=timezone.now(), by_staff=True
            )
    confirm_invitation(invitation_id=own.pk, actor=Actor.of(UserFactory()), now=timezone.now(), by_staff=True)


def test_a_member_who_is_confirmed_as_signatory_needs_no_second_link(
    provider, coordinator, signatory, facilitator
):
    invitation = invite(provider, coordinator, role=SIGNATORY, email=facilitator.email)

    confirm_invitation(invitation_id=invitation.pk, actor=Actor.of(signatory), now=timezone.now())

    invitation.refresh_from_db()
    assert invitation.state == InvitationState.ACCEPTED
    assert roles_of(provider, facilitator) == [FACILITATOR, SIGNATORY]


# --- sending again, withdrawing, deleting ----------------------------------------------------------


def test_an_invitation_sent_again_has_a_new_link_and_new_time(provider, coordinator, client):
    invitation = invite(provider, coordinator)
    old = links.member_invitation_path(invitation)
    later = timezone.now() + timedelta(days=20)
    with time_machine.travel(later, tick=False):
        assert client.get(old).status_code == 404

        resend_invitation(invitation_id=invitation.pk, actor=Actor.of(coordinator), now=later)

        invitation.refresh_from_db()
        assert client.get(links.member_invitation_path(invitation)).status_code == 200
        assert client.get(old).status_code == 404
    assert len(mails()) == 2


def test_a_withdrawn_invitation_does_not_open(provider, coordinator, client):
    invitation = invite(provider, coordinator)

    revoke_invitation(invitation_id=invitation.pk, actor=Actor.of(coordinator), now=timezone.now())
    revoke_invitation(invitation_id=invitation.pk, actor=Actor.of(coordinator), now=timezone.now())

    response = client.get(links.member_invitation_path(invitation))
    assert "Invitationen er trukket tilbage" in response.content.decode()
    with pytest.raises(InvitationUsedError):
        resend_invitation(invitation_id=invitation.pk, actor=Actor.of(coordinator), now=timezone.now())


def test_old_invitations_are_deleted():
    MemberInvitationFactory(delete_after=timezone.localdate() - timedelta(days=1))
    kept = MemberInvitationFactory()

    assert delete_invitations(timezone.now()) == 1
    assert MemberInvitation.objects.get() == kept


# --- saying yes ------------------------------------------------------------------------------------


def test_a_new_person_says_yes_logged_in_with_the_invited_address(provider, coordinator, client):
    invitation = invite(provider, coordinator, role=COORDINATOR)
    path = links.member_invitation_path(invitation)
    page = client.get(path).content.decode()
    assert "Log ind og sig ja" in page
    assert "n…@klar.example" in page
    assert "ny@klar.example" not in page
    user = UserFactory(email="ny@klar.example")
    client = log_in(Client(), user)
    assert "Sig ja" in client.get(path).content.decode()
    assert roles_of(provider, user) == []

    response = client.post(path, follow=True)

    assert roles_of(provider, user) == [COORDINATOR]
    assert "Velkommen. Du er nu koordinator for Klar Tale." in response.content.decode()
    assert "Du har sagt ja" in client.get(path).content.decode()
    client.post(path)
    assert roles_of(provider, user) == [COORDINATOR]


def test_log_in_leads_back_to_the_invitation(provider, coordinator, client):
    path = links.member_invitation_path(invite(provider, coordinator))

    page = client.get(path).content.decode()

    assert f"{reverse('account_login')}?next={path.replace('/', '%2F')}" in page


def test_somebody_else_who_is_logged_in_sees_a_clear_page_and_gets_nothing(provider, coordinator):
    invitation = invite(provider, coordinator)
    other = UserFactory(email="en-anden@example.dk")
    client = log_in(Client(), other)
    path = links.member_invitation_path(invitation)

    page = client.get(path).content.decode()
    client.post(path)

    assert "Du er logget ind med en anden adresse" in page
    assert "en-anden@example.dk" in page
    assert reverse("account_logout") in page
    assert roles_of(provider, other) == []
    with pytest.raises(OtherAddressError):
        accept_invitation(
            invitation_id=invitation.pk, user_id=other.pk, actor=Actor.of(other), now=timezone.now()
        )


def test_an_invitation_that_has_run_out_is_refused(provider, coordinator):
    invitation = invite(provider, coordinator)
    user = UserFactory(email="ny@klar.example")

    with pytest.raises(InvitationExpiredError):
        accept_invitation(
            invitation_id=invitation.pk,
            user_id=user.pk,
            actor=Actor.of(user),
            now=timezone.now() + timedelta(days=15),
        )


def test_an_invitation_to_a_cooperation_that_ended_meanwhile_says_so(client):
    invitation = MemberInvitationFactory(provider=ProviderFactory(ended=True))

    page = client.get(links.member_invitation_path(invitation)).content.decode()

    assert "Samarbejdet er afsluttet" in page
    assert "Sig ja" not in page


# --- changing and removing -------------------------------------------------------------------------


def change(provider, user, roles, actor, **options) -> list[str]:
    return change_roles(
        provider_id=provider.pk,
        user_id=user.pk,
        roles=roles,
        actor=actor if isinstance(actor, Actor) else Actor.of(actor),
        now=timezone.now(),
        **options,
    )


def test_a_changed_role_is_told_and_logged(provider, coordinator, facilitator):
    change(provider, facilitator, [COORDINATOR], coordinator)

    assert roles_of(provider, facilitator) == [COORDINATOR]
    assert mails() == [("member_removed", facilitator.email), ("member_added", facilitator.email)]
    assert "Du er ikke længere oplægsholder for Klar Tale" in text_of(
        Message.objects.get(mail_type="member_removed")
    )
    assert set(Entry.objects.values_list("action", flat=True)) == {
        "provider.member_removed",
        "provider.member_added",
    }


def test_a_coordinator_who_gives_the_role_of_signatory_only_proposes_it(provider, coordinator, facilitator):
    assert change(provider, facilitator, [FACILITATOR, SIGNATORY], coordinator) == [SIGNATORY]

    assert roles_of(provider, facilitator) == [FACILITATOR]
    assert MemberInvitation.objects.get().state == InvitationState.PROPOSED


def test_a_coordinator_cannot_make_themselves_signatory(provider, coordinator):
    change(provider, coordinator, [COORDINATOR, SIGNATORY], coordinator)

    assert roles_of(provider, coordinator) == [COORDINATOR]
    with pytest.raises((NotAllowedError, OwnOrganisationError)):
        confirm_invitation(
            invitation_id=MemberInvitation.objects.get().pk,
            actor=Actor.of(coordinator),
            now=timezone.now(),
        )


@pytest.mark.parametrize("role", [SIGNATORY, COORDINATOR])
def test_the_last_of_a_needed_role_goes_only_knowingly(provider, signatory, coordinator, role):
    user, actor = (signatory, coordinator) if role == SIGNATORY else (coordinator, signatory)

    with pytest.raises(LastOfRoleError):
        change(provider, user, [], actor)
    assert roles_of(provider, user) == [role]

    change(provider, user, [], actor, knows_last=True)

    assert roles_of(provider, user) == []
    assert WorkItem.objects.filter(kind="signatory_missing").count() == (role == SIGNATORY)


def test_the_task_of_a_missing_signatory_closes_when_there_is_one(provider, signatory, coordinator):
    change(provider, signatory, [], coordinator, knows_last=True)
    invitation = invite(provider, SYSTEM, role=SIGNATORY, by_staff=True)
    user = UserFactory(email="ny@klar.example")

    accept_invitation(invitation_id=invitation.pk, user_id=user.pk, actor=Actor.of(user), now=timezone.now())

    assert not WorkItem.objects.open().filter(kind="signatory_missing").exists()


def test_a_closed_account_does_not_count_as_somebody_who_is_left(provider, signatory, coordinator):
    ProviderMemberFactory(provider=provider, role=SIGNATORY, user__is_active=False)

    with pytest.raises(LastOfRoleError):
        change(provider, signatory, [], coordinator)


def test_nobody_leaves_silently(provider, coordinator, signatory, facilitator):
    change(provider, facilitator, [], facilitator)

    assert roles_of(provider, facilitator) == []
    assert sorted(mails()) == sorted(
        [
            ("member_removed", facilitator.email),
            ("member_left", coordinator.email),
            ("member_left", signatory.email),
        ]
    )
    assert "Frank Medlem har selv afgivet sin rolle" in text_of(
        Message.objects.filter(mail_type="member_left").first()
    )


def test_a_facilitator_changes_nobody_and_gives_themselves_nothing(provider, coordinator, facilitator):
    for user, roles in ((coordinator, []), (facilitator, [FACILITATOR, COORDINATOR])):
        with pytest.raises(NotAllowedError):
            change(provider, user, roles, facilitator, knows_last=True)


def test_removing_one_role_leaves_the_others(provider, coordinator, signatory):
    member = ProviderMemberFactory(provider=provider, user=coordinator, role=FACILITATOR)

    remove_member(member_id=member.pk, actor=SYSTEM, now=timezone.now())
    remove_member(member_id=member.pk, actor=SYSTEM, now=timezone.now())

    assert roles_of(provider, coordinator) == [COORDINATOR]


# --- the provider's pages --------------------------------------------------------------------------


def page(client, name, **kwargs):
    return client.get(reverse(name, kwargs={"slug": "klar-tale", **kwargs}))


def test_coordinators_see_addresses_and_invitations_facilitators_only_names(
    provider, coordinator, facilitator
):
    invite(provider, coordinator)

    seen = page(log_in(Client(), coordinator), "provider_members").content.decode()
    plain = page(log_in(Client(), facilitator), "provider_members").content.decode()

    assert "frank@klar.example" in seen
    assert "ny@klar.example" in seen
    assert "Karl Medlem" in plain
    assert "karl@klar.example" not in plain
    assert "ny@klar.example" not in plain
    assert "Invitér en kollega" not in plain


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_members_has_a_fixed_number_of_queries(
    provider, coordinator, django_assert_num_queries, count
):
    ProviderMemberFactory.create_batch(count, provider=provider)
    MemberInvitationFactory.create_batch(count, provider=provider)
    client = log_in(Client(), coordinator)
    page(client, "provider_members")

    with django_assert_num_queries(10):
        page(client, "provider_members")


def test_a_coordinator_invites_sends_again_and_withdraws_on_the_page(provider, coordinator):
    client = log_in(Client(), coordinator)
    url = reverse("provider_member_invite", args=["klar-tale"])
    assert "Skriv din kollegas e-mailadresse." in client.post(url, {}).content.decode()

    client.post(url, {"email": "ny@klar.example", "role": FACILITATOR})
    invitation = MemberInvitation.objects.get()
    for action in ("send-igen", "fjern"):
        client.post(reverse("provider_invitation_action", args=["klar-tale", invitation.pk, action]))

    invitation.refresh_from_db()
    assert (invitation.state, invitation.link_generation) == (InvitationState.REVOKED, 2)


def test_the_page_tells_a_coordinator_that_a_signatory_awaits_a_confirmation(
    provider, coordinator, signatory
):
    client = log_in(Client(), coordinator)
    response = client.post(
        reverse("provider_member_invite", args=["klar-tale"]),
        {"email": "ny@klar.example", "role": SIGNATORY},
        follow=True,
    )
    assert "Forslaget er noteret." in response.content.decode()
    assert "Bekræft og send" not in response.content.decode()

    client = log_in(Client(), signatory)
    assert "Bekræft og send" in page(client, "provider_members").content.decode()
    invitation = MemberInvitation.objects.get()
    client.post(reverse("provider_invitation_action", args=["klar-tale", invitation.pk, "bekraeft"]))

    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT


def test_removing_the_last_signatory_warns_on_the_page_first(provider, coordinator, signatory):
    client = log_in(Client(), coordinator)
    url = reverse("provider_member", args=["klar-tale", signatory.pk])
    assert "Ingen andre er underskriver." in client.get(url).content.decode()

    refused = client.post(url, {"remove": "1"})
    assert refused.status_code == 422
    assert "Så har ingen rollen længere" in refused.content.decode()
    assert roles_of(provider, signatory) == [SIGNATORY]
    client.post(url, {"remove": "1", "knows_last": "1"})

    assert roles_of(provider, signatory) == []


def test_roles_are_changed_on_the_page_with_the_same_warning(provider, coordinator, signatory):
    client = log_in(Client(), signatory)
    url = reverse("provider_member", args=["klar-tale", coordinator.pk])

    assert "Vælg mindst én rolle." in client.post(url, {}).content.decode()
    refused = client.post(url, {"roles": [FACILITATOR]})
    assert "Så har ingen rollen længere" in refused.content.decode()
    client.post(url, {"roles": [FACILITATOR], "knows_last": "1"})

    assert roles_of(provider, coordinator) == [FACILITATOR]


def test_a_facilitator_leaves_by_their_own_page_and_opens_nobody_elses(provider, coordinator, facilitator):
    client = log_in(Client(), facilitator)
    assert page(client, "provider_member", user_id=coordinator.pk).status_code == 404
    url = reverse("provider_member", args=["klar-tale", facilitator.pk])
    assert "Gem rollerne" not in client.get(url).content.decode()

    client.post(url, {"roles": [COORDINATOR]})
    assert roles_of(provider, facilitator) == [FACILITATOR]
    response = client.post(url, {"remove": "1"})

    assert response["Location"] == reverse("provider_index")
    assert roles_of(provider, facilitator) == []


# --- the administration ----------------------------------------------------------------------------


def test_staff_invite_confirm_resend_and_withdraw(staff_client, provider, coordinator):
    client = staff_client("Sagsbehandler")
    invitation = invite(provider, coordinator, role=SIGNATORY)
    inspect = reverse("provider:inspect", args=[provider.pk])
    html = client.get(inspect).content.decode()
    assert "ny@klar.example" in html
    assert "foreslået af Karl Medlem" in html

    for action in ("confirm", "resend", "revoke"):
        client.post(reverse("provider:invitation", args=[provider.pk, invitation.pk, action]))
    client.post(
        reverse("provider:invite_member", args=[provider.pk]),
        {"email": "to@klar.example", "role": SIGNATORY},
    )

    states = MemberInvitation.objects.order_by("pk").values_list("email", "state")
    assert list(states) == [
        ("ny@klar.example", InvitationState.REVOKED),
        ("to@klar.example", InvitationState.SENT),
    ]


def test_staff_are_warned_before_they_take_the_last_signatory_away(staff_client, provider, signatory):
    client = staff_client("Sagsbehandler")
    member = ProviderMember.objects.get(user=signatory)
    url = reverse("provider:remove_member", args=[provider.pk, member.pk])

    page_before = client.get(url).content.decode()
    assert "Så er der ingen, der kan underskrive charteret." in page_before
    assert ProviderMember.objects.filter(pk=member.pk).exists()
    client.post(url)
    client.post(url)

    assert not ProviderMember.objects.filter(pk=member.pk).exists()
    assert ("member_removed", signatory.email) in mails()
