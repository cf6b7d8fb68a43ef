"""Refusals about goals and what counts."""


class CountingError(Exception):
    """A version of what school types count as is refused."""

    code = "counting"


class CountingUnchangedError(CountingError):
    """It says what the version in force says."""

    code = "counting_unchanged"


class CountingChangedError(CountingError):
    """Another version came since the form was shown."""

    code = "counting_changed"
