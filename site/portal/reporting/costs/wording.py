"""Amounts and what they mean, in words."""

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from portal.reporting.costs.sums import YearCost


def kroner(amount: int) -> str:
    """Write an amount as people read it: «12.500 kr.», kept on one line."""
    return _("%(amount)s kr.") % {"amount": floatformat(amount, "0g")}


def standing(cost: YearCost) -> tuple[str, str]:
    """Say how a year stands against its frame: a kind of message ("critical", "warning", "info" or "") and its words."""
    if cost.frame is None or cost.left is None:
        return "", ""
    open_dates = cost.total.open.amount
    if cost.total.spent > cost.frame:
        over = kroner(cost.total.spent - cost.frame)
        words = _("The frame is exceeded: %(amount)s more is spent than it holds.") % {"amount": over}
        if cost.total.committed:
            words += " " + _("With what is committed it is %(amount)s") % {"amount": kroner(-cost.left)}
        return "critical", words
    if cost.left < 0:
        over = kroner(-cost.left)
        return "warning", _(
            "What is spent and committed is %(amount)s more than the frame. If all that is booked is held, it does not suffice."
        ) % {"amount": over}
    if open_dates > cost.left:
        return "info", _(
            "The open dates cost %(amount)s if they are all booked, and that is more than what is left."
        ) % {"amount": kroner(open_dates)}
    return "", ""


def definitions() -> list[str]:
    """Return what the amounts mean, in words that stand beside them."""
    return [
        _("Spent: sessions that were reported as held, and fixed amounts until today."),
        _(
            "Committed: sessions with a confirmed booking that are to come or have not reported, and fixed amounts later in the year."
        ),
        _(
            "Open dates: dates that can be booked and have no confirmed booking. They are in neither of the two."
        ),
        _("Left: the frame less what is spent and committed."),
        _("What is cancelled or not held costs nothing, unless it has a price of its own."),
        _("A session without a price counts 0 kr., so the sums are too low until it has one."),
        _(
            "The municipality's own teams are not bought: their sessions stand here only if they have a price."
        ),
        _("Whole kroner without VAT, by the date of the session."),
    ]
