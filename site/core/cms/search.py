"""Text search over pages that answers alike on both databases.

SQLite's index knows whole words only, PostgreSQL's stems Danish; neither finds the start of a word through
`search()`. Words found by their beginning (`autocomplete()`) are added to both, so that «lærer» finds
«lærerne» and «forældre» finds «forældremøde» wherever the portal runs.
"""

import re
from typing import Any

MAX_QUERY_LENGTH = 100
MAX_HITS = 200

_WORD = re.compile(r"[^\W_]+", re.UNICODE)


def words_of(text: str) -> str:
    """Return the words of a typed text, without signs that a search backend gives a meaning of its own."""
    return " ".join(_WORD.findall(text[:MAX_QUERY_LENGTH]))


def find_ids(pages: Any, text: str) -> list[int]:
    """Return the ids of the pages that hold every word, best first; at most `MAX_HITS`.

    Args:
        pages: a page queryset, filtered by indexed fields only (live, locale).
        text: what the visitor typed; nothing in it is an operator.
    """
    words = words_of(text)
    if not words:
        return []
    whole = [page.pk for page in pages.search(words, operator="and")[:MAX_HITS]]
    begun = [page.pk for page in pages.autocomplete(words, operator="and")[:MAX_HITS]]
    return list(dict.fromkeys([*whole, *begun]))[:MAX_HITS]
