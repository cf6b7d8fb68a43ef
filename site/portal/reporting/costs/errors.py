"""Refusals about amounts."""

from django.utils.translation import gettext_lazy as _

from portal.reporting.errors import ReportingRefusedError


class AmountRefusedError(ReportingRefusedError):
    """An amount is refused."""

    code = "amount"


class DayOutsideAgreementError(AmountRefusedError):
    """The agreement does not run on the day."""

    code = "day_outside_agreement"
    text = _("The agreement does not run on that day. Choose a day within it.")


class OfferOfAnotherError(AmountRefusedError):
    """The offer is another provider's, or of another programme, or the amount is for no single offer."""

    code = "offer_of_another"
    text = _("The agreement is not about that offer. Choose another, or all offers.")
