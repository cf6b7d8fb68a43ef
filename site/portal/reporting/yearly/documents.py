"""The documents of a closed year, drawn from its snapshot alone: no clock, no database, no setting (ADR 11).

A snapshot's tables are {"key", "title", "note", "columns": [text], "rows": [[text, number or nothing]]}; the first
column names the row. Whatever is a number is written as one where a spreadsheet reads it, and as people do elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.exports import Table, csv_bytes, xlsx_bytes
from core.typesetting import typeset
from portal.reporting.yearly.chart import months_chart
from portal.reporting.yearly.models import DocumentFormat
from portal.reporting.yearly.word import word_document

_TEMPLATE = Path(__file__).parent / "data" / "yearly.typ"

_FIGURES = re.compile(r"\d+ af \d+|\d[\d.]*(–\d[\d.]*)?|–")
"""Texts that stand under figures: «14 af 16», «200–300», a dash."""

type Content = Mapping[str, Any]


def documents_of(content: Content) -> dict[DocumentFormat, bytes]:
    """Return every document of a snapshot. The same snapshot gives the same bytes."""
    return {
        DocumentFormat.PDF: pdf_of(content),
        DocumentFormat.DOCX: word_document(printed(content), made_at=closed_at(content)),
        DocumentFormat.XLSX: xlsx_bytes(
            [_export(table) for table in _sheets(content)], made_at=closed_at(content)
        ),
        DocumentFormat.CSV: csv_bytes(_figures(content)),
        DocumentFormat.SESSIONS: csv_bytes(_export(content["sessions"])),
    }


def pdf_of(content: Content) -> bytes:
    """Return the PDF, PDF/A-2a and PDF/UA-1: the compiler refuses what is not accessible."""
    at = closed_at(content)
    facts = {
        **printed(content),
        "made_at_parts": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "charts": {
            table["key"]: chart for table in content["tables"] if (chart := months_chart(table)) is not None
        },
    }
    return typeset(_TEMPLATE, facts)


def closed_at(content: Content) -> datetime:
    """Return when the snapshot was closed."""
    return datetime.fromisoformat(content["closed"]["at"]).astimezone(UTC)


def tables_to_read(content: Content) -> list[dict[str, Any]]:
    """Return the tables for reading, in order: all but the sessions one by one."""
    return [content["goals"], *content["tables"], content["missing"], content["school_types"]]


def printed(content: Content) -> dict[str, Any]:
    """Return the snapshot as it is read: numbers as people write them, the sessions one by one left out."""
    words = content["words"]
    return {
        "title": content["title"],
        "publisher": content["department"],
        "lead": content["lead"],
        "facts": content["facts"],
        "summary": content["summary"],
        "tables": [_printed_table(table, words) for table in tables_to_read(content)],
        "definitions": content["definitions"],
        "words": words,
    }


def written(value: Any) -> str:
    """Return a cell as people write it in Danish: 1.234, and a dash where nothing is known."""
    if value is None:
        return "–"
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)


def _printed_table(table: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    rows = [[written(cell) for cell in row] for row in table["rows"]]
    columns = [[heading, *(row[index] for row in rows)] for index, heading in enumerate(table["columns"])]
    numeric = [
        index > 0 and all(_FIGURES.fullmatch(row[index]) for row in rows) for index in range(len(columns))
    ]
    return {
        **table,
        "rows": rows,
        "numeric": numeric,
        "widths": [_width(cells) for cells in columns],
        "none": words["none"],
    }


def _width(cells: Sequence[str]) -> int:
    """Return how wide a column wants to be, in letters: its longest word, and half of its longest text."""
    longest_word = max(len(word) for cell in cells for word in cell.split() or [""])
    longest = max(len(cell) for cell in cells)
    return max(longest_word + 1, min(longest // 2, 26), 6)


def _sheets(content: Content) -> list[dict[str, Any]]:
    """Return all tables of the workbook: first who closed what, then figures, definitions and sessions."""
    words = content["words"]
    about = {
        "title": words["about"],
        "columns": [words["fact"], words["value"]],
        "rows": [*content["facts"], *[["", paragraph] for paragraph in content["summary"]]],
        "note": "",
    }
    definitions = {
        "title": words["definitions"],
        "columns": [words["term"], words["meaning"]],
        "rows": content["definitions"],
        "note": "",
    }
    return [about, *tables_to_read(content), definitions, content["sessions"]]


def _export(table: Mapping[str, Any]) -> Table:
    notes = ((table["note"],),) if table["note"] else ()
    return Table(
        title=table.get("sheet") or table["title"], headings=table["columns"], rows=table["rows"], notes=notes
    )


def _figures(content: Content) -> Table:
    """Return every figure on a line of its own: what a program or a pivot table reads."""
    words = content["words"]
    year = content["period"]["label"]
    revision = content["revision"]["number"]
    return Table(
        title=content["title"],
        headings=[
            words["year"],
            words["revision"],
            words["table"],
            words["row"],
            words["column"],
            words["value"],
        ],
        rows=[
            [year, revision, table["title"], row[0], column, cell]
            for table in tables_to_read(content)
            for row in table["rows"]
            for column, cell in zip(table["columns"][1:], row[1:], strict=True)
        ],
    )
