"""What the demo's external providers cost: agreements with prices, fixed amounts, one session paid although cancelled."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from charter.models import Agreement, Programme, Provider
from core.audit.log import Actor
from portal.reporting.costs.enums import Basis
from portal.reporting.costs.operations import add_amount, set_session_price
from workshops.calendars import local_date_of
from workshops.enums import SessionState
from workshops.models import Offer, Session

_FIRST_WEEKS = timedelta(days=14)
"""The agreement with one provider was signed a little late: its first sessions have no price."""


def add_costs(
    *,
    now: datetime,
    days: tuple[date, date],
    providers: Mapping[str, Provider],
    programmes: Mapping[str, Programme],
    offers: Mapping[str, Offer],
    actor: Actor,
) -> None:
    """Enter what the external providers get.

    Args:
        days: first and last day of the demo's period.
        providers, programmes, offers: by the keys of the demo.
    """
    first, last = days
    plan, neighbour = programmes["ekstremisme"], programmes["social_kontrol"]
    middle = first + (last - first) / 2
    workshops = _agreement(providers["klikklar"], plan, "Workshops og forældreaftener", first, last)
    late = _agreement(providers["modspil"], plan, "Workshops i udskolingen", first + _FIRST_WEEKS, last)
    guides = Agreement.objects.get(
        provider=providers["dialogbroen"], title="Samarbejdsaftale om dialogguider"
    )
    dialogue = _agreement(providers["dialogbroen"], plan, "Afholdelse af dialogforløb", first, last)
    groups = _agreement(
        providers["dialogbroen"], neighbour, "Dialoggrupper om negativ social kontrol", first, last
    )
    for agreement, basis, offer, day, amount in (
        (workshops, Basis.PER_SESSION, None, first, 7_800),
        (workshops, Basis.PER_SESSION, None, middle, 8_200),
        (workshops, Basis.PER_SESSION, offers["o6"], first, 12_500),
        (late, Basis.PER_SESSION, None, first + _FIRST_WEEKS, 9_600),
        (dialogue, Basis.PER_SESSION, None, first, 5_500),
        (guides, Basis.ONCE, None, guides.first_day, 150_000),
        (guides, Basis.ONCE, None, local_date_of(now) + timedelta(days=14), 150_000),
        (groups, Basis.ONCE, None, first, 240_000),
    ):
        add_amount(
            agreement_id=agreement.pk,
            basis=basis,
            offer_id=offer.pk if offer else None,
            first_day=day,
            amount_dkk=amount,
            actor=actor,
            now=now,
        )
    not_held = Session.objects.filter(
        state__in=(SessionState.CANCELLED, SessionState.NOT_HELD), provider=providers["klikklar"]
    )
    if session := not_held.order_by("starts_at", "pk").first():
        set_session_price(session_id=session.pk, amount_dkk=3_900, actor=actor, now=now)


def _agreement(provider: Provider, programme: Programme, title: str, first: date, last: date) -> Agreement:
    return Agreement.objects.create(
        provider=provider,
        programme=programme,
        title=title,
        signed_on=first,
        first_day=first,
        last_day=last,
        file_reference=f"2025-{provider.pk:03}{programme.pk:04}",
    )
