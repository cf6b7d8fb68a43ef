"""Files made to break whoever reads them: the public page answers, soon and in little memory."""

import time
import zlib

import pytest

from charter.sealing import published, read_stranger
from charter.sealing.deadlines import within
from charter.verification import Verdict, verify_document
from tests.charter.test_operations_signing import NOW

_CATALOG = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n"


def _zeros(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(mebibytes)) + packer.flush()


def _with_xref_stream(entries: bytes, body: bytes = b"") -> bytes:
    return _CATALOG + (
        b"5 0 obj\n<</Type/XRef/Root 1 0 R%b/Length %d>>\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        % (entries, len(body), body, len(_CATALOG))
    )


def fields_that_double() -> bytes:
    """Return 3 kB: forty form fields, each twice below the one before."""
    document = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>\nendobj\n"
    places = [9]
    for number in range(2, 42):
        places.append(len(document))
        below = b"/Kids[%d 0 R %d 0 R]" % (number + 1, number + 1) if number < 41 else b""
        document += b"%d 0 obj\n<</T(a%d)/FT/Sig%b>>\nendobj\n" % (number, number, below)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return document + (
        b"xref\n0 42\n0000000000 65535 f \n%btrailer\n<</Size 42/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (table, len(document))
    )


HOSTILE = {
    "fields that double": fields_that_double(),
    "a table without end": _with_xref_stream(b"/Size 5/Index[0 1000000000]/W[0 0 0]"),
    "a packed table": _with_xref_stream(b"/Size 100000000/W[1 2 1]/Filter/FlateDecode", _zeros(100)),
    "nothing": b"%PDF-",
    "deep": b"%PDF-1.7\n" + b"[" * 100_000 + b"\n%%EOF",
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_given_up_in_time(sealing, document):
    started = time.monotonic()

    reading = read_stranger(document, known=published(), seconds=1)

    assert not reading.is_sealed
    assert time.monotonic() - started < 10


def test_there_is_something_to_give_up():
    def forever() -> str:
        while True:
            pass

    assert within(0.2, forever, otherwise="given up") == "given up"
    assert within(5, lambda: "done", otherwise="given up") == "done"
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: str(1 / 0), otherwise="given up")


@pytest.mark.django_db
def test_the_page_asks_with_a_deadline(sealing, monkeypatch):
    monkeypatch.setattr("charter.sealing.reading.STRANGER_SECONDS", 0.5)

    assert verify_document(fields_that_double(), now=NOW).verdict == Verdict.UNREADABLE
