"""Agreements with prices."""

from datetime import date
from typing import Any

from django.utils import timezone

from charter.models import Agreement
from core.audit.log import SYSTEM
from portal.reporting.costs.enums import Basis
from portal.reporting.costs.models import AgreedAmount
from portal.reporting.costs.operations import add_amount
from tests.factories.charter import AgreementFactory
from workshops.models import Offer


def agreement_of(offer: Offer, **more: Any) -> Agreement:
    """Make a signed agreement with an offer's provider, for all of 2026 and on."""
    return AgreementFactory(
        **{
            "provider": offer.provider,
            "programme": offer.programme,
            "signed_on": date(2025, 12, 1),
            "first_day": date(2026, 1, 1),
            "last_day": None,
            **more,
        }
    )


def agree(
    agreement: Agreement,
    amount: int,
    *,
    day: date | None = None,
    offer: Offer | None = None,
    basis: Basis = Basis.PER_SESSION,
) -> AgreedAmount:
    """Enter an amount of an agreement, from its first day unless another is said."""
    return add_amount(
        agreement_id=agreement.pk,
        basis=basis,
        offer_id=offer.pk if offer else None,
        first_day=day or agreement.first_day,
        amount_dkk=amount,
        actor=SYSTEM,
        now=timezone.now(),
    )
