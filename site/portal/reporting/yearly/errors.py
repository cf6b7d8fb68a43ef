"""Why a year is not closed or corrected. Each has a stable `code` and a text that says what to do."""

from django.utils.translation import gettext_lazy as _

from portal.reporting.errors import ReportingRefusedError


class YearRefusedError(ReportingRefusedError):
    """What all refusals about closed years have in common."""


class YearNotOverError(YearRefusedError):
    """The period still runs: its figures are not final."""

    code = "year_not_over"
    text = _("The year is not over yet. It can be closed from the day after its last day.")


class YearClosedError(YearRefusedError):
    """There is a report of the period already."""

    code = "year_closed"
    text = _("This year is closed already. If a figure was wrong, make a new revision of its report.")


class ReportSupersededError(YearRefusedError):
    """Somebody has corrected the report meanwhile: only the newest revision is corrected."""

    code = "report_superseded"
    text = _("This report has been corrected already. Open the newest revision and start from there.")


class ReasonMissingError(YearRefusedError):
    """A correction says why."""

    code = "reason_missing"
    text = _("Write why the figures are corrected. The reason stands in the report.")


class NothingChangedError(YearRefusedError):
    """The figures are those of the report in force."""

    code = "nothing_changed"
    text = _("Nothing has changed since the year was closed, so there is nothing to correct.")


class FiguresChangedError(YearRefusedError):
    """The figures are not those the page showed, or moved while they were read."""

    code = "figures_changed"
    text = _("The figures have changed since you saw them. Look at them again, then close the year.")


class FiguresDisagreeError(YearRefusedError):
    """The two ways of counting a year give different figures, also when read again: something is wrong in the data."""

    code = "figures_disagree"
    text = _(
        "The year is counted in two ways, session by session and in sums, and the two do not agree. So no figures are "
        "shown, and the year cannot be closed."
    )


class MissingNotAcknowledgedError(YearRefusedError):
    """Sessions lack reports, and whoever closes has not said that they know."""

    code = "missing_not_acknowledged"
    text = _("Some sessions have not been reported. Tick that you close the year without them.")


class NamelessError(YearRefusedError):
    """A year is closed by a named person."""

    code = "nameless"
    text = _("Your user has no name. Write your name on your account first: it stands in the report.")
