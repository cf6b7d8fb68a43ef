"""«Bliv udbyder»: the form, the link, the two answers, invitations, and every state of each link."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from charter.enums import MemberRole, ProviderState
from charter.errors import ProviderNameTakenError, ReasonMissingError
from charter.models import Provider, ProviderApplication, ProviderInvitation, ProviderMember, VettingCase
from charter.operations.applications import (
    accept_application,
    attach_application,
    decline_application,
    delete_applications,
    invite_provider,
    prove_application,
    resend_provider_invitation,
    revoke_provider_invitation,
)
from charter.organisation import links
from charter.organisation.enums import ApplicationState, CaseKind, CaseState
from charter.organisation.errors import ApplicationAnsweredError, InvitationUsedError, OwnApplicationError
from core.audit.log import LINK, SYSTEM, Actor
from core.outbox.models import Message
from core.outbox.registry import get, page_of
from core.outbox.rendering import render
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory, log_in
from tests.factories.charter import (
    ProviderApplicationFactory,
    ProviderFactory,
    ProviderInvitationFactory,
    ProviderMemberFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(portal_site):
    """Every page stands in the site's frame."""


def typed(**changes):
    values = {
        "name": "Foreningen Ny",
        "kind": "civil_society",
        "cvr": "64 94 22 12",
        "presentation": "Vi vil gerne holde workshops.",
        "website": "www.ny.example",
        "contact_name": "Anna Ansøger",
        "contact_email": "Anna@Ny.Example",
        "contact_phone": "12 34 56 78",
        "may_sign": "on",
        "submission_key": str(uuid4()),
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def mails() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("mail_type", "to_email"))


def text_of(message: Message, language: str = "da") -> str:
    content = get(message.mail_type).build(message.ids, language, timezone.now())
    assert content is not None
    rendered = render(get(message.mail_type), content, language=language, delete_on=timezone.localdate())
    return " ".join(rendered.text.split())


# --- the form --------------------------------------------------------------------------------------


def test_an_application_is_noted_asks_for_proof_and_is_no_task_yet(client):
    response = client.post(reverse("provider_apply"), typed())

    assert response["Location"] == reverse("provider_apply_sent")
    application = ProviderApplication.objects.get()
    assert (application.cvr, application.contact_email) == ("64942212", "anna@ny.example")
    assert (application.website, application.may_sign) == ("https://www.ny.example", True)
    assert application.state == ApplicationState.UNPROVEN
    assert mails() == [("application_confirm", "anna@ny.example")]
    assert not WorkItem.objects.exists()
    assert "48 timer" in client.get(response["Location"]).content.decode()


def test_the_mail_to_an_unproven_address_carries_nothing_that_was_typed(client):
    client.post(reverse("provider_apply"), typed(name="KØB NU", contact_name="Spam Spammer"))

    text = text_of(Message.objects.get())

    assert "KØB NU" not in text
    assert "Spam" not in text
    assert links.application_path(ProviderApplication.objects.get()) in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Skriv organisationens navn."),
        ({"kind": None}, "Vælg, hvilken slags organisation I er."),
        ({"cvr": ""}, "Skriv CVR-nummeret, eller sæt kryds ved, at I er en forening uden."),
        ({"cvr": "64942213"}, "CVR-nummeret findes ikke: Tjek cifrene."),
        ({"cvr": "1234"}, "Skriv CVR-nummeret som otte cifre."),
        ({"cvr": "64942212", "has_no_cvr": "on"}, "Slet CVR-nummeret, eller fjern krydset nedenfor."),
        (
            {"cvr": "", "has_no_cvr": "on", "kind": "supplier"},
            "En virksomhed har et CVR-nummer. Skriv det, eller vælg, at I er en forening.",
        ),
        ({"p_number": "123"}, "Skriv P-nummeret som ti cifre."),
        (
            {"cvr": "", "has_no_cvr": "on", "p_number": "1234567890"},
            "Et P-nummer hører til et CVR-nummer. Slet det, eller skriv begge.",
        ),
        ({"website": "ikke en side"}, "Skriv hjemmesidens adresse sådan: www.eksempel.dk."),
        ({"presentation": ""}, "Skriv et par linjer om, hvad I gerne vil tilbyde."),
        ({"contact_email": "anna"}, "Skriv e-mailadressen sådan: navn@eksempel.dk."),
        ({"contact_phone": ""}, "Skriv et telefonnummer, vi kan få fat i dig på."),
        ({"kind": "municipal_team"}, "Vælg, hvilken slags organisation I er."),
    ],
)
def test_the_form_says_what_to_do_and_keeps_what_was_typed(client, changes, message):
    response = client.post(reverse("provider_apply"), typed(**changes))

    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert "12 34 56 78" in html or "contact_phone" in changes
    assert not ProviderApplication.objects.exists()


