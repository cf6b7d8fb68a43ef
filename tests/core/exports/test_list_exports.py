"""The lists of the admin export through the same door as everything else (R5)."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories.charter import AgreementFactory

pytestmark = pytest.mark.django_db


def test_a_list_of_the_admin_exports_no_formula(portal_site, staff_client):
    AgreementFactory(title="=1+1", signed_on=date(2026, 1, 10))

    response = staff_client("Administration").get(reverse("agreement:index") + "?export=csv")
    lines = b"".join(response.streaming_content).decode()

    assert lines.startswith("\ufeff")
    assert "\r\n'=1+1;" in lines
    assert ";10-01-2026;" in lines
