"""A provider with a coordinator, and the page tree."""

import pytest
from django.test import Client

from charter.enums import MemberRole
from tests.factories.accounts import UserFactory, log_in
from tests.factories.charter import ProviderFactory, ProviderMemberFactory


@pytest.fixture
def provider(portal_site):
    return ProviderFactory(covered=True, name="Klikklar", slug="klikklar")


@pytest.fixture
def member(provider):
    """`member(MemberRole.FACILITATOR)`: a client of somebody with that role."""

    def make(role=MemberRole.COORDINATOR, of=None):
        user = UserFactory()
        ProviderMemberFactory(provider=of or provider, user=user, role=role)
        return log_in(Client(), user)

    return make
