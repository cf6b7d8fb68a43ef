"""Refusals about goals and what counts, and what refusals with a text have in common."""

from typing import Any


class ReportingRefusedError(Exception):
    """What refusals about years and amounts have in common: a stable code, and a text that says what to do."""

    code = ""
    text: Any = ""

    def __str__(self) -> str:
        return str(self.text)


class CountingError(Exception):
    """A version of what school types count as is refused."""

    code = "counting"


class CountingUnchangedError(CountingError):
    """It says what the version in force says."""

    code = "counting_unchanged"


class CountingChangedError(CountingError):
    """Another version came since the form was shown."""

    code = "counting_changed"
