"""Amounts and what they mean, in words."""

from collections.abc import Iterable
from datetime import date

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.reporting.costs.enums import Basis
from portal.reporting.costs.models import AgreedAmount
from portal.reporting.costs.sums import YearCost, in_force


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


def prices_words(amounts: Iterable[AgreedAmount], *, today: date) -> list[str]:
    """Say what an agreement's prices are today, and which are still to come."""
    rows = in_force(amounts)
    prices = sorted(
        (row for row in rows if row.basis == Basis.PER_SESSION), key=lambda row: (row.first_day, *_rank(row))
    )
    of_today = {row.offer_id: row for row in prices if row.first_day <= today}
    words = [_price_words(row) for row in sorted(of_today.values(), key=_rank)]
    words += [
        _("From %(day)s: %(price)s")
        % {"day": date_format(row.first_day, "j. F Y"), "price": _price_words(row)}
        for row in prices
        if row.first_day > today
    ]
    once = sum(row.amount_dkk for row in rows if row.basis == Basis.ONCE)
    return [*words, *([_("%(amount)s in fixed amounts") % {"amount": kroner(once)}] if once else [])]


def _rank(row: AgreedAmount) -> tuple[bool, str]:
    return row.offer is not None, str(row.offer or "")


def _price_words(row: AgreedAmount) -> str:
    words = _("%(amount)s per session") % {"amount": kroner(row.amount_dkk)}
    return f"{row.offer}: {words}" if row.offer else words
