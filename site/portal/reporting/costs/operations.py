"""Entering amounts: each leaves what stood before, and is in the log (ADR 16)."""

from datetime import date, datetime

from django.db import transaction

from charter.models import Agreement
from core.audit.log import Actor, record
from portal.reporting.costs.enums import Basis
from portal.reporting.costs.errors import DayOutsideAgreementError, OfferOfAnotherError
from portal.reporting.costs.models import AgreedAmount, SessionPrice
from workshops.models import Offer, Session


@transaction.atomic
def add_amount(
    *,
    agreement_id: int,
    basis: Basis,
    offer_id: int | None,
    first_day: date,
    amount_dkk: int,
    actor: Actor,
    now: datetime,
) -> AgreedAmount:
    """Enter a price per session from a day on, or a fixed amount on a day; it takes the place of that day's before.

    The same once more changes nothing.

    Args:
        offer_id: the one offer a price is for; None for all of the provider's offers, and for fixed amounts.
        amount_dkk: whole kroner without VAT; 0 is an amount.
    Raises:
        DayOutsideAgreementError: the agreement does not run on the day.
        OfferOfAnotherError: the agreement is not about the offer.
    """
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
    if first_day < agreement.first_day or (agreement.last_day and first_day > agreement.last_day):
        raise DayOutsideAgreementError
    if offer_id is not None:
        of_agreement = Offer.objects.filter(
            pk=offer_id, provider=agreement.provider_id, programme=agreement.programme_id
        )
        if basis != Basis.PER_SESSION or not of_agreement.exists():
            raise OfferOfAnotherError
    of_the_day = AgreedAmount.objects.filter(
        agreement=agreement, basis=basis, offer=offer_id, first_day=first_day
    )
    before = of_the_day.order_by("-pk").first()
    if before is not None and before.amount_dkk == amount_dkk:
        return before
    amount = AgreedAmount.objects.create(
        agreement=agreement,
        basis=basis,
        offer_id=offer_id,
        first_day=first_day,
        amount_dkk=amount_dkk,
        entered_at=now,
    )
    record(
        "agreed_amount.added",
        f"agreement:{agreement.pk}",
        actor=actor,
        now=now,
        provider_id=agreement.provider_id,
        basis=str(basis),
        offer_id=offer_id,
        first_day=first_day.isoformat(),
        before=before.amount_dkk if before else None,
        after=amount_dkk,
    )
    return amount


@transaction.atomic
def set_session_price(*, session_id: int, amount_dkk: int | None, actor: Actor, now: datetime) -> None:
    """Give a session a price of its own, or take it away again (None): then the agreement's counts.

    The same once more changes nothing.
    """
    session = Session.objects.select_for_update(of=("self",)).get(pk=session_id)
    before = SessionPrice.objects.filter(session=session).first()
    was = before.amount_dkk if before else None
    if was == amount_dkk:
        return
    if amount_dkk is None:
        SessionPrice.objects.filter(session=session).delete()
    else:
        SessionPrice.objects.update_or_create(
            session=session, defaults={"amount_dkk": amount_dkk, "entered_at": now}
        )
    record(
        "session_price.removed" if amount_dkk is None else "session_price.set",
        f"session:{session_id}",
        actor=actor,
        now=now,
        provider_id=session.provider_id,
        before=was,
        after=amount_dkk,
    )
