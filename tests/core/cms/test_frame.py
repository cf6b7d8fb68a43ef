"""Header, footer and menu: what they say, and what they cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.cms import frame
from core.cms.models import SiteFrame
from core.cms.templatetags.cms_tags import page_numbers, page_query
from tests.conftest import PortalSite


def test_empty_facts_fall_back_to_the_environment(portal_site: PortalSite, settings):
    read = frame.current_frame("da")

    assert read.authority == settings.PORTAL_DEPARTMENT
    assert read.email == settings.PORTAL_CONTACT_EMAIL
    assert read.phone == settings.PORTAL_CONTACT_PHONE
    assert read.bookings_url == "/mine-bookinger/"


def test_english_facts_are_used_in_english_and_danish_where_there_are_none(portal_site: PortalSite):
    SiteFrame.objects.create(
        site=portal_site.site,
        authority="Forvaltningen",
        authority_en="The Department",
        hotline_name="Hotline",
    )

    danish, english = frame.current_frame("da"), frame.current_frame("en")

    assert (danish.authority, danish.hotline_name) == ("Forvaltningen", "Hotline")
    assert (english.authority, english.hotline_name) == ("The Department", "Hotline")
    assert english.bookings_url == "/en/mine-bookinger/"


def test_a_frame_costs_two_queries_however_many_pages_the_menu_has(portal_site: PortalSite):
    counts = []
    for number in (1, 2, 3):
        page = type(portal_site.home)(title=f"Side {number}", slug=f"side-{number}", show_in_menus=True)
        type(portal_site.home).objects.get(pk=portal_site.home.pk).add_child(instance=page)
        with CaptureQueriesContext(connection) as queries:
            read = frame.current_frame("da")
        counts.append(len(queries))

    assert counts == [2, 2, 2]
    assert [item.url for item in read.menu] == ["/side-1/", "/side-2/", "/side-3/"]


def test_a_process_remembers_the_frame_for_a_while(
    portal_site: PortalSite, settings, django_assert_num_queries
):
    settings.PORTAL_FRAME_CACHE_SECONDS = 60
    frame._kept.clear()
    frame.current_frame("da")

    with django_assert_num_queries(0):
        frame.current_frame("da")
    frame._kept.clear()


@pytest.mark.parametrize(
    ("phone", "link"),
    [("41 74 90 90", "+4541749090"), ("+45 41749090", "+4541749090"), ("", "")],
    ids=["danish", "with country code", "none"],
)
def test_phone_link_is_dialable(phone, link):
    assert frame.phone_link(phone) == link


def test_pages_of_a_list_are_shown_with_gaps_and_keep_the_filter():
    from django.core.paginator import Paginator

    assert page_numbers(Paginator(range(200), 20).page(5)) == [1, 0, 4, 5, 6, 0, 10]
    assert page_query(2, "grade=5") == "?grade=5&page=2"
    assert page_query(2) == "?page=2"
