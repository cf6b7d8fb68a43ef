"""Every list of the Wagtail admin exports through `core.exports`: ours and Wagtail's own reports (R5)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from core.exports import Table, table_response

_READ_AT_ONCE = 2000


def connect() -> None:
    """Replace Wagtail's writer, which leaves formulas in CSV, and times in UTC.

    Its views offer no setting for it: the method is replaced on the mixin, so that no list can be forgotten.
    """
    SpreadsheetExportMixin.as_spreadsheet = _as_spreadsheet


def _as_spreadsheet(view: Any, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
    table = Table(
        title=str(getattr(view, "page_title", "") or view.get_filename()),
        headings=[view.get_heading(queryset, name) for name in view.list_export],
        rows=_rows(view, queryset, spreadsheet_format),
    )
    return table_response(table, file_format=spreadsheet_format, filename=view.get_filename())


def _rows(view: Any, queryset: Any, spreadsheet_format: str) -> Iterator[list[Any]]:
    items = (
        queryset.iterator(chunk_size=_READ_AT_ONCE)
        if isinstance(queryset, QuerySet)
        and queryset._result_cache is None  # what was read is not read again
        else queryset
    )
    for item in items:
        yield [
            _value(view, name, value, spreadsheet_format) for name, value in view.to_row_dict(item).items()
        ]


def _value(view: Any, name: str, value: Any, spreadsheet_format: str) -> Any:
    prepare = view.custom_field_preprocess.get(name, {}).get(spreadsheet_format)
    if prepare is not None:
        return prepare(value)
    return ", ".join(str(item) for item in value) if isinstance(value, list | tuple) else value
