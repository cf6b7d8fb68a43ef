"""Logging in with a code by e-mail: who gets in, what is stored, what is told."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from core.accounts.codes import code_of, is_code_of, new_handle
from core.accounts.models import User
from core.accounts.operations import delete_unused_accounts, unused_accounts
from core.accounts.roles import CASEWORKER
from core.limits.limits import LIMITS, Limit
from core.outbox.models import Message
from core.outbox.operations import send_due
from tests.factories.accounts import TOTP_SECRET, UserFactory

pytestmark = pytest.mark.django_db

ASK = "/konto/login/kode/"
ENTER = "/konto/login/kode/indtast/"


def ask(client, email, **extra):
    return client.post(ASK, {"email": email, **extra})


def last_code():
    return code_of(Message.objects.order_by("pk").last().ids["handle"])


def app_code():
    from allauth.mfa.totp.internal import auth

    *_earlier, now, _later = auth.yield_hotp_counters_from_time()
    return auth.format_hotp_value(auth.hotp_value(TOTP_SECRET, now))


def log_in_by_code(client, email, **extra):
    ask(client, email, **extra)
    return client.post(ENTER, {"code": last_code(), **extra})


def test_an_unknown_address_gets_a_code_and_is_logged_in_with_it(client):
    response = ask(client, "Anna@Skole.Example.dk ")
    assert (response.status_code, response["Location"]) == (302, ENTER)

    response = client.post(ENTER, {"code": last_code()})

    assert (response.status_code, response["Location"]) == (302, "/mine-bookinger/")
    user = User.objects.get()
    assert (user.email, user.has_usable_password(), user.is_provisional) == (
        "anna@skole.example.dk",
        False,
        False,
    )
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_code_may_be_typed_in_small_letters_without_the_hyphen(client):
    ask(client, "anna@example.dk")

    response = client.post(ENTER, {"code": last_code().lower().replace("-", " ")})

    assert response["Location"] == "/mine-bookinger/"


def test_the_mail_carries_the_code_and_the_time_it_works(client):
    ask(client, "anna@example.dk")

    send_due(now=timezone.now())

    assert [message.to for message in mail.outbox] == [["anna@example.dk"]]
    assert last_code() in mail.outbox[0].body
    assert "15 minutter" in mail.outbox[0].body


def test_a_mail_that_comes_too_late_is_not_sent(client):
    ask(client, "anna@example.dk")

    send_due(now=timezone.now() + timedelta(minutes=16))

    assert mail.outbox == []
    assert Message.objects.get().state == "skipped"


def test_the_code_is_stored_nowhere(client):
    ask(client, "anna@example.dk")
    code = last_code()
    session = Session.objects.get().get_decoded()
    message = Message.objects.values().get()

    assert (
        session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
        == message["ids"]["handle"]
    )
    for stored in (repr(session), repr(message)):
        assert code not in stored
        assert code.replace("-", "") not in stored


def test_the_answer_is_the_same_for_known_unknown_and_closed_addresses():
    UserFactory(email="kendt@example.dk")
    UserFactory(email="lukket@example.dk", is_active=False)
    UserFactory(email="medarbejder@example.dk", roles=[CASEWORKER])
    answers = []
    for email in ("kendt@example.dk", "ukendt@example.dk", "lukket@example.dk", "medarbejder@example.dk"):
        client = Client()
        response = ask(client, email)
        page = client.get(ENTER).content.decode().replace(email, "X")
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        answers.append((response.status_code, response["Location"], len(page) - len(token)))
        wrong = client.post(ENTER, {"code": "BBBB-BBBB"})
        assert wrong.status_code == 200

    assert len(set(answers)) == 1


def test_a_closed_account_gets_no_mail_and_no_code_opens_it(client):
    UserFactory(email="lukket@example.dk", is_active=False)

    ask(client, "lukket@example.dk")

    assert not Message.objects.exists()
    for code in ("", "BBBB-BBBB", "None"):
        client.post(ENTER, {"code": code})
    assert "_auth_user_id" not in client.session


def test_three_wrong_codes_end_the_attempt(client):
    ask(client, "anna@example.dk")
    right = last_code()

    for _attempt in range(3):
        client.post(ENTER, {"code": "BBBB-BBBB"})
    client.post(ENTER, {"code": right})

    assert "_auth_user_id" not in client.session


def test_a_code_works_once(client):
    log_in_by_code(client, "anna@example.dk")
    code = last_code()
    client.post("/konto/log-af/")

    assert "_auth_user_id" not in client.session
    client.post(ENTER, {"code": code})
    assert "_auth_user_id" not in client.session


def test_a_code_is_worth_nothing_in_another_browser(client):
    ask(client, "anna@example.dk")
    other = Client()
    ask(other, "bo@example.dk")
    code_of_bo = last_code()

    client.post(ENTER, {"code": code_of_bo})

    assert "_auth_user_id" not in client.session


def test_a_code_expires(client):
    with time_machine.travel("2026-11-21 09:00:00+00:00", tick=False) as clock:
        ask(client, "anna@example.dk")
        clock.shift(timedelta(minutes=15, seconds=1))
        client.post(ENTER, {"code": last_code()})

    assert "_auth_user_id" not in client.session


def test_the_session_key_changes_at_log_in(client):
    ask(client, "anna@example.dk")
    before = client.session.session_key

    client.post(ENTER, {"code": last_code()})

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_session_ends_after_twelve_hours(client):
    log_in_by_code(client, "anna@example.dk")

    assert client.session.get_expiry_age() == 12 * 3600


def test_logging_out_needs_a_post(client):
    log_in_by_code(client, "anna@example.dk")

    assert client.get("/konto/log-af/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/konto/log-af/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_staff_who_log_in_by_code_still_show_the_second_factor(client):
    UserFactory(email="sag@example.dk", roles=[CASEWORKER])

    response = log_in_by_code(client, "sag@example.dk")

    assert response["Location"] == "/konto/login/trin-2/"
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/")["Location"].startswith("/konto/login/")
    response = client.post("/konto/login/trin-2/", {"code": app_code()})
    assert response["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "http://testserver/admin/",
    ],
)
def test_after_log_in_nobody_is_sent_to_another_host(client, target):
    response = log_in_by_code(client, "anna@example.dk", next=target)

    assert response["Location"] == "/mine-bookinger/"


def test_after_log_in_a_person_returns_to_the_page_asked_for(client):
    response = log_in_by_code(client, "anna@example.dk", next="/udbyder/?side=2")

    assert response["Location"] == "/udbyder/?side=2"


def test_codes_are_limited_per_address_and_the_answer_says_when_to_return(client, monkeypatch):
    monkeypatch.setitem(LIMITS, "login_code_email", Limit(2, timedelta(hours=1)))

    statuses = [ask(Client(), "anna@example.dk").status_code for _attempt in range(3)]

    assert statuses == [302, 302, 429]
    assert ask(client, "bo@example.dk").status_code == 302
    assert Message.objects.filter(to_email="anna@example.dk").count() == 2
    page = ask(Client(), "anna@example.dk")
    assert int(page["Retry-After"]) > 0
    assert "Vent lidt" in page.content.decode()


def test_codes_are_limited_per_visitor(monkeypatch):
    monkeypatch.setitem(LIMITS, "login_code_ip", Limit(2, timedelta(hours=1)))

    statuses = [ask(Client(), f"person{number}@example.dk").status_code for number in range(3)]

    assert statuses == [302, 302, 429]
    assert User.objects.count() == 2


def test_typed_codes_are_limited_per_visitor(client, monkeypatch):
    monkeypatch.setitem(LIMITS, "login_code_try_ip", Limit(1, timedelta(hours=1)))
    ask(client, "anna@example.dk")

    statuses = [client.post(ENTER, {"code": "BBBB-BBBB"}).status_code for _attempt in range(2)]

    assert statuses == [200, 429]


def test_accounts_nobody_logged_in_to_go_after_seven_days(client):
    now = timezone.now()
    ask(client, "ubrugt@example.dk")
    log_in_by_code(Client(), "brugt@example.dk")
    UserFactory(email="inviteret@example.dk")
    UserFactory(email="medarbejder@example.dk", roles=[CASEWORKER], is_provisional=True)

    assert delete_unused_accounts(now=now + timedelta(days=6)) == 0
    assert unused_accounts(now + timedelta(days=8)).count() == 1
    assert delete_unused_accounts(now=now + timedelta(days=8)) == 1
    assert not User.objects.filter(email="ubrugt@example.dk").exists()
    assert User.objects.count() == 3


def test_codes_of_handles_differ_and_are_words_of_no_language():
    codes = {code_of(new_handle()) for _number in range(200)}

    assert len(codes) == 200
    assert all(
        len(code) == 9 and code[4] == "-" and not set(code) & set("AEIOUY0123456789") for code in codes
    )


def test_no_handle_has_no_code():
    assert not is_code_of("", "")
    assert not is_code_of(code_of(""), "")
