"""Pure rules: intervals, months, identifiers, the comparison of texts, the receipt."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from charter.documents import sealed_receipt
from charter.enums import CharterMode
from charter.models import CharterText, CharterVersion, Provider, Signature, SignatureEvidence
from charter.rules import (
    EndCause,
    Interval,
    Period,
    SignedSpan,
    add_months,
    interval_of,
    merge,
    signable_periods,
)
from charter.texts import Piece, blocks_of, compare
from charter.validators import is_cvr, validate_cvr, validate_p_number

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31), "2026")


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 5, 4), -6, date(2025, 11, 4)),
    ],
)
def test_add_months_stays_inside_the_month(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({}, (date(2026, 1, 1), date(2026, 12, 31), EndCause.EXPIRY)),
        (
            {"accepted_until": date(2026, 6, 30)},
            (date(2026, 1, 1), date(2026, 6, 30), EndCause.VERSION),
        ),
        (
            {"withdrawn_from": date(2026, 6, 1)},
            (date(2026, 1, 1), date(2026, 5, 31), EndCause.WITHDRAWAL),
        ),
        (
            {"withdrawn_from": date(2026, 9, 1), "accepted_until": date(2026, 6, 30)},
            (date(2026, 1, 1), date(2026, 6, 30), EndCause.VERSION),
        ),
        ({"withdrawn_from": date(2026, 1, 1)}, None),
        ({"accepted_until": date(2025, 12, 31)}, None),
    ],
    ids=["whole", "version", "withdrawn", "both", "withdrawn at once", "never accepted"],
)
def test_interval_of_cuts_a_signature(span, expected):
    interval = interval_of(SignedSpan(date(2026, 1, 1), date(2026, 12, 31), **span))

    found = (interval.first_day, interval.last_day, interval.ended_by) if interval else None
    assert found == expected


days = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31))
intervals = st.lists(st.tuples(days, days).map(lambda pair: Interval(min(pair), max(pair))), max_size=6)


@given(intervals, days)
def test_merge_covers_the_same_days_in_order_without_touching(found, day):
    merged = merge(found)

    assert any(i.covers(day) for i in merged) == any(i.covers(day) for i in found)
    for before, after in pairwise(merged):
        assert (after.first_day - before.last_day).days > 1


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([], [Period(date(2026, 5, 4), date(2026, 12, 31), "2026")]),
        ([Interval(date(2026, 1, 1), date(2026, 12, 31))], []),
        (
            [Interval(date(2026, 1, 1), date(2026, 8, 31))],
            [Period(date(2026, 5, 4), date(2026, 12, 31), "2026")],
        ),
    ],
    ids=["unsigned", "signed", "cut by a new version"],
)
def test_the_running_period_is_signed_from_today(covered, expected):
    assert (
        signable_periods(
            today=date(2026, 5, 4),
            mode=CharterMode.CALENDAR_YEAR,
            open_periods=[YEAR],
            intervals=covered,
        )
        == expected
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("64942212", True),
        ("64942213", False),
        ("00000000", False),
        ("6494221", False),
        ("٦٤٩٤٢٢١٢", False),
        ("6494221a", False),
    ],
)
def test_is_cvr_asks_for_the_check_digit(number, expected):
    assert is_cvr(number) is expected


@pytest.mark.parametrize(("number", "code"), [("123", "cvr_form"), ("64942213", "cvr_check_digit")])
def test_validate_cvr_says_what_is_wrong(number, code):
    with pytest.raises(ValidationError) as caught:
        validate_cvr(number)

    assert caught.value.code == code


def test_validate_p_number_asks_for_ten_digits():
    validate_p_number("1234567890")
    with pytest.raises(ValidationError):
        validate_p_number("123")


def test_blocks_of_reads_the_text_in_order():
    found = blocks_of("<h2>A &amp; B</h2><p>Et <b>ord</b></p><ul><li>x</li><li> </li></ul>")

    assert [(block.kind, block.text) for block in found] == [("h2", "A & B"), ("p", "Et ord"), ("li", "x")]


def test_compare_marks_words_blocks_added_and_removed():
    found = compare(
        "<h2>Et</h2><p>Alle må tale frit.</p><p>Væk.</p>",
        "<h2>Et</h2><p>Alle må altid tale frit.</p><h2>To</h2>",
    )

    assert [(block.kind, block.change) for block in found] == [
        ("h2", "same"),
        ("p", "changed"),
        ("p", "removed"),
        ("h2", "added"),
    ]
    assert found[1].pieces == (Piece("same", "Alle må"), Piece("added", "altid"), Piece("same", "tale frit."))


def receipt(**changes: str) -> bytes:
    signature = Signature(
        provider=Provider(name="Klar Tale #1 *x*", cvr="64942212"),
        version=CharterVersion(number=1),
        covers_from=date(2026, 5, 4),
        covers_until=date(2026, 12, 31),
        method="email_code",
        signed_at=datetime(2026, 5, 4, 8, tzinfo=UTC),
        text_sha256="a" * 64,
        reference="CH-ABCD2345",
    )
    evidence = SignatureEvidence(
        **{
            "signer_name": "Mette Medlem",
            "signer_role": "Direktør",
            "authority": "Tegningsberettiget",
            "signer_email": "m@example.dk",
            "statements": ["Jeg har læst det hele."],
            "proof": {"transaction": "signing:1:ab"},
            **changes,
        }
    )
    text = CharterText(title="Charter", notice="Demo", body="<h2>Et</h2><p>Tale.</p><ul><li>x</li></ul>")
    return sealed_receipt(signature, evidence, text, software="1.0", chain_head="").document


def test_the_receipt_is_the_same_bytes_for_the_same_facts():
    assert receipt() == receipt()
    assert receipt() != receipt(signer_name="En Anden")


def test_the_receipt_declares_pdf_ua_and_pdf_a_in_danish():
    document = receipt()

    for mark in (
        b"<pdfuaid:part>1<",
        b"<pdfaid:part>2<",
        b"<pdfaid:conformance>A<",
        b"da-DK",
        b"/StructTreeRoot",
    ):
        assert mark in document


@pytest.mark.parametrize("name", ['"]) #panic("x") //', "#{1+1}", "\\u{1}", "Ø" * 120, "<b>x</b>", "\u202e"])
def test_the_receipt_takes_any_name_as_plain_text(name):
    assert receipt(signer_name=name).startswith(b"%PDF")
