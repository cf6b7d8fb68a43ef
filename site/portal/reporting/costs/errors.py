"""Refusals about amounts."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class AmountRefusedError(Exception):
    """An amount is refused; the text says what to do."""

    code = "amount"
    text: Any = ""

    def __str__(self) -> str:
        return str(self.text)


class DayOutsideAgreementError(AmountRefusedError):
    """The agreement does not run on the day."""

    code = "day_outside_agreement"
    text = _("The agreement does not run on that day. Choose a day within it.")


class OfferOfAnotherError(AmountRefusedError):
    """The offer is another provider's, or of another programme, or the amount is for no single offer."""

    code = "offer_of_another"
    text = _("The agreement is not about that offer. Choose another, or all offers.")
