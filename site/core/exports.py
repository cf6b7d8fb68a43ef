"""Tables as files that a spreadsheet opens rightly and cannot be tricked by (R5).

One way for every export of the portal. Rows are read and written one at a time, so that 200,000 of them cost no
more memory than one:

    table = Table(title="Sessions", headings=["Date", "School"], rows=((s.local_date, s.name) for s in sessions))
    return csv_response(table, filename="sessions")
    return xlsx_response([table], filename="sessions")

CSV is what a Danish Excel opens with a double click: UTF-8 with BOM, semicolons, decimal comma, local times.
A text that a spreadsheet would take for a formula gets an apostrophe in front of it (CSV) or is marked as text (XLSX).
Numbers are written as numbers, negative ones too.
"""

import csv
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

CSV = "csv"
XLSX = "xlsx"
FORMATS = (CSV, XLSX)

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_BOM = "\ufeff".encode()

_STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet may take for the start of a formula, full-width forms included (OWASP: CSV injection)."""

_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")

_LONGEST_TEXT = 32_767
_LONGEST_SHEET_NAME = 31
_IN_MEMORY = 2**20
_CHUNK = 2**16

_FIRST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

type Cell = Any
"""None, bool, int, float, Decimal, date, datetime, time, or what `str` makes a text of (lazy texts, choices, rows)."""


@dataclass(frozen=True)
class Table:
    """One table to export: its rows are read once, from first to last."""

    title: str
    """Name of the sheet; not shown in CSV."""

    headings: Sequence[Any]
    rows: Iterable[Sequence[Cell]]
    notes: Sequence[Sequence[Cell]] = field(default_factory=tuple)
    """Rows below the table, after an empty one: definitions, completeness."""


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; what is a number stays as it is."""
    if text.lstrip(" ").startswith(_STARTS_FORMULA) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_cell(value: Cell) -> str:
    """Return a value as a cell of a Danish CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, float | Decimal):
        return _decimal_comma(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, datetime):
        return f"{_local(value):%d-%m-%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return harmless(str(value).replace("\x00", ""))


def csv_lines(table: Table) -> Iterator[bytes]:
    """Yield the CSV of a table, the BOM first, a line at a time."""
    echo: Any = _Echo()
    writer = csv.writer(echo, delimiter=";", lineterminator="\r\n")
    yield _BOM
    for row in _all_rows(table):
        yield writer.writerow([csv_cell(value) for value in row])


def csv_bytes(table: Table) -> bytes:
    """Return the whole CSV of a table."""
    return b"".join(csv_lines(table))


def write_xlsx(tables: Iterable[Table], output: IO[bytes], *, made_at: datetime | None = None) -> None:
    """Write a workbook with one sheet a table.

    Args:
        made_at: stands in the file as when it was made. With it, the same tables give the same bytes.
    """
    workbook = Workbook(write_only=True)
    names: set[str] = set()
    for table in tables:
        sheet = workbook.create_sheet(title=_sheet_name(table.title, names))
        sheet.freeze_panes = "A2"
        for index, heading in enumerate(table.headings, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = min(max(len(str(heading)) + 3, 12), 40)
        for number, row in enumerate(_all_rows(table)):
            sheet.append([_xlsx_cell(sheet, value, is_heading=number == 0) for value in row])
    with tempfile.TemporaryFile() as raw:
        workbook.save(raw)
        _copy_with_fixed_times(raw, output, made_at=made_at)


def xlsx_bytes(tables: Iterable[Table], *, made_at: datetime | None = None) -> bytes:
    """Return a whole workbook."""
    with tempfile.TemporaryFile() as output:
        write_xlsx(tables, output, made_at=made_at)
        output.seek(0)
        return output.read()


def csv_response(table: Table, *, filename: str) -> HttpResponseBase:
    """Send a table as CSV while its rows are read. `filename` has no suffix."""
    return StreamingHttpResponse(
        csv_lines(table), content_type=CSV_TYPE, headers=_download_headers(f"{filename}.csv")
    )


def xlsx_response(tables: Iterable[Table], *, filename: str) -> HttpResponseBase:
    """Send tables as one workbook. `filename` has no suffix."""
    # FileResponse closes it, and with that it is gone.
    output = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    write_xlsx(tables, output)
    output.seek(0)
    return FileResponse(output, content_type=XLSX_TYPE, headers=_download_headers(f"{filename}.xlsx"))


def table_response(table: Table, *, file_format: str, filename: str) -> HttpResponseBase:
    """Send a table in one of `FORMATS`."""
    if file_format == XLSX:
        return xlsx_response([table], filename=filename)
    return csv_response(table, filename=filename)


class _Echo:
    """A file that hands back what is written to it, for `csv.writer`."""

    def write(self, text: str) -> bytes:
        """Return the text as bytes."""
        return text.encode("utf-8", errors="replace")


def _all_rows(table: Table) -> Iterator[Sequence[Cell]]:
    yield table.headings
    yield from table.rows
    if table.notes:
        yield ()
        yield from table.notes


def _decimal_comma(value: float | Decimal) -> str:
    if not isfinite(value):
        return ""
    return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else repr(value).replace(".", ",")


def _local(value: datetime) -> datetime:
    """Rule 7: people read local time."""
    return timezone.make_naive(value) if timezone.is_aware(value) else value


def _xlsx_cell(sheet: Any, value: Cell, *, is_heading: bool) -> Any:
    if value is None or (isinstance(value, float | Decimal) and not isfinite(value)):
        return None
    if isinstance(value, bool):
        value = str(_("Yes") if value else _("No"))
    elif isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, _local(value))
        cell.number_format = "dd-mm-yyyy hh:mm"
        return cell
    elif isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "dd-mm-yyyy"
        return cell
    elif isinstance(value, time):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "hh:mm"
        return cell
    elif isinstance(value, int | float | Decimal):
        return value
    text = _NOT_IN_XML.sub("", str(value))[:_LONGEST_TEXT]
    cell = WriteOnlyCell(sheet, text)
    # openpyxl takes a text with "=" in front for a formula: it is a text, also after someone has edited the cell.
    cell.data_type = "s"
    if harmless(text) != text:
        cell.quotePrefix = True
    if is_heading:
        cell.font = Font(bold=True)
    return cell


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name Excel accepts, and unlike the others."""
    wanted = _NOT_IN_SHEET_NAMES.sub(" ", _NOT_IN_XML.sub("", str(title))).strip("' ") or "1"
    name, number = wanted[:_LONGEST_SHEET_NAME], 1
    while name.casefold() in taken:
        number += 1
        suffix = f" {number}"
        name = wanted[: _LONGEST_SHEET_NAME - len(suffix)] + suffix
    taken.add(name.casefold())
    return name


def _copy_with_fixed_times(raw: IO[bytes], output: IO[bytes], *, made_at: datetime | None) -> None:
    """Copy a workbook with its times replaced: openpyxl stamps every part with the clock."""
    stamp = f"{(made_at or timezone.now()).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, date_time=_FIRST_ZIP_TIME)
            part.compress_type = zipfile.ZIP_DEFLATED
            if name == "docProps/core.xml":
                properties = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, source.read(name))
                target.writestr(part, properties)
                continue
            with source.open(name) as opened, target.open(part, "w") as written:
                while chunk := opened.read(_CHUNK):
                    written.write(chunk)


def _download_headers(filename: str) -> dict[str, str]:
    return {
        "Content-Disposition": content_disposition_header(True, filename) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
