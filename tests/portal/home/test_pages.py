"""The pages a new portal begins with, and those the law asks for."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.test.utils import override_settings
from wagtail.models import Page

from core.cms.models import SiteFrame
from core.worklist.models import WorkItem
from portal.home.content import SitePages, ensure_site
from portal.home.models import ContentPage
from portal.home.reminders import remind_of_statement

TODAY = date(2026, 10, 1)
NOW = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)
LAW_PAGES = ("/was", "/cookies/", "/privatliv/")


@pytest.fixture
def site_pages(db: None, settings) -> SitePages:
    settings.PORTAL_BASE_URL = "http://testserver"
    return ensure_site(today=TODAY)


def paths_of(pages: SitePages) -> list[str]:
    return [page.get_url() for page in Page.objects.filter(depth__gte=2).live()]


def test_every_page_is_there_in_both_languages_and_renders(site_pages: SitePages, client: Client):
    paths = paths_of(site_pages)

    statuses = {path: client.get(path).status_code for path in paths}

    assert len(paths) == 16
    assert "Du behøver ikke oprette dig som bruger" in client.get("/om-portalen/").content.decode()
    assert set(statuses.values()) == {200}
    assert {"/", "/en/", "/tilbud/", "/en/offers/", "/faa-hjaelp/", "/en/get-help/"} <= set(paths)


def test_ensure_site_changes_nothing_the_second_time(site_pages: SitePages):
    about = ContentPage.objects.get(slug="om-portalen")
    about.title = "Redaktionens egen titel"
    about.save_revision().publish()
    before = list(Page.objects.order_by("pk").values_list("pk", "title", "path", "latest_revision_id"))

    ensure_site(today=TODAY + timedelta(days=100))

    assert (
        list(Page.objects.order_by("pk").values_list("pk", "title", "path", "latest_revision_id")) == before
    )


@pytest.mark.parametrize(
    ("path", "other"),
    [("/", "/en/"), ("/om-portalen/", "/en/about/"), ("/en/get-help/", "/faa-hjaelp/"), ("/was", "/en/was")],
    ids=["front page", "content page", "from English", "law page"],
)
def test_language_switch_leads_to_the_same_page(site_pages: SitePages, client: Client, path, other):
    html = client.get(path).content.decode()

    language = "en" if other.startswith("/en/") else "da"
    assert f'<a href="{other}" lang="{language}"' in html


def test_language_switch_leads_to_the_front_page_where_there_is_no_translation(site_pages, client: Client):
    site_pages.home.refresh_from_db()
    site_pages.home.add_child(instance=ContentPage(title="Kun dansk", slug="kun-dansk"))

    html = client.get("/kun-dansk/").content.decode()

    assert '<a href="/en/" lang="en"' in html


def test_language_switch_keeps_the_query(client: Client, portal_site):
    assert 'href="/en/cookies/?a=1"' in client.get("/cookies/?a=1").content.decode()


@pytest.mark.parametrize("path", LAW_PAGES)
@pytest.mark.parametrize("prefix", ["", "/en"], ids=["da", "en"])
def test_law_pages_and_the_links_to_them_on_every_page(client: Client, portal_site, path, prefix):
    html = client.get(prefix + path).content.decode()

    assert "<h1>" in html
    for other in LAW_PAGES:
        assert f'href="{prefix}{other}"' in html


def test_accessibility_statement_holds_what_the_law_asks_for(site_pages, client: Client):
    html = client.get("/was").content.decode()

    for needed in (
        "delvist i overensstemmelse",
        "EN 301 549",
        "mailto:",
        "tel:",
        "1. oktober 2026",
        "digst.dk",
    ):
        assert needed in html


def test_was_leads_to_the_published_statement_where_there_is_one(site_pages, client: Client):
    SiteFrame.objects.update(was_url="https://was.digst.dk/dannelsesportalen-kk-dk")

    response = client.get("/was")

    assert response.status_code == 302
    assert response["Location"] == "https://was.digst.dk/dannelsesportalen-kk-dk"


def test_privacy_page_lists_every_retention_rule(client: Client, portal_site):
    from core.audit.retention import all_rules

    html = client.get("/privatliv/").content.decode()

    assert all_rules()
    for rule in all_rules():
        assert str(rule.title) in html


def test_a_task_asks_for_the_yearly_review_once(site_pages):
    assert remind_of_statement(NOW) == 0

    for _time in range(2):
        remind_of_statement(NOW + timedelta(days=336))

    assert WorkItem.objects.filter(kind="accessibility_statement").count() == 1


def test_next_dates_and_menu_cost_the_same_with_more_news(
    site_pages, client: Client, django_assert_num_queries
):
    client.get("/")
    with django_assert_num_queries(FRONT_PAGE_QUERIES):
        client.get("/")
    for number in range(3):
        site_pages.home.refresh_from_db()
        site_pages.home.add_child(
            instance=ContentPage(
                title=f"Nyt {number}", slug=f"nyt-{number}", news_on=TODAY, show_in_menus=True
            )
        )
    with django_assert_num_queries(FRONT_PAGE_QUERIES):
        html = client.get("/").content.decode()
    assert "Nyt 2" in html


def test_not_found_is_in_the_portals_look(client: Client, portal_site):
    response = client.get("/findes-ikke/")

    assert response.status_code == 404
    assert "Vi kan ikke finde siden" in response.content.decode()
    assert "Tilgængelighedserklæring" in response.content.decode()


@pytest.mark.parametrize("name", ["500.html", "400.html", "403_csrf.html"])
def test_last_resort_pages_need_neither_database_nor_request(name):
    from django.template.loader import get_template

    html = get_template(name).render()

    assert "<h1>" in html
    assert "portal.css" in html


def test_a_form_without_its_token_gets_our_page(portal_site):
    response = Client(enforce_csrf_checks=True).post("/konto/login/", {})

    assert response.status_code == 403
    assert "Siden havde været åben for længe" in response.content.decode()


def test_styleguide_is_hidden_from_visitors_of_a_real_portal(client: Client, portal_site, staff_client):
    assert client.get("/styleguide").status_code == 200
    with override_settings(PORTAL_SHOWS_STYLEGUIDE=False):
        assert client.get("/styleguide").status_code == 404


def test_robots_closes_personal_pages_and_a_whole_demo(client: Client, db):
    assert "Disallow: /booking/" in client.get("/robots.txt").content.decode()
    with override_settings(PORTAL_IS_DEMO=True):
        assert "Disallow: /\n" in client.get("/robots.txt").content.decode()


def test_favicon_is_a_file(client: Client, db):
    response = client.get("/favicon.ico")

    assert response["Content-Type"] == "image/svg+xml"
    assert b"<svg" in response.content


def test_demo_banner_is_on_every_page_of_a_demo_and_nowhere_else(client: Client, portal_site):
    assert "Demodata" not in client.get("/cookies/").content.decode()
    with override_settings(PORTAL_IS_DEMO=True):
        assert "Demodata – opdigtede bookinger" in client.get("/cookies/").content.decode()


def test_pages_load_nothing_from_elsewhere_and_carry_a_strict_policy(site_pages, client: Client):
    for path in [*paths_of(site_pages), "/was", "/cookies/", "/privatliv/", "/styleguide", "/findes-ikke/"]:
        response = client.get(path)
        html = response.content.decode()
        loaded = re.findall(r'<(?:script|img|link|iframe|source|use)[^>]*\b(?:src|href)="([^"]+)"', html)

        assert loaded
        assert all(address.startswith(("/static/", "/media/")) for address in loaded), path
        assert "unsafe-inline" not in response["Content-Security-Policy"]
        assert not re.search(r"<[^>]+\s(?:style|on\w+)=", html), path
        assert "<style" not in html


FRONT_PAGE_QUERIES = 13
