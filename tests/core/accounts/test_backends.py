"""Who a session belongs to and what they may do, and what reading it costs."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from wagtail.users.models import UserProfile

from core.accounts.backends import AccountBackend
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def _permission(codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label="wagtailadmin", codename=codename)


@pytest.mark.parametrize("roles", [1, 3])
def test_a_person_their_settings_and_their_permissions_take_two_statements(roles, django_assert_num_queries):
    user = UserFactory(roles=["Administration", "Redaktør", "Sagsbehandler"][:roles])
    UserProfile.objects.create(user=user, theme="dark")

    with django_assert_num_queries(2):
        found = AccountBackend().get_user(user.pk)
        assert found.wagtail_userprofile.theme == "dark"
        assert found.has_perm("wagtailadmin.access_admin")
        assert found.is_staff_member
        assert not found.has_perm("wagtailadmin.no_such_thing")


@pytest.mark.parametrize(
    "traits",
    [
        {"roles": ["Administration"]},
        {"roles": ["Redaktør", "Sagsbehandler"]},
        {"roles": []},
        {"is_superuser": True},
        {"roles": ["Administration"], "is_active": False},
    ],
    ids=["one role", "two roles", "no role", "superuser", "inactive"],
)
def test_permissions_are_those_that_django_finds(traits):
    user = UserFactory(**traits)
    user.user_permissions.add(_permission("access_admin"))
    again = type(user).objects.get(pk=user.pk)

    assert AccountBackend().get_all_permissions(user) == ModelBackend().get_all_permissions(again)


def test_an_inactive_person_and_an_unknown_one_are_nobody():
    user = UserFactory(is_active=False)

    assert AccountBackend().get_user(user.pk) is None
    assert AccountBackend().get_user(0) is None
