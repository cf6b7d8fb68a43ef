"""Fixtures every test may use: the portal's pages, and a database that tests which commit leave as they found it."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.dispatch import receiver
from django.test import Client, TransactionTestCase
from django.test.signals import setting_changed
from django.utils import translation
from pytest_django import DjangoDbBlocker
from wagtail.models import Locale, Page, Site

from core.prepared import forget_prepared
from portal.home.models import HomePage
from tests.factories.accounts import UserFactory, log_in
from tests.suite import migrated
from tests.suite.baseline import Addition, Baseline


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only the other database can show: it is not skipped, there is nothing to look at here."""
    others = {"sqlite", "postgresql"} - {connection.vendor}
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in others)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of garbage collection: it stays, and looking through it takes time."""
    gc.collect()
    gc.freeze()


_turn = ExitStack()
"""Held from before the test database is made until it is there to be copied."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Start from a migrated database where there is one."""
    if connection.vendor == "sqlite":
        migrated.put_in_place(connection)
    elif migrated.POSTGRESQL_TEMPLATE in os.environ:
        with django_db_blocker.unblock():
            _turn.enter_context(migrated.one_after_another(connection))


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """On SQLite the file that was put in place is used, and migrated only as far as it is not."""
    return django_db_keepdb or connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Remember the rows that migrations made, and have Django put them back instead of emptying the tables."""
    baseline = Baseline(alias="default")
    with django_db_blocker.unblock():
        _turn.close()
        if connection.vendor == "sqlite" and not migrated.template_path().exists():
            migrated.keep(connection)
        baseline.capture()
        with transaction.atomic():
            _make_portal_site()
            with_pages = Baseline(alias="default")
            with_pages.capture()
            transaction.set_rollback(True)
        ContentType.objects.clear_cache()
        cache.clear()
    global _pages
    _pages = Addition(before=baseline, after=with_pages)
    TransactionTestCase._fixture_teardown = lambda case: baseline.restore()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """No test sees what another one cached."""
    cache.clear()
    yield
    cache.clear()


@receiver(setting_changed)
def _forget_prepared(*, setting: str, **_changed: Any) -> None:
    """A read depends on its arguments only (ADR 7), and on the time zone, which Django writes into it."""
    if setting in {"TIME_ZONE", "USE_TZ"}:
        forget_prepared()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request to /en/ leaves English active in this thread: no later test may reverse its addresses in it."""
    yield
    translation.deactivate()


_pages: Addition | None = None
"""The rows that `_make_portal_site` writes, once known."""


def _pages_before() -> int:
    assert _pages is not None
    return len(_pages.before.rows.get(Page._meta.db_table, ((), ()))[1])


@dataclass(frozen=True)
class PortalSite:
    """The page tree that a visitor meets: a Danish home page, its English translation, one site."""

    site: Site
    home: HomePage
    english_home: HomePage


def _make_portal_site() -> PortalSite:
    """Make the site with its home pages as an editor would."""
    danish, _created = Locale.objects.get_or_create(language_code="da")
    english, _created = Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=danish)
    home = HomePage.objects.filter(locale=danish).first()
    if home is None:
        home = root.add_child(instance=HomePage(title="Dannelsesportalen", slug="forside", locale=danish))
    english_home = home.get_translation_or_none(english)
    if english_home is None:
        english_home = home.copy_for_translation(english)
    for page in (home, english_home):
        if not page.live:
            page.save_revision().publish()
    site, _created = Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "testserver", "port": 80, "root_page": home, "site_name": "Dannelsesportalen"},
    )
    return PortalSite(site=site, home=home, english_home=HomePage.objects.get(pk=english_home.pk))


@pytest.fixture
def portal_site(db: None) -> PortalSite:
    """Make the site with its home pages, or return what the test has already made."""
    if _pages is not None and not HomePage.objects.exists() and Page.objects.count() == _pages_before():
        _pages.put_in_place()
        site = Site.objects.select_related("root_page").get(is_default_site=True)
        homes = {page.locale.language_code: page for page in HomePage.objects.select_related("locale")}
        return PortalSite(site=site, home=homes["da"], english_home=homes["en"])
    return _make_portal_site()


@pytest.fixture
def staff_client(db: None) -> Callable[..., Client]:
    """`staff_client("Sagsbehandler")`: a client logged in with that role, second factor passed."""

    def make(*roles: str) -> Client:
        return log_in(Client(), UserFactory(roles=roles))

    return make


@pytest.fixture
def person_client(db: None) -> Callable[..., Client]:
    """`person_client("anna@example.dk")`: a client logged in by e-mail code with that address."""

    def make(email: str | None = None) -> Client:
        return log_in(Client(), UserFactory(**({"email": email} if email else {})))

    return make