def test_an_association_without_a_cvr_number_applies(client):
    client.post(reverse("provider_apply"), typed(cvr="", has_no_cvr="on"))

    assert ProviderApplication.objects.get().cvr is None


def test_the_same_form_sent_twice_is_one_application(client):
    data = typed()

    client.post(reverse("provider_apply"), data)
    client.post(reverse("provider_apply"), data)

    assert ProviderApplication.objects.count() == 1
    assert len(mails()) == 1


def test_the_answer_is_the_same_for_an_organisation_that_is_known(client):
    ProviderFactory(name="Foreningen Ny", cvr="64942212", declined=True)

    known = client.post(reverse("provider_apply"), typed())
    unknown = client.post(reverse("provider_apply"), typed(name="Helt anden", cvr="99000007"))

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    first, second = ProviderApplication.objects.order_by("pk")
    pages = [
        client.post(links.application_path(row), follow=True).content.decode() for row in (first, second)
    ]
    assert all("Vi har fået jeres ansøgning" in page for page in pages)
    assert "Har afvist charteret" not in pages[0]


def test_one_address_can_apply_five_times_in_six_hours(client):
    with time_machine.travel("2026-05-04T10:00:00+02:00", tick=False):
        statuses = [client.post(reverse("provider_apply"), typed()).status_code for _try in range(6)]

    assert statuses == [302, 302, 302, 302, 302, 429]


def test_who_acts_for_a_provider_is_told_so_on_the_form():
    member = ProviderMemberFactory(provider__name="Klar Tale")

    html = log_in(Client(), member.user).get(reverse("provider_apply")).content.decode()

    assert "Du er allerede med hos en udbyder" in html
    assert "Du skal ikke søge igen for Klar Tale." in html


# --- the link --------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing_and_pressing_the_button_makes_a_task(client):
    application = ProviderApplicationFactory(unproven=True)
    path = links.application_path(application)

    page = client.get(path).content.decode()
    application.refresh_from_db()
    assert "Bekræft og send ansøgningen" in page
    assert application.state == ApplicationState.UNPROVEN

    response = client.post(path, follow=True)

    application.refresh_from_db()
    assert application.state == ApplicationState.WAITING
    assert "Vi har fået jeres ansøgning" in response.content.decode()
    item = WorkItem.objects.get()
    assert (item.kind, item.subject) == ("provider_application", f"providerapplication:{application.pk}")
    assert application.name not in str(item.data)
    assert mails() == [("application_received", application.contact_email)]
    client.post(path)
    assert WorkItem.objects.count() == 1


def test_a_link_that_is_too_late_says_so_and_leads_to_the_form(client):
    application = ProviderApplicationFactory(unproven=True)
    path = links.application_path(application)

    with time_machine.travel(timezone.now() + timedelta(hours=49), tick=False):
        response = client.post(path)

    assert response.status_code == 404
    assert "Ansøgningen blev ikke bekræftet i tide" in response.content.decode()
    assert reverse("provider_apply") in response.content.decode()


def test_a_link_to_an_application_that_is_deleted_says_so(client):
    application = ProviderApplicationFactory(unproven=True)
    path = links.application_path(application)
    application.delete()

    assert "slettet efter vores regler" in client.get(path).content.decode()


def test_an_altered_link_opens_nothing(client):
    path = links.application_path(ProviderApplicationFactory())

    response = client.get(path[:-3] + "x/")

    assert response.status_code == 404
    assert "Linket virker ikke længere" in response.content.decode()


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (ApplicationState.WAITING, "Vi læser den og svarer dig på mail."),
        (ApplicationState.ACCEPTED, "Jeres organisation er på portalen"),
        (ApplicationState.DECLINED, "Det passer ikke ind lige nu."),
    ],
)
def test_the_link_tells_how_the_application_stands_ever_after(client, state, text):
    application = ProviderApplicationFactory(state=state, reason="Det passer ikke ind lige nu.")

    assert text in client.get(links.application_path(application)).content.decode()


def test_a_newer_application_of_the_same_person_takes_the_place_of_the_older():
    older = ProviderApplicationFactory(name="Foreningen Ny", contact_email="anna@ny.example")
    newer = ProviderApplicationFactory(name="foreningen ny", contact_email="anna@ny.example", unproven=True)

    prove_application(application_id=newer.pk, actor=LINK, now=timezone.now())

    assert list(ProviderApplication.objects.values_list("pk", "state")) == [
        (newer.pk, ApplicationState.WAITING)
    ]
    assert not ProviderApplication.objects.filter(pk=older.pk).exists()


