"""Personal links: what opens, and the right refusal for everything else."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.links.errors import LinkError, LinkExpiredError, LinkInvalidError, LinkRevokedError
from core.links.tokens import Claim, absolute_url, make_token, read_token

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
IDS = st.integers(min_value=0, max_value=2**63 - 1)


@given(object_id=IDS, generation=st.integers(min_value=0, max_value=2**31))
def test_a_token_says_what_it_was_made_with(object_id, generation):
    token = make_token("booking", object_id, generation, expires_at=LATER)

    assert read_token(token, purpose="booking", now=NOW) == Claim(object_id, generation, LATER)


@given(object_id=IDS, position=st.integers(min_value=0), character=st.sampled_from("Aa9-_Zq"))
def test_a_token_with_one_altered_character_is_invalid(object_id, position, character):
    token = make_token("booking", object_id, 1, expires_at=LATER)
    position %= len(token)
    if token[position] == character:
        character = "x"
    altered = token[:position] + character + token[position + 1 :]

    with pytest.raises(LinkInvalidError):
        read_token(altered, purpose="booking", now=NOW)


@given(object_id=IDS, kept=st.integers(min_value=0))
def test_a_truncated_token_is_invalid(object_id, kept):
    token = make_token("booking", object_id, 1, expires_at=LATER)

    with pytest.raises(LinkInvalidError):
        read_token(token[: kept % len(token)], purpose="booking", now=NOW)


@given(st.text())
def test_any_text_is_an_invalid_token_and_never_another_error(text):
    with pytest.raises(LinkInvalidError):
        read_token(text, purpose="booking", now=NOW)


def test_a_token_of_another_purpose_is_invalid():
    token = make_token("evaluation", 17, 1, expires_at=LATER)

    with pytest.raises(LinkInvalidError):
        read_token(token, purpose="booking", now=NOW)


def test_a_token_expires_at_its_time_and_not_before():
    token = make_token("booking", 17, 1, expires_at=LATER)

    assert read_token(token, purpose="booking", now=LATER - timedelta(seconds=1)).object_id == 17
    with pytest.raises(LinkExpiredError):
        read_token(token, purpose="booking", now=LATER)


def test_an_expired_token_that_was_altered_is_invalid_and_not_expired():
    token = make_token("booking", 17, 1, expires_at=NOW)

    with pytest.raises(LinkInvalidError):
        read_token("AAAA" + token[4:], purpose="booking", now=LATER)


def test_a_token_of_an_older_generation_is_revoked():
    claim = read_token(make_token("booking", 17, 1, expires_at=LATER), purpose="booking", now=NOW)

    claim.require_generation(1)
    with pytest.raises(LinkRevokedError):
        claim.require_generation(2)


@pytest.mark.parametrize("character", "\x00 /+=.æ😀")
def test_a_token_with_a_foreign_character_is_invalid(character):
    token = make_token("booking", 17, 1, expires_at=LATER)

    with pytest.raises(LinkInvalidError):
        read_token(token + character, purpose="booking", now=NOW)


def test_a_second_spelling_of_the_same_bytes_is_invalid():
    token = make_token("booking", 17, 300, expires_at=LATER)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    padded = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    twins = [token[:-1] + last for last in alphabet if last != token[-1]]
    same_bytes = [t for t in twins if base64.urlsafe_b64decode(t + "=" * (-len(t) % 4)) == padded]

    assert same_bytes  # the encoding does leave room for a second spelling
    for twin in same_bytes:
        with pytest.raises(LinkInvalidError):
            read_token(twin, purpose="booking", now=NOW)


def test_a_token_of_the_former_secret_key_opens_while_it_is_a_fallback(settings):
    token = make_token("booking", 17, 1, expires_at=LATER)
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "another"

    with pytest.raises(LinkInvalidError):
        read_token(token, purpose="booking", now=NOW)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert read_token(token, purpose="booking", now=NOW).object_id == 17


@given(object_id=IDS)
def test_a_token_is_short_and_needs_no_escaping_in_a_url(object_id):
    token = make_token("booking", object_id, 2**31, expires_at=LATER)

    assert len(token) <= 60
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_token_holds_numbers_and_a_signature_and_nothing_else():
    token = make_token("booking", 17, 3, expires_at=LATER)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))

    assert raw[:-16] == int(LATER.timestamp()).to_bytes(4, "big") + b"\x01\x03" + b"\x01\x11"


@pytest.mark.parametrize(("object_id", "generation"), [(-1, 0), (0, -1), (2**63, 0)])
def test_make_token_refuses_numbers_no_object_has(object_id, generation):
    with pytest.raises(ValueError, match="zero or more"):
        make_token("booking", object_id, generation, expires_at=LATER)


def test_every_refusal_has_a_code_of_its_own_and_a_text():
    errors = [LinkInvalidError(), LinkExpiredError(), LinkRevokedError()]

    assert [error.code for error in errors] == ["link_invalid", "link_expired", "link_revoked"]
    assert all(isinstance(error, LinkError) and str(error) for error in errors)


def test_absolute_url_uses_the_configured_address(settings):
    settings.PORTAL_BASE_URL = "https://dannelsesportalen.example.dk"

    assert absolute_url("/booking/x/") == "https://dannelsesportalen.example.dk/booking/x/"
