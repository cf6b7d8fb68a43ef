"""Every URL of ours has rows, and every row holds for every role (X5, rule 12)."""

import pytest
from django.urls import reverse

from tests.access.discovery import addresses, rows_by_package
from tests.access.rows import LOGIN, ROLES, undone

pytestmark = pytest.mark.slow  # every address: once per run


THIRD_PARTY = {
    "anymail/": "reports of the mail service, each proved by the shared secret (tests/core/outbox/test_tracking)",
    "admin/": "Wagtail's administration: only staff enter (test_second_factor, test_admin)",
    "dokumenter/": "Wagtail's documents: public, private collections by Wagtail's own restriction",
    "konto/": "allauth: each view guards itself (tests/core/accounts/test_account_pages)",
    "": "Wagtail's page serving and other public views of Wagtail",
}
"""Included URLs that are not our code. A prefix needs its reason here before anything may be included under it."""

ROWS = rows_by_package()


def test_every_url_of_ours_has_a_row():
    covered = {row.url for rows in ROWS.values() for row in rows}
    ours = [address for address in addresses() if address.is_ours and not address.is_viewset_of_ours]

    missing = sorted({address.name or address.route for address in ours if address.name not in covered})

    assert missing == [], "write rows for these in tests/<package>/access_rows.py (tests/access/__init__.py)"


def test_no_row_is_about_a_url_that_is_gone():
    names = {address.name for address in addresses()}

    assert sorted({row.url for rows in ROWS.values() for row in rows} - names) == []


def test_everything_included_that_is_not_ours_is_listed_with_a_reason():
    prefixes = sorted((prefix for prefix in THIRD_PARTY if prefix), key=len, reverse=True)
    unlisted = {
        address.route
        for address in addresses()
        if not address.is_ours
        and not any(address.route.startswith(prefix) for prefix in prefixes)
        and not address.view_class.__module__.startswith(("wagtail.", "django."))
    }

    assert unlisted == set()


@pytest.mark.django_db
@pytest.mark.parametrize("package", ROWS)
def test_each_role_gets_what_the_rows_of_a_package_say(package, visits):
    wrong = {}
    for row in ROWS[package]:
        with undone():
            url = reverse(row.url, kwargs=dict(row.kwargs(visits.world)) if row.kwargs else {})
            for role in ROLES:
                seen = _seen(visits.request(role, row.method, url, row.data), row.expected[role])
                if seen != row.expected[role]:
                    wrong[f"{row} as {role}"] = f"{seen}, not {row.expected[role]}"

    assert wrong == {}


def _seen(response, expected):
    """Return the status, in the words of the row where it fits."""
    if expected == LOGIN and response.status_code == 302 and "/konto/login/" in response["Location"]:
        return LOGIN
    if isinstance(expected, tuple) and response.status_code in expected:
        return expected
    if response.status_code == 302:
        return 302 if expected == 302 else f"302 to {response['Location']}"
    return response.status_code
