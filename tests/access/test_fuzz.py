"""No public URL answers 500, whatever is in the path, the query or the form. The list of oddities is fixed."""

import re

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from core.limits.limits import LIMITS, Limit
from tests.access.discovery import addresses
from tests.access.rows import undone
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
    "https://evil.example/x",
    "//evil.example/x",
    "/\\evil.example/x",
    "javascript:alert(1)",
    '"><img src=x onerror=alert(1)>',
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
    "version", "action", "confirm", "credential", "date_1", "time_1", "time", "topic", "school_query", "class_count",
    "duration_minutes", "seats", "send", "stop",
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


def tries(first, count):
    """Return parameters: every name gets another odd text, and each try shifts the texts by one.

    Neighbouring paths begin elsewhere, so that all names meet all texts over a run.
    """
    for shift in range(first, first + count):
        yield {name: ODD_TEXTS[(place + shift) % len(ODD_TEXTS)] for place, name in enumerate(NAMES)}


def few_each(oddities, count):
    """Return some oddities for each path; the next path gets the next ones, so that all meet all kinds of pages."""
    for number, path in enumerate(PATHS):
        for place in range(count):
            yield path, oddities[(number * count + place) % len(oddities)]


_LEAVES = re.compile(r"(?!http://testserver/)(?:[a-z]+:|[/\\]{2})", re.IGNORECASE)
_SCRIPTS = (
    b"<script>alert(1)</script>",
    b'"><img src=x onerror',
    b'href="javascript:',
    b'action="javascript:',
)


def is_broken(path, response):
    """Whether the answer is a fault, leads to another site, or repeats what was sent as markup.

    The health page says 503 on purpose while no job has run.
    """
    if response.status_code >= 500 and not path.startswith("/healthz"):
        return True
    if _LEAVES.match(response.headers.get("Location", "")) or "X-Injected" in response.headers:
        return True
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return is_page and any(text in response.content for text in _SCRIPTS)


def why(path, response):
    """Return the path and what was raised."""
    raised = getattr(response, "exc_info", None)
    return (
        f"{path}: {type(raised[1]).__name__}: {raised[1]}"[:300]
        if raised
        else f"{path}: {response.status_code}"
    )


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch):
    """Let every try reach the view: the limits are tested elsewhere."""
    for scope, limit in list(LIMITS.items()):
        monkeypatch.setitem(LIMITS, scope, Limit(10**9, limit.window))


@pytest.mark.walk
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(4))
def test_public_pages_survive_odd_parameters(part, portal_site):
    visitor = Client(raise_request_exception=False)
    person = log_in(Client(raise_request_exception=False), UserFactory(email="nysgerrig@example.dk"))
    wrong = {}
    for number, path in list(enumerate(PATHS))[part::4]:
        asked, posted = tries(number * 7, 2)
        odd = number * 2 % len(ODD_QUERIES)
        requests = [
            (visitor, "get", asked),
            (visitor, "post", posted),
            (person, "post", asked),
            *((visitor, "query", query) for query in (ODD_QUERIES * 2)[odd : odd + 2]),
        ]
        for client, method, data in requests:
            with undone():
                if method == "query":
                    response = client.generic("GET", path, QUERY_STRING=data.decode("latin-1"))
                else:
                    response = getattr(client, method)(path, data)
            if is_broken(path, response):
                wrong.setdefault(why(path, response), (method, data))

    assert wrong == {}


@pytest.mark.slow
@pytest.mark.django_db
def test_odd_methods_are_refused_politely(portal_site):
    client = Client(raise_request_exception=False)
    wrong = {}

    for path, method in few_each(["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "FOO"], 3):
        response = client.generic(method, path)
        if is_broken(path, response):
            wrong.setdefault(why(path, response), method)

    assert wrong == {}


@pytest.mark.slow
@pytest.mark.django_db
def test_odd_bodies_and_types_are_refused_politely(portal_site):
    client = Client(raise_request_exception=False)
    bodies = [
        (b"{", "application/json"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"a=1", "text/plain; charset=does-not-exist"),
    ]
    wrong = {}

    for path, (body, content_type) in few_each(bodies, 2):
        response = client.generic("POST", path, body, content_type=content_type)
        if is_broken(path, response):
            wrong.setdefault(why(path, response), content_type)

    assert wrong == {}


def test_the_walk_finds_what_it_should():
    assert {"/konto/login/", "/mine-bookinger/", "/cookies/"} <= set(PATHS)
