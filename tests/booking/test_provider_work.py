"""A provider's front page: what waits for the reader, by role, and the ways to everything."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from charter.enums import MemberRole
from tests.factories.accounts import UserFactory, log_in
from tests.factories.booking import book
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.requests import ask
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Approval, DraftState
from workshops.models import OfferDraft, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(portal_site):
    return ProviderFactory(covered=True)


def front(provider, *roles):
    user = UserFactory()
    for role in roles:
        ProviderMemberFactory(provider=provider, user=user, role=role)
    return log_in(Client(), user).get(reverse("provider_home", args=[provider.slug])).content.decode()


@pytest.fixture
def everything(provider):
    """One of each that waits."""
    over = SessionFactory(offer=OfferFactory(provider=provider))
    book(over)
    moment = timezone.now()
    Session.objects.filter(pk=over.pk).update(
        starts_at=moment - timedelta(hours=3),
        ends_at=moment - timedelta(hours=1),
        local_date=(moment - timedelta(hours=3)).date(),
    )
    book(SessionFactory(offer=OfferFactory(provider=provider, approval=Approval.PROVIDER)))
    ask(OfferFactory(provider=provider))
    OfferDraft.objects.create(
        provider=provider,
        key="0f2a3f4e-0000-4000-8000-000000000001",
        state=DraftState.RETURNED,
        created_at=moment,
        changed_at=moment,
        answered_at=moment,
    )


def test_a_coordinator_sees_all_that_waits(provider, everything):
    page = front(provider, MemberRole.COORDINATOR)

    for text in (
        "Indberet 1 afholdelse",
        "Svar på 1 booking",
        "Svar på 1 anmodning om en tid",
        "Ret 1 tilbud, der er sendt tilbage",
        "Planlæg tider",
        "Jeres tilbud",
    ):
        assert text in page


def test_a_facilitator_sees_the_reports_only(provider, everything):
    page = front(provider, MemberRole.FACILITATOR)

    assert "Indberet 1 afholdelse" in page
    for text in ("Svar på 1 booking", "Ret 1 tilbud", "Planlæg tider"):
        assert text not in page


def test_a_signatory_sees_the_charter(portal_site):
    page = front(ProviderFactory(municipal=True), MemberRole.SIGNATORY)

    assert "Der er intet, der venter på dig lige nu." in page


def test_what_waits_for_others_is_not_counted(provider, everything):
    assert "Der er intet, der venter på dig lige nu." in front(
        ProviderFactory(covered=True), MemberRole.COORDINATOR
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_front_page_takes_the_same_queries(count, provider, settings, django_assert_num_queries):
    settings.PORTAL_FRAME_CACHE_SECONDS = 60
    user = UserFactory()
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.COORDINATOR)
    client = log_in(Client(), user)
    for _number in range(count):
        book(SessionFactory(offer=OfferFactory(provider=provider, approval=Approval.PROVIDER)))
        ask(OfferFactory(provider=provider))

    client.get(reverse("provider_home", args=[provider.slug]))

    with django_assert_num_queries(14):
        client.get(reverse("provider_home", args=[provider.slug]))
