"""The board: where every provider stands with the charter, and what is at stake (C7).

Coverage is read by the same functions as everywhere; nothing is stored, so the board is right the second something
changes. All providers on it are placed (there are tens), their dates and bookings are counted for the page shown.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q

from charter.coverage import coverages
from charter.enums import MemberRole
from charter.gate import local_day
from charter.models import CharterPeriod, CharterVersion, Provider, ProviderMember
from charter.renewal import (
    MAY_BE_REMINDED,
    ON_BOARD,
    URGENCY,
    Due,
    Reminder,
    Standing,
    standing_of,
    step_due,
)
from charter.rules import CAN_SIGN_IN, Coverage, Period, signable_periods
from charter.stakes import NOTHING, Stake, shut_out
from core.outbox.models import Message

PER_PAGE = 25


@dataclass(frozen=True)
class Facts:
    """Where one provider stands."""

    provider: Provider
    coverage: Coverage
    standing: Standing
    due: Due | None
    periods: tuple[Period, ...]
    """What it can sign for now; empty when it cannot sign."""

    @property
    def may_be_reminded(self) -> bool:
        """Whether asking for the signature makes sense: it is wanted, and can be given now."""
        return self.standing in MAY_BE_REMINDED and bool(self.periods)


def facts_of(providers: Iterable[Provider], *, now: datetime) -> list[Facts]:
    """Return where providers that need the charter stand, in three queries."""
    today = local_day(now)
    providers = list(providers)
    found = coverages(providers, today=today)
    open_periods = [
        Period(period.first_day, period.last_day, period.name)
        for period in CharterPeriod.objects.open_for_signing(today=today)
    ]
    has_version = CharterVersion.objects.newest_at(now) is not None
    facts = []
    for provider in providers:
        coverage = found[provider.pk]
        can_sign = has_version and provider.state in CAN_SIGN_IN
        periods = (
            signable_periods(
                today=today,
                mode=settings.PORTAL_CHARTER_MODE,
                open_periods=open_periods,
                intervals=coverage.intervals,
            )
            if can_sign
            else []
        )
        facts.append(
            Facts(
                provider,
                coverage,
                standing_of(state=provider.state, coverage=coverage, today=today),
                step_due(state=provider.state, coverage=coverage, today=today),
                tuple(periods),
            )
        )
    return facts


@dataclass(frozen=True)
class Row:
    """One provider on the board."""

    facts: Facts
    stake: Stake
    signatories: int
    reminded_at: datetime | None


@dataclass(frozen=True)
class Board:
    """A page of the board, and how many providers stand where."""

    page: "Page[Facts]"
    rows: list[Row]
    counts: Mapping[Standing, int]


def board(*, now: datetime, standing: str = "", text: str = "", number: str | int | None = None) -> Board:
    """Return a page of the board, the most urgent first; seven queries at most, whatever is on it."""
    providers = Provider.objects.needing_charter().filter(state__in=ON_BOARD)
    if text:
        providers = providers.filter(name__icontains=text)
    signs = Q(memberships__role=MemberRole.SIGNATORY, memberships__user__is_active=True)
    providers = providers.annotate(signatories=Count("memberships", filter=signs))
    everyone = facts_of(providers.order_by("name", "pk"), now=now)
    counts = Counter(facts.standing for facts in everyone)
    chosen = [facts for facts in everyone if standing in ("", facts.standing)]
    far = local_day(now).max
    chosen.sort(key=lambda facts: (URGENCY[facts.standing], facts.coverage.until or far))
    page = Paginator(chosen, PER_PAGE).get_page(number)
    ids = [facts.provider.pk for facts in page.object_list]
    stakes = shut_out(ids, now=now)
    reminded = last_reminders(ids)
    rows = [
        Row(
            facts,
            stakes.get(facts.provider.pk, NOTHING),
            facts.provider.signatories,  # type: ignore[attr-defined]  # annotated above
            reminded.get(facts.provider.pk),
        )
        for facts in page.object_list
    ]
    return Board(page, rows, {each: counts[each] for each in Standing if counts[each]})


def signatory_counts(provider_ids: Collection[int]) -> dict[int, int]:
    """Return how many active signatories providers have, in one query; those without any are left out."""
    members = ProviderMember.objects.filter(
        provider__in=provider_ids, role=MemberRole.SIGNATORY, user__is_active=True
    )
    return dict(Counter(members.values_list("provider_id", flat=True)))


def last_reminders(provider_ids: Collection[int]) -> dict[int, datetime]:
    """Return when providers were last reminded, by the ladder or by a person, in one query."""
    sent = (
        Message.objects.filter(
            about__in=[f"provider:{pk}" for pk in provider_ids],
            mail_type__in=[reminder.value for reminder in Reminder],
        )
        .order_by()
        .values_list("about")
        .annotate(last=Max("queued_at"))
    )
    return {int(about.partition(":")[2]): last for about, last in sent}
