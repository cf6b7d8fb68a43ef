"""A venue or a facilitator used twice at a time: found, told of, or refused, as the setting says (S21)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from charter.models import Provider
from workshops.calendars import LOCAL_ZONE
from workshops.enums import REFUSABLE_CLASHES, ClashKind
from workshops.errors import SessionClashError
from workshops.models import Session, Venue
from workshops.rules import Slot, clash_between


@dataclass(frozen=True)
class Clash:
    """Another session in the way, and why it is."""

    kind: ClashKind
    session_id: int
    title: str
    starts_at: datetime
    ends_at: datetime

    @property
    def is_refusable(self) -> bool:
        """Whether the setting "refuse" refuses it; the others are only told of."""
        return self.kind in REFUSABLE_CLASHES

    def __str__(self) -> str:
        starts_at, ends_at = self.starts_at.astimezone(LOCAL_ZONE), self.ends_at.astimezone(LOCAL_ZONE)
        return _("%(title)s at %(start)s–%(end)s (%(why)s)") % {
            "title": self.title,
            "start": f"{starts_at:%H.%M}",
            "end": f"{ends_at:%H.%M}",
            "why": self.kind.label,
        }


def is_refused() -> bool:
    """Say whether clashes are refused (PORTAL_DOUBLE_BOOKING); else they are told of."""
    return bool(settings.PORTAL_DOUBLE_BOOKING == "refuse")


def find_clashes(wanted: Sequence[Slot], *, ignoring: Collection[int] = ()) -> list[list[Clash]]:
    """Return for each slot the sessions in its way, soonest first. One query, however many slots.

    A slot never clashes with its own session, nor with another slot that is only wanted.

    Args:
        wanted: `Session.slot`, or a Slot of what is not made yet.
        ignoring: sessions that count as out of the way, such as those moved in the same go.
    Source: FEATURES S21.
    """
    if not wanted:
        return []
    travel = timedelta(minutes=settings.PORTAL_TRAVEL_MINUTES)
    others = (
        Session.objects.that_may_clash(wanted, travel=travel)
        .exclude(pk__in=ignoring)
        .order_by("starts_at", "pk")
    )
    known = [(other, other.slot) for other in others]
    return [
        [
            Clash(kind, other.pk, other.title, other.starts_at, other.ends_at)
            for other, occupied in known
            if (kind := clash_between(slot, occupied, travel=travel)) is not None
        ]
        for slot in wanted
    ]


def lock_against_clashes(*, provider_ids: Collection[int], venue_ids: Collection[int | None] = ()) -> None:
    """Make others who plan with these providers or venues wait until this transaction ends.

    To be called before sessions are locked (one lock order: provider, offer, session), and before
    `refuse_clashes`: without it two people could take one hall at the same moment. Nothing to do where
    clashes are only told of; on SQLite the transaction itself is the lock.
    """
    if not is_refused():
        return
    # no_key: rows that refer to the provider or venue may still be written meanwhile.
    for rows in (
        Provider.objects.filter(pk__in=provider_ids),
        Venue.objects.filter(pk__in=[pk for pk in venue_ids if pk is not None]),
    ):
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def refuse_clashes(slot: Slot, *, ignoring: Collection[int] = ()) -> None:
    """Refuse a slot whose venue or facilitator is taken, where the setting says so.

    Raises:
        SessionClashError: it is taken, and clashes are refused.
    """
    if not is_refused():
        return
    clashes = [clash for clash in find_clashes([slot], ignoring=ignoring)[0] if clash.is_refusable]
    if clashes:
        raise SessionClashError(clashes)