# --- the answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("may_sign", "roles"), [(True, ["coordinator", "signatory"]), (False, ["coordinator"])]
)
def test_accepting_makes_a_provider_in_vetting_with_the_applicant_as_coordinator(may_sign, roles):
    application, actor = ProviderApplicationFactory(cvr="64942212"), Actor.of(UserFactory())

    provider = accept_application(
        application_id=application.pk,
        name="Foreningen Ny",
        kind="civil_society",
        may_sign=may_sign,
        actor=actor,
        now=timezone.now(),
    )

    provider.refresh_from_db()
    assert (provider.state, provider.cvr) == (ProviderState.VETTING, "64942212")
    members = ProviderMember.objects.filter(user__email=application.contact_email)
    assert sorted(members.values_list("role", flat=True)) == roles
    assert members.first().user.get_full_name() == "Anna Ansøger"
    case = VettingCase.objects.get()
    assert (case.kind, case.state) == (CaseKind.ADMISSION, CaseState.OPEN)
    assert mails() == [("application_accepted", application.contact_email)]
    text = text_of(Message.objects.get())
    assert "koordinator og underskriver" in text or not may_sign
    assert reverse("provider_home", args=[provider.slug]) in text


def test_accepting_closes_the_task_and_works_once():
    application = ProviderApplicationFactory(unproven=True)
    prove_application(application_id=application.pk, actor=LINK, now=timezone.now())
    facts = {"name": "Ny", "kind": "supplier", "may_sign": False, "actor": SYSTEM, "now": timezone.now()}

    accept_application(application_id=application.pk, **facts)

    assert not WorkItem.objects.open().exists()
    with pytest.raises(ApplicationAnsweredError):
        accept_application(application_id=application.pk, **facts)


def test_accepting_a_name_that_is_taken_is_refused_and_changes_nothing():
    ProviderFactory(name="Foreningen Ny")
    application = ProviderApplicationFactory()

    with pytest.raises(ProviderNameTakenError):
        accept_application(
            application_id=application.pk,
            name="Foreningen Ny",
            kind="supplier",
            may_sign=False,
            actor=SYSTEM,
            now=timezone.now(),
        )

    application.refresh_from_db()
    assert application.state == ApplicationState.WAITING


def test_an_applicant_of_a_known_provider_becomes_its_coordinator_never_its_signatory():
    provider = ProviderFactory()
    application = ProviderApplicationFactory(may_sign=True)

    attach_application(
        application_id=application.pk, provider_id=provider.pk, actor=SYSTEM, now=timezone.now()
    )

    application.refresh_from_db()
    assert (application.state, application.provider) == (ApplicationState.ACCEPTED, provider)
    assert list(provider.memberships.values_list("user__email", "role")) == [
        (application.contact_email, MemberRole.COORDINATOR)
    ]
    assert mails() == [("member_added", application.contact_email)]


def test_declining_needs_a_reason_which_the_applicant_gets():
    application = ProviderApplicationFactory()
    with pytest.raises(ReasonMissingError):
        decline_application(application_id=application.pk, reason=" ", actor=SYSTEM, now=timezone.now())

    decline_application(
        application_id=application.pk, reason="Vi mangler ikke flere.", actor=SYSTEM, now=timezone.now()
    )

    assert "Vi mangler ikke flere." in text_of(Message.objects.get(mail_type="application_declined"))
    assert not Provider.objects.exists()


def test_an_application_that_is_not_proven_cannot_be_answered():
    application = ProviderApplicationFactory(unproven=True)

    with pytest.raises(ApplicationAnsweredError):
        decline_application(application_id=application.pk, reason="x", actor=SYSTEM, now=timezone.now())


def answers_of(application, provider, actor):
    """Each way to answer an application."""
    facts = {"application_id": application.pk, "actor": actor, "now": timezone.now()}
    return (
        lambda: accept_application(name="Ny", kind="supplier", may_sign=True, **facts),
        lambda: attach_application(provider_id=provider.pk, **facts),
        lambda: decline_application(reason="Nej", **facts),
    )


