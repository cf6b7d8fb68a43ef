"""Where a person's tree of pages begins, which every page of the administration asks for."""

import pytest
from django.contrib.auth.models import Permission
from wagtail.models import GroupPagePermission, Page
from wagtail.permissions import policy_registry

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def may_change(user, *pages):
    """Let a person change some pages and those below."""
    change = Permission.objects.get(codename="change_page", content_type__app_label="wagtailcore")
    for page in pages:
        GroupPagePermission.objects.create(group=user.groups.get(), page=page, permission=change)


def test_a_tree_begins_at_the_one_page_a_persons_permissions_name_without_asking_again(
    portal_site, django_assert_num_queries
):
    user = UserFactory(roles=["Sagsbehandler"])
    may_change(user, portal_site.home.page_ptr)

    with django_assert_num_queries(1):
        root = policy_registry.get_by_type(Page).explorable_root_instance(user)

    assert root == portal_site.home.page_ptr


def test_a_tree_begins_where_several_pages_have_an_ancestor_in_common(portal_site):
    user = UserFactory(roles=["Sagsbehandler"])
    may_change(user, portal_site.home.page_ptr, portal_site.english_home.page_ptr)

    root = policy_registry.get_by_type(Page).explorable_root_instance(user)

    assert root == Page.get_first_root_node()


def test_who_may_change_no_page_has_no_tree(portal_site):
    user = UserFactory(roles=["Revisor"])

    assert policy_registry.get_by_type(Page).explorable_root_instance(user) is None
