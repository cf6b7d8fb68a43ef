"""No public URL answers 500, whatever is in the path, the query or the form. The list of oddities is fixed."""

import itertools
import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.access.discovery import addresses
from tests.factories.accounts import UserFactory, log_in

ODD_TEXTS = [
    "",
    "0",
    "-1",
    "1",
    "99999999999999999999999999",
    "1e309",
    "NaN",
    "\x00",
    "a\x00b",
    "😀" * 50,
    "æøå ÆØÅ",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "%00%ff",
    "{{ 7*7 }}",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "31/12/2026",
    "25:99",
    "null",
    "[]",
    '{"a": 1}',
    "a" * 5000,
    "\r\nX-Injected: 1",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "\u202e\u200b",
]

NAMES = [
    "page", "side", "p", "q", "query", "search", "sog", "til", "fra", "dato", "date", "month", "maaned", "uge",
    "bydel", "district", "klassetrin", "grade", "trin", "emne", "topic", "subject", "audience", "maalgruppe",
    "sort", "sortering", "order", "offer", "session", "provider", "kind", "state", "next", "token", "code",
    "email", "login", "password", "contact_email", "contact_name", "contact_phone", "school", "groups", "people",
    "seats", "pupils", "adults", "name", "classes", "form-TOTAL_FORMS", "form-0-name", "form-0-pupils",
    "classes-TOTAL_FORMS", "classes-INITIAL_FORMS", "classes-0-name", "classes-0-pupils", "classes-0-grade",
    "version", "action", "confirm", "credential",
]  # fmt: skip

ODD_QUERIES = [
    b"page=%FF%FE&q=%80",
    b"q[]=1&q[]=2&page[]=x",
    b"&&&===&=&a",
    b"page=1&page=2&page=-3",
    b"q=" + b"%F0%9F%98%80" * 200,
    b"%00=%00",
    b"next=//evil.example&next=javascript:alert(1)",
]

ODD_PATH_VALUES = {
    "int": ["0", "1", "99999999", "9223372036854775808", "99999999999999999999999999"],
    "slug": ["a", "x" * 300, "-", "_"],
    "str": ["a", "x" * 400, "æøå", "..", "%00", "AAAA" * 12, "-_-_", "😀"],
    "uuid": ["00000000-0000-0000-0000-000000000000"],
    "path": ["a", "a/b", "../a"],
}

_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")


def public_paths():
    """Return paths of every public URL, several for those with arguments."""
    found = set()
    for address in addresses():
        if address.route.startswith(("admin/", "_util/")) or not address.name:
            continue
        converters = _CONVERTER.findall(address.route)
        if "(" in address.route:  # a regular expression: Wagtail's page serving and documents
            continue
        lists = [ODD_PATH_VALUES[kind or "str"] for kind, _name in converters]
        longest = max((len(values) for values in lists), default=1)
        for number in range(longest):
            kwargs = {
                name: values[number % len(values)]
                for (_kind, name), values in zip(converters, lists, strict=True)
            }
            try:
                found.add(reverse(address.name, kwargs=kwargs))
            except NoReverseMatch:
                continue
    return sorted(
        {*found, "/", "/findes-ikke/", "/en/", "/%FF/", "/dokumenter/999999999999999999999/x.pdf", "/../x"}
    )


PATHS = public_paths()


def tries():
    """Return queries: each odd text under every name at once, then the broken ones."""
    for text in ODD_TEXTS:
        yield dict.fromkeys(NAMES, text)


def clients():
    yield "visitor", Client(raise_request_exception=True)
    yield "person", log_in(Client(raise_request_exception=True), UserFactory(email="nysgerrig@example.dk"))


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch):
    """Let every try reach the view: the limits are tested elsewhere."""
    from core.limits import limits

    monkeypatch.setattr(
        limits, "LIMITS", {scope: limits.Limit(10**9, limit.window) for scope, limit in limits.LIMITS.items()}
    )


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_a_public_page_survives_odd_parameters(path, portal_site, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    for who, client in clients():
        for data in tries():
            for method in (client.get, client.post):
                before = transaction.savepoint()
                response = method(path, data)
                transaction.savepoint_rollback(before)
                assert response.status_code < 500, (who, method.__name__, data)
                assert "X-Injected" not in response.headers
        for query in ODD_QUERIES:
            response = client.generic("GET", path, QUERY_STRING=query.decode("latin-1"))
            assert response.status_code < 500, (who, query)
            response = client.generic("POST", path, query, content_type="application/x-www-form-urlencoded")
            assert response.status_code < 500, (who, query)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "FOO"])
def test_odd_methods_are_refused_politely(method, portal_site):
    client = Client()

    for path in PATHS:
        response = client.generic(method, path)
        assert response.status_code < 500, path


@pytest.mark.django_db
def test_odd_bodies_and_types_are_refused_politely(portal_site):
    client = Client()
    bodies = [
        (b"{", "application/json"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"a=1", "text/plain; charset=does-not-exist"),
    ]

    for path, (body, content_type) in itertools.product(PATHS, bodies):
        response = client.generic("POST", path, body, content_type=content_type)
        assert response.status_code < 500, (path, content_type)


def test_the_walk_finds_what_it_should():
    assert {"/konto/login/", "/mine-bookinger/", "/cookies/"} <= set(PATHS)