@pytest.mark.parametrize("whose", ["applicant", "member by CVR", "member by name"])
def test_nobody_answers_an_application_of_their_own(whose):
    caseworker, provider = UserFactory(email="bo@kk.example"), ProviderFactory()
    application = ProviderApplicationFactory(cvr="64942212")
    if whose == "applicant":
        application = ProviderApplicationFactory(contact_email="Bo@KK.example")
    else:
        same = {"cvr": "64942212"} if whose == "member by CVR" else {"name": application.name}
        ProviderMemberFactory(user=caseworker, provider=ProviderFactory(**same))

    for answer in answers_of(application, provider, Actor.of(caseworker)):
        with pytest.raises(OwnApplicationError):
            answer()

    application.refresh_from_db()
    assert (application.state, mails()) == (ApplicationState.WAITING, [])
    accepted = answers_of(application, provider, Actor.of(UserFactory()))[2]()
    assert accepted.state == ApplicationState.DECLINED


@pytest.mark.parametrize("as_contact", [False, True], ids=["member", "contact"])
def test_nobody_takes_an_applicant_into_their_own_organisation(as_contact):
    caseworker = UserFactory(email="bo@kk.example")
    provider = ProviderFactory(contact_email="Bo@kk.example" if as_contact else "")
    if not as_contact:
        ProviderMemberFactory(user=caseworker, provider=provider)
    application = ProviderApplicationFactory()

    with pytest.raises(OwnApplicationError):
        answers_of(application, provider, Actor.of(caseworker))[1]()

    assert not provider.memberships.exclude(user=caseworker).exists()


def test_a_caseworker_sees_that_a_colleague_must_answer_their_own_application(staff_client):
    client = staff_client("Sagsbehandler")
    application = ProviderApplicationFactory()
    accept = reverse("provider_application:accept", args=[application.pk])
    page = reverse("provider_application:inspect", args=[application.pk])
    assert accept in client.get(page).content.decode()
    ProviderApplication.objects.update(contact_email=get_user_model().objects.get().email)

    html = client.get(page).content.decode()
    refused = client.post(accept, {"name": "Mit eget", "kind": "civil_society"}).content.decode()

    assert accept not in html
    for shown in (html, refused):
        assert "En kollega skal svare: Det er din egen ansøgning" in shown
    assert 'value="Mit eget"' in refused
    assert not Provider.objects.exists()


# --- the administration ----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_applications_has_a_fixed_number_of_queries_and_no_unproven_ones(
    staff_client, django_assert_num_queries, count
):
    client = staff_client("Administration")
    ProviderApplicationFactory.create_batch(count)
    ProviderApplicationFactory(unproven=True, name="Ubekræftet")
    client.get(reverse("provider_application:index"))

    with django_assert_num_queries(8):
        response = client.get(reverse("provider_application:index"))

    assert len(response.context["object_list"]) == count


def test_staff_see_what_an_application_may_be_about_and_accept_it(staff_client):
    client = staff_client("Sagsbehandler")
    known = ProviderFactory(name="Gammel Ny", cvr="64942212", ended=True)
    application = ProviderApplicationFactory(cvr="64942212")

    page = client.get(reverse("provider_application:inspect", args=[application.pk])).content.decode()
    assert "Det kan være en udbyder, I allerede har:" in page
    assert reverse("provider:inspect", args=[known.pk]) in page
    refused = client.post(
        reverse("provider_application:accept", args=[application.pk]),
        {"name": "Foreningen Ny", "kind": "civil_society"},
    )
    assert str(ProviderNameTakenError()) in refused.content.decode()
    client.post(reverse("provider_application:attach", args=[application.pk]), {"provider": known.pk})

    application.refresh_from_db()
    assert application.provider == known


def test_what_an_applicant_wrote_keeps_its_lines_and_is_only_words(staff_client):
    application = ProviderApplicationFactory(presentation="Vi er nye.\n<b>Vi</b> vil gerne.")

    page = staff_client("Sagsbehandler").get(reverse("provider_application:inspect", args=[application.pk]))

    assert "Vi er nye.<br>&lt;b&gt;Vi&lt;/b&gt; vil gerne." in page.content.decode()


def test_an_application_whose_mail_bounced_says_so_on_its_page(staff_client):
    application = ProviderApplicationFactory(unproven=True)
    prove_application(application_id=application.pk, actor=LINK, now=timezone.now())
    message = Message.objects.get()
    message.state = "bounced"
    message.save()

    html = staff_client("Sagsbehandler").get(page_of(message.about)).content.decode()

    assert "Bliv udbyder: ansøgningen er modtaget" in html
    assert message.get_state_display() in html


def test_staff_decline_with_a_reason(staff_client):
    client, application = staff_client("Sagsbehandler"), ProviderApplicationFactory()
    url = reverse("provider_application:decline", args=[application.pk])

    assert "Skriv begrundelsen." in client.post(url, {"reason": ""}).content.decode()
    client.post(url, {"reason": "Det passer ikke."})

    application.refresh_from_db()
    assert application.state == ApplicationState.DECLINED


