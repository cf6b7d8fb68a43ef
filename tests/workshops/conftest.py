"""Workshops stand below booking: here the session's own counters say what is taken and booked."""

import pytest

from core import prepared
from workshops import availability

_WITHOUT_BOOKING = -1_000_000
"""The generation of the reads compiled here: tests of this package share them, and no other package meets them."""


@pytest.fixture(autouse=True)
def _counters_answer(monkeypatch):
    """Put the defaults back that hold where no higher package is installed, for one test."""
    monkeypatch.setattr(availability, "_expired_places", availability._nothing_expired)
    monkeypatch.setattr(availability, "_booked_ids", availability._ids_with_taken_places)
    monkeypatch.setattr(availability, "_active_ids", availability._ids_with_taken_places)
    monkeypatch.setattr(prepared, "_generation", _WITHOUT_BOOKING)
