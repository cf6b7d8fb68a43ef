"""What waits for a provider, by the role of who reads: reports, answers, drafts that came back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from booking.attendance.reading import sessions_without_report
from booking.enums import BookingState, RequestState
from booking.models import BookedSession, DateRequest
from charter.enums import MemberRole
from charter.models import Provider
from workshops.enums import Approval, DraftState
from workshops.models import OfferDraft


@dataclass(frozen=True)
class Waiting:
    """One thing to do, and where."""

    text: str
    url: str


def waiting_for(provider: Provider, *, roles: Collection[str], now: datetime) -> list[Waiting]:
    """Return what waits, the most urgent first: one query each, none for what the role may not do."""
    found = []
    is_coordinator = MemberRole.COORDINATOR in roles
    if is_coordinator or MemberRole.FACILITATOR in roles:
        found += _reports(provider, now=now)
    if is_coordinator:
        found += [*_decisions(provider, now=now), *_requests(provider), *_drafts(provider)]
    return found


def _reports(provider: Provider, *, now: datetime) -> list[Waiting]:
    missing = list(
        sessions_without_report(now=now)
        .filter(provider=provider)
        .order_by("starts_at", "pk")
        .values_list("pk", flat=True)
    )
    if not missing:
        return []
    text = ngettext("Report %(count)s session", "Report %(count)s sessions", len(missing))
    url = (
        reverse("session_report", args=[missing[0]])
        if len(missing) == 1
        else reverse("provider_dates", args=[provider.slug]) + "?vis=tidligere"
    )
    return [Waiting(text % {"count": len(missing)}, url)]


def _decisions(provider: Provider, *, now: datetime) -> list[Waiting]:
    """Return the bookings that the offer leaves to the provider, where nothing else is in question."""
    awaiting = BookedSession.objects.filter(
        state=BookingState.AWAITING_APPROVAL,
        session__provider=provider,
        session__starts_at__gt=now,
        session__offer__approval=Approval.PROVIDER,
        booking__approval_reasons=["offer"],
    )
    sessions = list(awaiting.order_by("session__starts_at", "pk").values_list("session_id", flat=True))
    if not sessions:
        return []
    text = ngettext("Answer %(count)s booking", "Answer %(count)s bookings", len(sessions))
    return [Waiting(text % {"count": len(sessions)}, reverse("provider_session", args=[sessions[0]]))]


def _requests(provider: Provider) -> list[Waiting]:
    asked = list(
        DateRequest.objects.of_provider(provider.pk)
        .open()
        .filter(state=RequestState.SENT)
        .order_by("awaits_since", "pk")
        .values_list("pk", flat=True)
    )
    if not asked:
        return []
    text = ngettext("Answer %(count)s request for a date", "Answer %(count)s requests for a date", len(asked))
    return [Waiting(text % {"count": len(asked)}, reverse("provider_request", args=[asked[0]]))]


def _drafts(provider: Provider) -> list[Waiting]:
    returned = list(
        OfferDraft.objects.filter(provider=provider, state=DraftState.RETURNED)
        .order_by("answered_at", "pk")
        .values_list("pk", flat=True)
    )
    if not returned:
        return []
    text = ngettext(
        "Correct %(count)s offer that came back", "Correct %(count)s offers that came back", len(returned)
    )
    url = (
        reverse("provider_offer_draft", args=[provider.slug, returned[0]])
        if len(returned) == 1
        else reverse("provider_offers", args=[provider.slug])
    )
    return [Waiting(text % {"count": len(returned)}, url)]