# --- by invitation ---------------------------------------------------------------------------------


def invite(**changes) -> ProviderInvitation:
    values = {
        "organisation": "Netværket Broen",
        "kind": "civil_society",
        "email": "birgit@bro.example",
        "cvr": "64942212",
        "contact_name": "Birgit Bro",
        "actor": SYSTEM,
        "now": timezone.now(),
    }
    return invite_provider(**{**values, **changes})


def test_an_invitation_fills_the_form_in_and_its_address_needs_no_second_proof(client):
    invitation = invite()
    path = links.provider_invitation_path(invitation)
    assert path in text_of(Message.objects.get())
    page = client.get(path).content.decode()
    assert 'value="Netværket Broen"' in page
    assert 'value="64942212"' in page

    response = client.post(path, typed(contact_email="birgit@bro.example"), follow=True)

    application = ProviderApplication.objects.get()
    assert (application.state, application.invitation) == (ApplicationState.WAITING, invitation)
    assert "Vi har fået jeres ansøgning" in response.content.decode()


def test_an_invited_person_who_types_another_address_must_prove_it(client):
    client.post(links.provider_invitation_path(invite()), typed(contact_email="bent@bro.example"))

    assert ProviderApplication.objects.get().state == ApplicationState.UNPROVEN
    assert ("application_confirm", "bent@bro.example") in mails()


@pytest.mark.parametrize(
    ("trait", "text"),
    [
        ("used", "Invitationen er brugt"),
        ("revoked", "Vi har trukket invitationen tilbage."),
        ("expired", "Det er udløbet."),
    ],
)
def test_an_invitation_that_no_longer_works_says_why(client, trait, text):
    invitation = ProviderInvitationFactory(**{trait: True})
    path = links.provider_invitation_path(invitation)

    for response in (client.get(path), client.post(path, typed())):
        assert response.status_code == 404
        assert text in response.content.decode()
    assert not ProviderApplication.objects.exists()


def test_an_invitation_sent_again_kills_the_old_link(client):
    invitation = invite()
    old = links.provider_invitation_path(invitation)

    resend_provider_invitation(invitation_id=invitation.pk, actor=SYSTEM, now=timezone.now())

    invitation.refresh_from_db()
    assert client.get(old).status_code == 404
    assert client.get(links.provider_invitation_path(invitation)).status_code == 200
    first, second = Message.objects.order_by("pk")
    assert get("provider_invited").build(first.ids, "da", timezone.now()) is None
    assert get("provider_invited").build(second.ids, "da", timezone.now()) is not None


def test_a_used_invitation_can_be_neither_withdrawn_nor_sent_again():
    invitation = ProviderInvitationFactory(used=True)

    for operation in (revoke_provider_invitation, resend_provider_invitation):
        with pytest.raises(InvitationUsedError):
            operation(invitation_id=invitation.pk, actor=SYSTEM, now=timezone.now())


def test_staff_invite_resend_and_withdraw(staff_client):
    client = staff_client("Sagsbehandler")
    client.post(
        reverse("provider_invitation:add"),
        {
            "organisation": "Netværket Broen",
            "kind": "civil_society",
            "email": "birgit@bro.example",
            "language": "da",
        },
    )
    invitation = ProviderInvitation.objects.get()

    client.post(reverse("provider_invitation:action_resend", args=[invitation.pk]))
    client.post(reverse("provider_invitation:action_revoke", args=[invitation.pk]))

    invitation.refresh_from_db()
    assert invitation.link_generation == 2
    assert invitation.revoked_at is not None
    assert len(mails()) == 2


# --- retention -------------------------------------------------------------------------------------


def test_applications_go_by_rule_but_never_one_that_awaits_our_answer():
    now = timezone.now()
    long_ago = timezone.localdate(now) - timedelta(days=1)
    unproven = ProviderApplicationFactory(unproven=True, created_at=now - timedelta(hours=49))
    declined = ProviderApplicationFactory(declined=True, delete_after=long_ago)
    kept = [
        ProviderApplicationFactory(delete_after=long_ago),
        ProviderApplicationFactory(declined=True),
        ProviderApplicationFactory(unproven=True),
    ]
    ProviderInvitationFactory(delete_after=long_ago)

    assert delete_applications(now) == 3
    assert delete_applications(now) == 0
    assert set(ProviderApplication.objects.values_list("pk", flat=True)) == {row.pk for row in kept}
    assert unproven.pk != declined.pk
