"""Opening a page changes nothing (rule 15): mail scanners and browsers open links nobody clicked."""

import re

import pytest
from django.db import connection
from django.urls import reverse

from tests.access.discovery import rows_by_package
from tests.access.rows import undone

pytestmark = pytest.mark.slow  # every address: once per run


ROWS = rows_by_package()
WATCHED = ("anonymous", "teacher", "provider_member_own", "caseworker", "administration")

ALLOWED = {
    "django_session": "the session of the visitor",
    "limits_counter": "counts of requests (X4)",
    "audit_entry": "that staff saw personal data is noted",
    "wagtailusers_userprofile": "Wagtail makes a profile the first time somebody opens a page of the administration",
    "wagtailadmin_editingsession": "Wagtail notes who has a form open",
}
_WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)


@pytest.mark.django_db
@pytest.mark.parametrize("package", ROWS)
def test_opening_the_pages_of_a_package_writes_nothing(package, visits):
    wrong = {}
    for row in (row for row in ROWS[package] if row.method == "get"):
        with undone():
            url = reverse(row.url, kwargs=dict(row.kwargs(visits.world)) if row.kwargs else {})
            for role in WATCHED:
                written = set()

                def watch(execute, sql, params, many, context, written=written):
                    if (match := _WRITE.match(sql)) and match[1] not in ALLOWED:
                        written.add(match[1])
                    return execute(sql, params, many, context)

                with connection.execute_wrapper(watch):
                    visits.request(role, "get", url)
                if written:
                    wrong[f"{row} as {role}"] = sorted(written)

    assert wrong == {}


def test_the_watch_would_notice_a_write():
    assert _WRITE.match('INSERT OR IGNORE INTO "booking_booking" ("id")')[1] == "booking_booking"
    assert _WRITE.match('UPDATE "booking_booking" SET')[1] == "booking_booking"
    assert _WRITE.match('DELETE FROM "booking_booking"')[1] == "booking_booking"
    assert _WRITE.match('SELECT "x" FROM "y" WHERE "UPDATE"') is None
