"""Workshops stand below booking: here the session's own counters say what is taken and booked."""

import pytest
from django.db import DEFAULT_DB_ALIAS, connections

from workshops import availability

_READS = "_prepared_reads"
_of_this_package: list[object] = []
"""The reads compiled without booking, kept from test to test: no other package meets them, nor are its own lost."""


@pytest.fixture(autouse=True)
def _counters_answer(monkeypatch):
    """Put the defaults back that hold where no higher package is installed, for one test."""
    monkeypatch.setattr(availability, "_expired_places", availability._nothing_expired)
    monkeypatch.setattr(availability, "_booked_ids", availability._ids_with_taken_places)
    monkeypatch.setattr(availability, "_active_ids", availability._ids_with_taken_places)
    kept = connections[DEFAULT_DB_ALIAS].__dict__
    of_the_others = kept.pop(_READS, None)
    if _of_this_package:
        kept[_READS] = _of_this_package.pop()
    yield
    if reads := kept.pop(_READS, None):
        _of_this_package.append(reads)
    if of_the_others:
        kept[_READS] = of_the_others
