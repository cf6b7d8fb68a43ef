"""Exports open rightly in a Danish spreadsheet, and no cell of them is a formula (R5)."""

import io
import subprocess
import tempfile
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from shutil import which

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook

from core.exports import Table, csv_bytes, csv_cell, csv_lines, csv_response, write_xlsx, xlsx_bytes

DANGEROUS = [
    '=HYPERLINK("http://evil.example";"klik")',
    "+1+1",
    "-2+3",
    "@SUM(A1:A2)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
]
MADE_AT = datetime(2026, 12, 31, 12, tzinfo=UTC)


def _table(*rows: list[object]) -> Table:
    return Table(title="Tal", headings=["Navn"], rows=rows)


def _opened_by_libreoffice(content: bytes, *, suffix: str, folder: Path) -> list[list[object]]:
    """Return the cells LibreOffice sees, as the workbook it saves, formulas as formulas."""
    program = which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    source = folder / f"in.{suffix}"
    source.write_bytes(content)
    command = [
        program,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    if suffix == "csv":
        # Semicolon, double quotes, UTF-8, from line 1; and numbers as in Danish.
        command.append("--infilter=Text - txt - csv (StarCalc):59,34,76,1,,1030,false,true")
    subprocess.run(
        [*command, "--outdir", folder / "out", source], check=True, capture_output=True, timeout=120
    )
    sheet = load_workbook(folder / "out" / "in.xlsx").active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("text", DANGEROUS, ids=repr)
def test_csv_cell_puts_an_apostrophe_before_what_a_spreadsheet_takes_for_a_formula(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


def test_csv_cell_leaves_numbers_as_numbers() -> None:
    values = [-5, 0, Decimal("-2.50"), 3.5, "-5", "-2,5", float("nan")]

    assert [csv_cell(value) for value in values] == ["-5", "0", "-2,50", "3,5", "-5", "-2,5", ""]


def test_csv_cell_says_nothing_yes_and_times_as_people_read_them() -> None:
    with translation.override("da"):
        values = [None, True, False, date(2026, 3, 28), datetime(2026, 7, 1, 7, 30, tzinfo=UTC)]

        assert [csv_cell(value) for value in values] == ["", "Ja", "Nej", "28-03-2026", "01-07-2026 09:30"]


def test_csv_cell_translates_lazy_texts_when_they_are_written() -> None:
    with translation.override("da"):
        assert csv_cell(gettext_lazy("School")) == "Skole"


def test_csv_has_bom_semicolons_and_quoted_cells() -> None:
    table = Table(
        title="", headings=["Skole", "Elever"], rows=[['Bøgeskolen; "Øst"', 24]], notes=[["Alle har meldt"]]
    )

    content = csv_bytes(table)

    assert content == ('\ufeffSkole;Elever\r\n"Bøgeskolen; ""Øst""";24\r\n\r\nAlle har meldt\r\n'.encode())


def test_xlsx_keeps_every_dangerous_text_as_text() -> None:
    content = xlsx_bytes([_table(*[[text] for text in DANGEROUS])])

    cells = [row[0] for row in load_workbook(io.BytesIO(content))["Tal"].iter_rows(min_row=2)]

    assert [cell.data_type for cell in cells] == ["s"] * len(DANGEROUS)
    assert [cell.quotePrefix for cell in cells] == [True] * len(DANGEROUS)
    assert cells[0].value == DANGEROUS[0]


def test_xlsx_writes_numbers_and_local_times_as_such() -> None:
    rows = [[-5, Decimal("2.5"), datetime(2026, 7, 1, 7, 30, tzinfo=UTC), date(2026, 3, 28), "\x00\x08a"]]
    content = xlsx_bytes([Table(title="Tal", headings="ABCDE", rows=rows)])

    values = [cell.value for cell in load_workbook(io.BytesIO(content))["Tal"][2]]

    assert values == [-5, 2.5, datetime(2026, 7, 1, 9, 30), datetime(2026, 3, 28), "a"]  # noqa: DTZ001


def test_xlsx_gives_sheets_names_that_excel_takes() -> None:
    content = xlsx_bytes(
        [Table(title=title, headings=["A"], rows=[]) for title in ("Bydel/type", "bydel:TYPE", "", "x" * 40)]
    )

    assert load_workbook(io.BytesIO(content)).sheetnames == ["Bydel type", "bydel TYPE 2", "1", "x" * 31]


def test_xlsx_of_the_same_tables_is_the_same_bytes() -> None:
    first, second = (xlsx_bytes([_table(["a"], ["=b"], [3])], made_at=MADE_AT) for _time in range(2))

    assert first == second


def test_csv_is_read_and_sent_a_row_at_a_time() -> None:
    read = 0

    def rows():
        nonlocal read
        for number in range(1000):
            read += 1
            yield [number]

    lines = csv_lines(Table(title="", headings=["Nr."], rows=rows()))
    sent = [next(lines) for _line in range(4)]

    assert sent == ["\ufeff".encode(), b"Nr.\r\n", b"0\r\n", b"1\r\n"]
    assert read == 2


def test_xlsx_of_many_rows_is_not_kept_in_memory() -> None:
    table = Table(title="Tal", headings=["Tekst", "Nr."], rows=([f"Række {n}" * 5, n] for n in range(5000)))

    with tempfile.TemporaryFile() as output:
        tracemalloc.start()
        write_xlsx([table], output)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 3_000_000


def test_csv_response_names_its_file_in_danish() -> None:
    response = csv_response(_table(["a"]), filename="årsmål")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A5rsm%C3%A5l.csv"
    assert b"".join(response) == b"\xef\xbb\xbfNavn\r\na\r\n"


@pytest.mark.slow
def test_libreoffice_finds_no_formula_in_the_csv_and_reads_danish_numbers(tmp_path: Path) -> None:
    table = _table(*[[text] for text in DANGEROUS if text.strip() == text], [-5], [Decimal("2.5")], ["æøå"])

    rows = _opened_by_libreoffice(csv_bytes(table), suffix="csv", folder=tmp_path)

    assert [row[0] for row in rows[1:]] == [
        *(f"'{text}" for text in DANGEROUS if text.strip() == text),
        -5,
        2.5,
        "æøå",
    ]


@pytest.mark.slow
def test_libreoffice_finds_no_formula_in_the_workbook(tmp_path: Path) -> None:
    content = xlsx_bytes([_table(*[[text] for text in DANGEROUS if text.strip() == text], [-5], [2.5])])

    rows = _opened_by_libreoffice(content, suffix="xlsx", folder=tmp_path)

    assert [row[0] for row in rows[1:]] == [*(t for t in DANGEROUS if t.strip() == t), -5, 2.5]
