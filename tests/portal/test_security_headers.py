"""What every answer carries, and what production insists on (X3, rule 14)."""

import re
import runpy

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.roles import ADMINISTRATION
from tests.access.discovery import addresses

PRODUCTION = {
    "PORTAL_SECRET_KEY": "x" * 60,
    "PORTAL_ALLOWED_HOSTS": "dannelsesportalen.example.dk",
    "PORTAL_BASE_URL": "https://dannelsesportalen.example.dk",
    "PORTAL_DATABASE_URL": "postgres://portal@localhost/portal",
}

PAGES = [
    "/",
    "/konto/login/",
    "/konto/login/kode/",
    "/cookies/",
    "/privatliv/",
    "/findes-ikke/",
    "/booking/forkert/",
    "/en/konto/login/",
]


@pytest.fixture
def production(monkeypatch):
    """The settings of production, read from a minimal environment."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    return runpy.run_module("portal.settings.production")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", False),
        ("SESSION_COOKIE_SECURE", True),
        ("SESSION_COOKIE_HTTPONLY", True),
        ("SESSION_COOKIE_SAMESITE", "Lax"),
        ("SESSION_COOKIE_AGE", 12 * 3600),
        ("CSRF_COOKIE_SECURE", True),
        ("CSRF_COOKIE_SAMESITE", "Lax"),
        ("SECURE_SSL_REDIRECT", True),
        ("SECURE_HSTS_SECONDS", 31_536_000),
        ("SECURE_CONTENT_TYPE_NOSNIFF", True),
        ("SECURE_REFERRER_POLICY", "same-origin"),
        ("X_FRAME_OPTIONS", "DENY"),
        ("ACCOUNT_PREVENT_ENUMERATION", True),
        ("ACCOUNT_LOGOUT_ON_GET", False),
        ("PORTAL_IS_DEMO", False),
        ("PORTAL_TRUSTED_PROXIES", 0),
        ("SECURE_PROXY_SSL_HEADER", None),
        ("WAGTAIL_GRAVATAR_PROVIDER_URL", None),
        ("WAGTAIL_ENABLE_UPDATE_CHECK", False),
        ("WAGTAIL_PASSWORD_RESET_ENABLED", False),
        ("ALLOWED_HOSTS", ["dannelsesportalen.example.dk"]),
        ("CSRF_TRUSTED_ORIGINS", ["https://dannelsesportalen.example.dk"]),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else "",
)
def test_production_is_set_safely(production, name, value):
    assert production[name] == value


@pytest.mark.parametrize("missing", ["PORTAL_SECRET_KEY"])
def test_production_does_not_start_without_its_secrets(monkeypatch, missing):
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)

    with pytest.raises(Exception, match=missing):
        runpy.run_module("portal.settings.production")


def test_the_demo_and_tests_weaken_no_other_guard_than_they_name(production):
    insecure = {
        name for name in production if name.startswith("MFA_") and "INSECURE" in name and production[name]
    }

    assert insecure == set()


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(production):
    policy = production["SECURE_CSP"]
    allowed = {source for sources in policy.values() for source in sources}

    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "'unsafe-inline'" not in allowed
    assert "'unsafe-eval'" not in allowed
    assert {str(source) for source in allowed if "." in str(source) or "//" in str(source)} <= {
        str(source) for source in allowed if "nonce" in str(source).lower()
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_headers(path, client, portal_site):
    response = client.get(path)

    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'self'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_no_page_loads_or_runs_anything_from_elsewhere(path, client, portal_site):
    page = client.get(path).content.decode()

    loaded = re.findall(
        r"<(?:script|img|link|iframe|source|video|audio|object|embed)\b[^>]*?(?:src|href|data)=[\"']([^\"']+)",
        page,
    )
    assert loaded
    assert [url for url in loaded if not url.startswith(("/", "data:"))] == []
    assert re.findall(r"\son[a-z]+=", page) == []
    assert re.findall(r"\sstyle=", page) == []
    assert re.findall(r"<style", page) == []
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)
    assert [
        attributes
        for attributes in inline
        if "application/json" not in attributes and "nonce" not in attributes
    ] == []


@pytest.mark.django_db
def test_the_administration_gets_only_the_exception_it_needs(staff_client):
    policy = staff_client(ADMINISTRATION).get("/admin/")["Content-Security-Policy"]

    directives = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    assert directives["script-src"] == ["'self'", "'unsafe-inline'"]
    assert directives["default-src"] == ["'self'"]
    assert directives["connect-src"] == ["'self'"]
    assert directives["frame-ancestors"] == ["'self'"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/administrator/", "/admin", "/Admin/", "/adminx/", "/en/admin/"])
def test_the_exception_is_for_the_administration_only(path, client, portal_site):
    assert "unsafe-inline" not in client.get(path).headers.get("Content-Security-Policy", "")


@pytest.mark.django_db
def test_cookies_are_the_named_ones(client, portal_site):
    for path in PAGES:
        client.get(path)
    client.post("/konto/login/kode/", {"email": "anna@example.dk"})

    assert set(client.cookies) <= {"csrftoken", "sessionid", "pladshold", "messages", "django_language"}
    assert client.cookies["sessionid"]["httponly"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", "[::1", "a b"]
)
def test_an_unknown_host_is_refused(host, client, portal_site, settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    assert client.get("/konto/login/", headers={"Host": host}).status_code == 400


@pytest.mark.django_db
def test_links_in_mails_do_not_follow_the_host_header(client, portal_site, settings):
    from core.links.tokens import absolute_url

    settings.ALLOWED_HOSTS = ["*"]
    client.get("/konto/login/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    assert absolute_url("/x/") == "http://testserver/x/"


CSRF_EXEMPT = {"anymail_brevo", "charter_check"}
"""The first is called by the mail service, which proves itself by a shared secret; the second checks further in,
when it has said where an upload may go.
"""


def test_no_view_of_ours_skips_the_check_of_where_a_form_came_from():
    exempt = {
        address.name
        for address in addresses()
        if getattr(address.view, "csrf_exempt", False) and not address.route.startswith("admin/")
    }

    assert exempt <= CSRF_EXEMPT


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["account_login", "account_request_login_code", "account_logout", "charter_check"]
)
def test_forms_without_their_token_are_refused(name, portal_site):
    client = Client(enforce_csrf_checks=True)

    assert client.post(reverse(name), {"email": "anna@example.dk"}).status_code == 403


@pytest.mark.django_db
def test_personal_and_account_pages_are_not_kept_by_caches(client, portal_site):
    for path in ("/konto/login/", "/booking/forkert/", "/mine-bookinger/"):
        assert "no-store" in client.get(path).headers.get("Cache-Control", ""), path
