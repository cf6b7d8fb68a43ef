"""Named reads of applications, invitations, vetting entries and agreements."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from charter.enums import ProviderKind
from charter.organisation.enums import (
    AWAITS_PROVIDER,
    PENDING_INVITATIONS,
    SHOWN_TO_PROVIDER,
    ApplicationState,
)


class ApplicationQuerySet(models.QuerySet[Any]):
    """Applications to become a provider."""

    def waiting(self) -> "ApplicationQuerySet":
        """Those that await an answer."""
        return self.filter(state=ApplicationState.WAITING)


class ProviderInvitationQuerySet(models.QuerySet[Any]):
    """Invitations to apply."""

    def usable(self, *, now: datetime) -> "ProviderInvitationQuerySet":
        """Those whose link works."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=now)


class InvitationQuerySet(models.QuerySet[Any]):
    """Invitations to act for a provider."""

    def pending(self) -> "InvitationQuerySet":
        """Those neither answered nor withdrawn; their time may be over."""
        return self.filter(state__in=PENDING_INVITATIONS)


class CaseQuerySet(models.QuerySet[Any]):
    """Vetting cases."""

    def open(self) -> "CaseQuerySet":
        """Those not decided."""
        return self.filter(decided_at=None)

    def awaiting_provider(self) -> "CaseQuerySet":
        """Those in which the organisation has something to answer."""
        return self.filter(decided_at=None, state__in=AWAITS_PROVIDER)

    def with_questions(self) -> "CaseQuerySet":
        """Add `has_questions`: whether there is anything that the organisation may read."""
        from charter.models import VettingEntry

        entries = VettingEntry.objects.filter(case=models.OuterRef("pk"))
        return self.annotate(has_questions=models.Exists(entries.shown_to_provider()))

    def overdue(self, *, today: date) -> "CaseQuerySet":
        """Those whose deadline for the organisation has passed."""
        return self.awaiting_provider().filter(due_on__lt=today)


class EntryQuerySet(models.QuerySet[Any]):
    """Entries of vetting cases."""

    def shown_to_provider(self) -> "EntryQuerySet":
        """Leave out internal notes: the only read that the provider's pages may use."""
        return self.filter(kind__in=SHOWN_TO_PROVIDER)


class AgreementQuerySet(models.QuerySet[Any]):
    """Cooperation agreements, with days as the rules count them: first and last day included (R8)."""

    def signed(self) -> "AgreementQuerySet":
        """Leave out what is only being prepared."""
        return self.exclude(signed_on=None)

    def in_force_on(self, day: date | models.OuterRef) -> "AgreementQuerySet":
        """Keep signed agreements that run on a day, or on that of the rows around; without a last day they run on."""
        return self.signed().in_force_within(day, day)

    def in_force_within(
        self, first_day: date | models.OuterRef, last_day: date | models.OuterRef
    ) -> "AgreementQuerySet":
        """Keep signed agreements that run on at least one day of a period."""
        return self.signed().filter(Q(last_day=None) | Q(last_day__gte=first_day), first_day__lte=last_day)

    def signed_within(self, first_day: date, last_day: date) -> "AgreementQuerySet":
        """Keep agreements signed on a day of a period, whenever they run."""
        return self.filter(signed_on__gte=first_day, signed_on__lte=last_day)

    def with_civil_society(self) -> "AgreementQuerySet":
        """Keep agreements with associations and the like: not suppliers, not municipal teams."""
        return self.filter(provider__kind=ProviderKind.CIVIL_SOCIETY)

    def counting_for_goal(self, *, programme_id: int, first_day: date, last_day: date) -> "AgreementQuerySet":
        """Keep what the goal «samarbejdsaftaler med 1-2 civilsamfundsorganisationer» counts.

        Signed agreements of the programme with civil society that run on at least one day of the period. The
        figure is the number of organisations (`organisations()`), so that a prolonged agreement counts once.
        """
        return self.in_force_within(first_day, last_day).with_civil_society().filter(programme=programme_id)

    def organisations(self) -> int:
        """Return how many organisations the agreements are with."""
        return self.order_by().values("provider").distinct().count()

    def ending_soon(self, *, today: date, days: int) -> "AgreementQuerySet":
        """Keep signed agreements in force whose last day comes within so many days."""
        return self.in_force_on(today).filter(last_day__lte=today + timedelta(days=days))
