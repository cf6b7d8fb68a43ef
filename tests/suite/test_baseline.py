"""Tests that commit leave the database as the migrations made it."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from pytest_django import DjangoDbBlocker
from wagtail.models import Locale, Page

from tests.conftest import PortalSite

SEEN: list[tuple[list[str], list[str], int]] = []


def _what_migrations_left() -> tuple[list[str], list[str], int]:
    return (
        list(Page.objects.order_by("path").values_list("path", flat=True)),
        list(Locale.objects.order_by("language_code").values_list("language_code", flat=True)),
        Group.objects.count(),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_committed_change_is_gone_in_the_next_test(turn: int):
    SEEN.append(_what_migrations_left())
    assert SEEN[0] == SEEN[-1]
    assert Page.objects.exists()

    Group.objects.create(name=f"left behind {turn}")
    Page.objects.all().delete()
    Locale.objects.all().delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_trigger_that_refuses_deletion_does_not_stop_the_restoring(turn: int):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER IF NOT EXISTS kept BEFORE DELETE ON auth_group "
                "BEGIN SELECT RAISE(ABORT, 'kept'); END"
            )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'kept'; END $$"
            )
            cursor.execute(
                "CREATE OR REPLACE TRIGGER kept BEFORE TRUNCATE ON auth_group EXECUTE FUNCTION refuse()"
            )

    Group.objects.create(name="kept by a trigger")

    assert not Group.objects.filter(name="left behind 1").exists()


@pytest.fixture(autouse=True, scope="module")
def _trigger_dropped(django_db_setup: None, django_db_blocker: DjangoDbBlocker):
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS kept")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS kept ON auth_group")
            cursor.execute("DROP FUNCTION IF EXISTS refuse")


@pytest.mark.django_db(transaction=True)
def test_the_portal_site_is_there_in_a_test_that_commits(portal_site: PortalSite):
    assert portal_site.site.root_page_id == portal_site.home.pk
    assert portal_site.english_home.locale.language_code == "en"


@pytest.mark.django_db
def test_the_portal_site_answers_in_both_languages(portal_site: PortalSite):
    assert portal_site.home.get_url() == "/"
    assert portal_site.english_home.get_url() == "/en/"
