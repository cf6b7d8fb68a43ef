"""Accessible PDFs from a template and facts, whatever characters people have typed."""

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

_TRIES = 3
_KEPT = "\n\t"
_NOT_SHOWN = re.compile(r'(?:the text|the codepoint) `"(.+?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def typeset(template: Path, facts: Mapping[str, Any]) -> bytes:
    """Return the PDF (PDF/UA-1 and PDF/A-2a) of a template and its facts; the same bytes for the same facts.

    The standards allow no character that the fonts do not have, and a name may well be written in Thai or end in
    a balloon. Such a character is written as its number, as in "[U+738B]"; control characters become spaces.

    Args:
        facts: JSON values; the template reads them from `sys.inputs.data` and shows texts as they are.
    """
    written: Any = _mapped(facts, _without_controls)
    for attempt in range(1, _TRIES + 1):
        try:
            document = typst.compile(
                str(template),
                format="pdf",
                pdf_standards=["ua-1", "a-2a"],
                ignore_system_fonts=True,
                sys_inputs={"data": json.dumps(written, ensure_ascii=False, sort_keys=True)},
            )
        except typst.TypstError as error:
            table = {ord(one): f"[U+{ord(one):04X}]" for one in _not_in_fonts(error)}
            if not table or attempt == _TRIES:
                raise
            written = _mapped(written, lambda text, table=table: text.translate(table))
        else:
            break
    if not isinstance(document, bytes):
        raise TypeError("typst returned no single document")
    return document


def _not_in_fonts(error: typst.TypstError) -> set[str]:
    """Return the characters that the compiler could not show, by what it says about each."""
    found = "".join(_NOT_SHOWN.findall(str(error.diagnostic or error)))
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), found)
    return {one for one in plain if ord(one) > 0x7E}


def _without_controls(text: str) -> str:
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cs"} and c not in _KEPT else c for c in text)


def _mapped(value: Any, change: Any) -> Any:
    """Return JSON values with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(one, change) for one in value]
    return value
