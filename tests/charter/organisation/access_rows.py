"""Who may apply, say yes to an invitation, look after members and answer in a vetting case."""

from uuid import uuid4

from charter.enums import MemberRole
from charter.models import VettingCase
from charter.organisation import links
from charter.organisation.enums import CaseState, EntryKind
from tests.access.rows import LOGIN, row
from tests.factories.charter import (
    MemberInvitationFactory,
    ProviderApplicationFactory,
    ProviderInvitationFactory,
    VettingCaseFactory,
    VettingEntryFactory,
)


def token_of(path):
    return {"token": path.rstrip("/").rpartition("/")[2]}


def application(world):
    return token_of(links.application_path(ProviderApplicationFactory(unproven=True)))


def invited_provider(world):
    return token_of(links.provider_invitation_path(ProviderInvitationFactory()))


def invited_member(world):
    made = MemberInvitationFactory(provider=world.provider, email=world.people["teacher"].email)
    return token_of(links.member_invitation_path(made))


def provider(world):
    return {"slug": world.provider.slug}


def invitation(action):
    def make(world):
        made = MemberInvitationFactory(provider=world.provider, proposed=action == "bekraeft")
        return {"slug": world.provider.slug, "invitation_id": made.pk, "action": action}

    return make


def member(world):
    return {"slug": world.provider.slug, "user_id": world.people["provider_member_own"].pk}


def case(world):
    made = VettingCase.objects.filter(provider=world.provider).first() or VettingCaseFactory(
        provider=world.provider, state=CaseState.AWAITING_ANSWER, due_on=world.now.date()
    )
    VettingEntryFactory(case=made)
    return {"slug": world.provider.slug}


def file_of(kind):
    def make(world):
        from django.core.files.base import ContentFile

        made = VettingCaseFactory(provider=world.provider)
        entry = VettingEntryFactory(case=made, kind=kind, file_name="svar.pdf")
        entry.file.save("svar.pdf", ContentFile(b"%PDF-1.7"))
        return {"slug": world.provider.slug, "entry_id": entry.pk}

    return make


APPLICATION = {
    "name": "Foreningen Ny",
    "kind": "civil_society",
    "has_no_cvr": "on",
    "presentation": "Vi vil gerne holde workshops.",
    "contact_name": "Anna Ansøger",
    "contact_email": "anna@forening.example.dk",
    "contact_phone": "12345678",
    "submission_key": str(uuid4()),
}
OWN = {"anonymous": LOGIN, "logged_in": 404}

ROWS = [
    row("provider_apply", everyone=200),
    row("provider_apply", method="post", everyone=422),
    row("provider_apply", method="post", data=APPLICATION, everyone=302),
    row("provider_apply_sent", everyone=200),
    row("provider_apply_invited", invited_provider, everyone=200),
    row("provider_apply_invited", invited_provider, method="post", data=APPLICATION, everyone=302),
    row("provider_application", application, everyone=200),
    row("provider_application", application, method="post", everyone=302),
    row("member_invitation", invited_member, everyone=200),
    row("member_invitation", invited_member, method="post", everyone=200, teacher=302),
    row("provider_members", provider, **OWN, provider_member_own=200),
    row("provider_member_invite", provider, **OWN, provider_member_own=200),
    row("provider_member_invite", provider, method="post", **OWN, provider_member_own=422),
    row(
        "provider_member_invite",
        provider,
        method="post",
        data={"email": "kollega@example.dk", "role": MemberRole.FACILITATOR},
        **OWN,
        provider_member_own=302,
    ),
    *(
        row("provider_invitation_action", invitation(action), method="post", **OWN, provider_member_own=302)
        for action in ("send-igen", "fjern", "bekraeft")
    ),
    row("provider_invitation_action", invitation("fjern"), anonymous=LOGIN, logged_in=405),
    row("provider_member", member, **OWN, provider_member_own=200),
    row(
        "provider_member",
        member,
        method="post",
        data={"roles": [MemberRole.COORDINATOR], "knows_last": "1"},
        **OWN,
        provider_member_own=302,
    ),
    row("provider_case", case, **OWN, provider_member_own=200),
    row("provider_case", case, method="post", data={"text": "Svar"}, **OWN, provider_member_own=302),
    row("provider_case_file", file_of(EntryKind.ANSWER), **OWN, provider_member_own=200),
    row("provider_case_file", file_of(EntryKind.NOTE), **OWN),
]
