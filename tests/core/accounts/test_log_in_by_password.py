"""Staff log in with password and second factor; nothing less opens anything."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from core.accounts.roles import ADMINISTRATION, CASEWORKER
from core.audit.models import Entry
from core.limits.limits import LIMITS, Limit
from tests.core.accounts.test_log_in_by_code import app_code
from tests.factories.accounts import PASSWORD, TOTP_SECRET, UserFactory, log_in

pytestmark = pytest.mark.django_db

LOGIN = "/konto/login/"
SECOND = "/konto/login/trin-2/"


@pytest.fixture
def caseworker():
    return UserFactory(email="sag@example.dk", roles=[CASEWORKER])


def give_password(client, email="sag@example.dk", password=PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def test_password_and_app_code_open_the_administration(client, caseworker):
    assert give_password(client)["Location"] == SECOND
    assert client.get("/admin/")["Location"].startswith(LOGIN)

    response = client.post(SECOND, {"code": app_code()})

    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_an_app_code_works_once_also_after_the_cache_is_gone(client, caseworker):
    from django.core.cache import cache

    give_password(client)
    code = app_code()
    client.post(SECOND, {"code": code})
    cache.clear()
    other = Client()
    give_password(other)

    response = other.post(SECOND, {"code": code})

    assert response.status_code == 200
    assert "_auth_user_id" not in other.session


def test_a_recovery_code_works_once(client, caseworker):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(caseworker).get_unused_codes()[0]
    give_password(client)
    assert client.post(SECOND, {"code": code})["Location"] == "/admin/"
    other = Client()
    give_password(other)

    assert other.post(SECOND, {"code": code}).status_code == 200


def test_the_answer_to_a_wrong_password_does_not_tell_who_is_known(caseworker):
    answers = set()
    for email in ("sag@example.dk", "ukendt@example.dk"):
        client = Client()
        response = give_password(client, email, "forkert adgangskode")
        page = response.content.decode().replace(email, "X")
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        answers.add((response.status_code, page.replace(token, "T")))

    assert len({(status, len(page)) for status, page in answers}) == 1
    assert "passer ikke sammen" in answers.pop()[1]


def test_passwords_are_limited_per_address_right_ones_included(caseworker, monkeypatch):
    monkeypatch.setitem(LIMITS, "login_password_email", Limit(2, timedelta(minutes=15)))

    statuses = [give_password(Client(), password="forkert kode 1").status_code for _attempt in range(2)]
    statuses.append(give_password(Client()).status_code)

    assert statuses == [200, 200, 429]


def test_passwords_are_limited_per_visitor(monkeypatch):
    monkeypatch.setitem(LIMITS, "login_password_ip", Limit(2, timedelta(minutes=15)))

    statuses = [give_password(Client(), f"p{number}@example.dk").status_code for number in range(3)]

    assert statuses == [200, 200, 429]


def test_second_factors_are_limited_per_person_across_sessions(caseworker, monkeypatch):
    monkeypatch.setitem(LIMITS, "second_factor_user", Limit(2, timedelta(minutes=15)))
    statuses = []
    for _attempt in range(3):
        client = Client()
        give_password(client)
        statuses.append(client.post(SECOND, {"code": "000000"}).status_code)

    assert statuses == [200, 200, 429]


def test_an_address_the_person_no_longer_has_opens_nothing(client, caseworker):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=caseworker, email="gammel@example.dk", verified=True, primary=True)

    assert give_password(client, "gammel@example.dk").status_code == 200
    client.post("/konto/login/kode/", {"email": "gammel@example.dk"})
    from core.outbox.models import Message

    assert Message.objects.get().about != f"user:{caseworker.pk}"


def test_a_person_without_a_password_cannot_use_an_empty_one(client):
    UserFactory(email="anna@example.dk")

    for password in ("", "!", " "):
        give_password(client, "anna@example.dk", password)

    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_not_opened_by_its_password(client):
    UserFactory(email="sag@example.dk", roles=[CASEWORKER], is_active=False)

    assert give_password(client).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db(transaction=True)
def test_new_staff_set_up_an_app_with_their_password_and_are_let_in(client):
    from allauth.mfa.totp.internal import auth

    UserFactory(email="ny@example.dk", roles=[ADMINISTRATION], with_second_factor=False)
    assert give_password(client, "ny@example.dk")["Location"] == "/admin/"
    assert client.get("/admin/")["Location"] == "/konto/totrin/"
    assert "Vælg et andet trin" in client.get("/konto/totrin/").content.decode()

    assert client.get("/konto/totrin/app/")["Location"].startswith("/konto/bekraeft/")
    client.post("/konto/bekraeft/", {"password": PASSWORD, "next": "/konto/totrin/app/"})
    client.get("/konto/totrin/app/")
    secret = client.session["mfa.totp.secret"]
    _earlier, step, _later = auth.yield_hotp_counters_from_time()
    code = auth.format_hotp_value(auth.hotp_value(secret, step))
    response = client.post("/konto/totrin/app/", {"code": code})

    assert response["Location"] == "/konto/totrin/reservekoder/"
    assert "<code>" in client.get(response["Location"]).content.decode()
    assert client.get("/admin/").status_code == 200
    assert Entry.objects.filter(action="second_factor.added").count() == 2


def test_the_secret_of_an_app_is_encrypted_in_the_database(caseworker):
    stored = Authenticator.objects.get(user=caseworker).data["secret"]

    assert TOTP_SECRET not in stored


def test_an_app_still_works_after_the_secret_key_is_rotated(client, caseworker, settings):
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [former]

    give_password(client)

    assert client.post(SECOND, {"code": app_code()})["Location"] == "/admin/"


def test_staff_cannot_take_their_last_second_factor_away(caseworker):
    client = log_in(Client(), caseworker)
    session = client.session
    session["account_authentication_methods"][0]["reauthenticated"] = True
    session.save()

    response = client.post("/konto/totrin/app/fjern/")

    assert response.status_code == 200
    assert Authenticator.objects.filter(user=caseworker).exists()


@pytest.mark.parametrize(
    "path",
    [
        "/konto/signup/",
        "/konto/email/",
        "/konto/confirm-email/",
        "/konto/password/reset/",
        "/konto/password/set/",
        "/konto/password/change/",
        "/konto/3rdparty/",
        "/konto/social/signup/",
        "/konto/2fa/",
        "/admin/password_reset/",
    ],
)
def test_pages_that_are_not_used_do_not_exist(path, client, portal_site):
    assert client.get(path).status_code in {302, 404}
    assert client.get(path, follow=True).redirect_chain in ([], [(f"/konto/login/?next={path}", 302)])
