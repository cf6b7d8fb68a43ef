"""What waits for a provider, by the role of who reads: reports, answers, drafts that came back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
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
    """Return what waits, the most urgent first: one query, which leaves out what the role may not do."""
    reads = []
    is_coordinator = MemberRole.COORDINATOR in roles
    if is_coordinator or MemberRole.FACILITATOR in roles:
        reads.append(_unreported(provider, now=now))
    if is_coordinator:
        reads += [_undecided(provider, now=now), _unanswered(provider), _returned(provider)]
    if not reads:
        return []
    keys: dict[str, list[int]] = {"reports": [], "decisions": [], "requests": [], "drafts": []}
    for kind, _since, key in reads[0].union(*reads[1:], all=True).order_by("work_since", "work_key"):
        keys[kind].append(key)
    return [
        *_reports(provider, keys["reports"]),
        *_decisions(keys["decisions"]),
        *_requests(keys["requests"]),
        *_drafts(provider, keys["drafts"]),
    ]


def _keys(found: QuerySet[Any], *, kind: str, since: str, key: str = "pk") -> QuerySet[Any, Any]:
    """Return kind, since when, and key of what was found: columns that kinds have in common."""
    kind_of_work = Value(kind, output_field=CharField())
    named = found.order_by().annotate(work_kind=kind_of_work, work_since=F(since), work_key=F(key))
    return named.values_list("work_kind", "work_since", "work_key")


def _unreported(provider: Provider, *, now: datetime) -> QuerySet[Any, Any]:
    found = sessions_without_report(now=now).filter(provider=provider)
    return _keys(found, kind="reports", since="starts_at")


def _undecided(provider: Provider, *, now: datetime) -> QuerySet[Any, Any]:
    """Return the sessions of bookings that the offer leaves to the provider, where nothing else is in question."""
    found = BookedSession.objects.filter(
        state=BookingState.AWAITING_APPROVAL,
        session__provider=provider,
        session__starts_at__gt=now,
        session__offer__approval=Approval.PROVIDER,
        booking__approval_reasons=["offer"],
    )
    return _keys(found, kind="decisions", since="session__starts_at", key="session")


def _unanswered(provider: Provider) -> QuerySet[Any, Any]:
    found = DateRequest.objects.of_provider(provider.pk).open().filter(state=RequestState.SENT)
    return _keys(found, kind="requests", since="awaits_since")


def _returned(provider: Provider) -> QuerySet[Any, Any]:
    found = OfferDraft.objects.filter(provider=provider, state=DraftState.RETURNED)
    return _keys(found, kind="drafts", since="answered_at")


def _reports(provider: Provider, missing: list[int]) -> list[Waiting]:
    if not missing:
        return []
    text = ngettext("Report %(count)s session", "Report %(count)s sessions", len(missing))
    url = (
        reverse("session_report", args=[missing[0]])
        if len(missing) == 1
        else reverse("provider_dates", args=[provider.slug]) + "?vis=tidligere"
    )
    return [Waiting(text % {"count": len(missing)}, url)]


def _decisions(sessions: list[int]) -> list[Waiting]:
    if not sessions:
        return []
    text = ngettext("Answer %(count)s booking", "Answer %(count)s bookings", len(sessions))
    return [Waiting(text % {"count": len(sessions)}, reverse("provider_session", args=[sessions[0]]))]


def _requests(asked: list[int]) -> list[Waiting]:
    if not asked:
        return []
    text = ngettext("Answer %(count)s request for a date", "Answer %(count)s requests for a date", len(asked))
    return [Waiting(text % {"count": len(asked)}, reverse("provider_request", args=[asked[0]]))]


def _drafts(provider: Provider, returned: list[int]) -> list[Waiting]:
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
