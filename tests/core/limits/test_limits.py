"""Rate limits: what counts together, when it ends, and what is stored."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from core.limits.errors import LimitExceededError
from core.limits.limits import LIMITS, Limit, client_ip, delete_old_counters, hit, is_exhausted, limited
from core.limits.models import Counter

NOW = datetime(2026, 11, 21, 9, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_limits(monkeypatch):
    monkeypatch.setitem(LIMITS, "login_code_email", Limit(3, timedelta(hours=1)))
    monkeypatch.setitem(LIMITS, "login_code_ip", Limit(3, timedelta(minutes=15)))


def use_up(scope, *parts, now=NOW):
    for _attempt in range(LIMITS[scope].count):
        hit(scope, *parts, now=now)


@pytest.mark.django_db
def test_hit_refuses_the_attempt_after_the_last_allowed_one_and_says_when_to_return():
    use_up("login_code_email", "anna@example.dk")

    with pytest.raises(LimitExceededError) as refusal:
        hit("login_code_email", "anna@example.dk", now=NOW)

    assert refusal.value.retry_at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    assert refusal.value.code == "too_many_attempts"


@pytest.mark.django_db
def test_hit_counts_again_in_the_next_window():
    use_up("login_code_email", "anna@example.dk")

    hit("login_code_email", "anna@example.dk", now=NOW + timedelta(hours=1))


@pytest.mark.django_db
def test_hit_counts_each_key_and_scope_apart():
    use_up("login_code_email", "anna@example.dk")

    hit("login_code_email", "bo@example.dk", now=NOW)
    hit("sign_up_email", "anna@example.dk", now=NOW)


@pytest.mark.django_db
def test_hit_counts_an_address_together_however_it_is_written():
    use_up("login_code_email", "anna@example.dk")

    with pytest.raises(LimitExceededError):
        hit("login_code_email", " Anna@Example.DK ", now=NOW)


@pytest.mark.django_db
def test_hit_counts_an_ipv6_network_together_and_a_mapped_address_as_ipv4():
    use_up("login_code_ip", "2001:db8::1")
    use_up("login_code_ip", "::ffff:192.0.2.1")

    with pytest.raises(LimitExceededError):
        hit("login_code_ip", "2001:db8:0:0:ffff::2", now=NOW)
    with pytest.raises(LimitExceededError):
        hit("login_code_ip", "192.0.2.1", now=NOW)
    hit("login_code_ip", "2001:db8:0:1::1", now=NOW)


@pytest.mark.django_db
def test_hit_needs_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        hit("login_code_email", "anna@example.dk", now=NOW)


@pytest.mark.django_db
def test_nothing_that_was_counted_can_be_read_from_the_table():
    hit("login_code_email", "anna@example.dk", now=NOW)

    row = Counter.objects.values_list("scope", "key", "count").get()
    assert "anna" not in repr(row)
    assert len(row[1]) == 64


@pytest.mark.django_db
def test_the_key_depends_on_the_secret_key(settings):
    hit("login_code_email", "anna@example.dk", now=NOW)
    settings.SECRET_KEY = "another"
    hit("login_code_email", "anna@example.dk", now=NOW)

    assert Counter.objects.count() == 2


@pytest.mark.django_db
def test_is_exhausted_looks_without_counting():
    assert not is_exhausted("login_code_email", "anna@example.dk", now=NOW)
    use_up("login_code_email", "anna@example.dk")

    assert is_exhausted("login_code_email", "anna@example.dk", now=NOW)


@pytest.mark.django_db
def test_delete_old_counters_keeps_what_still_counts():
    hit("login_code_email", "anna@example.dk", now=NOW - timedelta(days=3))
    hit("login_code_email", "anna@example.dk", now=NOW)

    assert delete_old_counters(now=NOW) == 1
    assert Counter.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_hit_lets_exactly_the_allowed_number_through_when_all_come_at_once():
    barrier = threading.Barrier(8)
    results = []

    def attempt():
        barrier.wait()
        try:
            hit("login_code_email", "anna@example.dk", now=NOW)
            results.append("passed")
        except LimitExceededError:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["passed"] * 3 + ["refused"] * 5


def test_client_ip_ignores_the_forwarded_header_without_a_trusted_proxy(rf, settings):
    settings.PORTAL_TRUSTED_PROXIES = 0
    request = rf.get("/", REMOTE_ADDR="198.51.100.7", headers={"X-Forwarded-For": "203.0.113.9"})

    assert client_ip(request) == "198.51.100.7"


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (2, "10.9.9.9, 203.0.113.9, 192.0.2.5", "203.0.113.9"),
        (1, "", "198.51.100.7"),
        (1, "not an address", "198.51.100.7"),
        (3, "203.0.113.9", "203.0.113.9"),
    ],
    ids=["one", "forged entry on the left", "two proxies", "none sent", "nonsense", "fewer hops"],
)
def test_client_ip_believes_as_many_hops_as_there_are_trusted_proxies(
    rf, settings, proxies, header, expected
):
    settings.PORTAL_TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="198.51.100.7", headers={"X-Forwarded-For": header})

    assert client_ip(request) == expected


@pytest.mark.django_db
def test_limited_counts_only_the_named_methods(rf):
    view = limited("login_code_ip")(lambda request: HttpResponse("ok"))

    for _attempt in range(5):
        assert view(rf.get("/")).status_code == 200
    assert Counter.objects.count() == 0
    view(rf.post("/"))
    assert Counter.objects.get().count == 1


@pytest.mark.django_db
def test_hit_answers_with_a_time_in_the_future():
    now = timezone.now()
    use_up("login_code_ip", "192.0.2.1", now=now)

    with pytest.raises(LimitExceededError) as refusal:
        hit("login_code_ip", "192.0.2.1", now=now)
    assert now < refusal.value.retry_at <= now + timedelta(minutes=15)
