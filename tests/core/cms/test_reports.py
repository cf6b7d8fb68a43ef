"""Wagtail's reports as our staff read them."""

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_a_page_that_no_person_has_published_is_the_portals_in_the_report_of_old_pages(
    staff_client, portal_site
):
    portal_site.home.save_revision().publish()
    portal_site.english_home.save_revision().publish(
        user=UserFactory(email="redaktoer@example.dk", is_superuser=True)
    )

    page = " ".join(
        staff_client("Redaktør").get(reverse("wagtailadmin_reports:aging_pages")).content.decode().split()
    )

    assert "redaktoer@example.dk" in page
    assert "Portalen </td>" in page
    assert "None </td>" not in page
