"""The small world in which rows of the access matrix are tried."""

from django.utils import timezone

from charter.enums import MemberRole
from charter.models import ProviderMember
from core.accounts.roles import ADMINISTRATION, AUDITOR, CASEWORKER, EDITOR
from tests.access.rows import World
from tests.factories.accounts import UserFactory
from tests.factories.charter import ProviderFactory

STAFF = {
    "editor": EDITOR,
    "caseworker": CASEWORKER,
    "auditor": AUDITOR,
    "administration": ADMINISTRATION,
}


def make_world() -> World:
    """Make the people and the two providers; the fixture `portal_site` must be there."""
    now = timezone.now()
    people = {
        "teacher": UserFactory(email="laerer@skole.example.dk"),
        "other_person": UserFactory(email="en-anden@example.dk"),
        "provider_member_own": UserFactory(email="egen@udbyder.example.dk"),
        "provider_member_other": UserFactory(email="anden@udbyder.example.dk"),
        **{name: UserFactory(roles=[role]) for name, role in STAFF.items()},
    }
    own, other = ProviderFactory(covered=True), ProviderFactory(covered=True)
    for provider, member in ((own, "provider_member_own"), (other, "provider_member_other")):
        for role in (MemberRole.COORDINATOR, MemberRole.SIGNATORY):
            ProviderMember.objects.create(provider=provider, user=people[member], role=role, since=now.date())
    return World(now=now, provider=own, other_provider=other, people=people)
