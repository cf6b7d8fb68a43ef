"""Named reads of providers, versions, periods and signatures; the charter gate (rule 2) is composed here."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, Min, OuterRef, Q, Subquery, Value
from django.db.models.expressions import Combinable

from charter.enums import ProviderKind, ProviderState, RecordKind

Day = date | Combinable
"""A day as a value, or as a column of the outer query (`OuterRef("local_date")`)."""


class SignatureQuerySet(models.QuerySet[Any]):
    """Reads of signatures."""

    def in_force_on(self, day: Day) -> "SignatureQuerySet":
        """Keep signatures that cover `day`: inside their span, version accepted, not withdrawn by then.

        A signature signed before its version's `required_from` covers too (C6): only `accepted_until` ends it.
        """
        value = Value(day, output_field=models.DateField()) if isinstance(day, date) else day
        withdrawn = self.model._meta.get_field("records").related_model.objects.filter(
            signature=OuterRef("pk"), kind=RecordKind.WITHDRAWN
        )
        return self.annotate(_day=value).filter(
            Q(version__accepted_until=None) | Q(version__accepted_until__gte=F("_day")),
            ~Exists(withdrawn.filter(ends_on__lte=OuterRef("_day"))),
            covers_from__lte=F("_day"),
            covers_until__gte=F("_day"),
        )

    def with_facts(self) -> "SignatureQuerySet":
        """Annotate what coverage is computed from.

        `withdrawn_from`: the first day no longer covered, or None. `next_signing_opens_on`: when the charter
        period after this signature's last day opens for signing, or None.
        """
        from charter.models import CharterPeriod

        next_period = CharterPeriod.objects.filter(first_day__gt=OuterRef("covers_until")).order_by(
            "first_day"
        )
        return self.select_related("version").annotate(
            withdrawn_from=Min("records__ends_on", filter=Q(records__kind=RecordKind.WITHDRAWN)),
            next_signing_opens_on=Subquery(next_period.values("signing_opens_on")[:1]),
        )


class ProviderQuerySet(models.QuerySet[Any]):
    """Reads of providers."""

    def locked(self) -> "ProviderQuerySet":
        """Lock the rows in pk order; on SQLite the transaction itself is the lock."""
        return self.order_by("pk").select_for_update(of=("self",))

    def active(self) -> "ProviderQuerySet":
        """Keep providers whose state lets them hold sessions."""
        return self.filter(state=ProviderState.ACTIVE)

    def needing_charter(self) -> "ProviderQuerySet":
        """Leave out municipal teams."""
        return self.exclude(kind=ProviderKind.MUNICIPAL_TEAM)

    def covered_on(self, day: date) -> "ProviderQuerySet":
        """Keep active providers whose charter covers a day; municipal teams are not among them (C16)."""
        from charter.gate import covered

        return self.active().needing_charter().filter(covered("pk", day))

    def of_member(self, user: Any) -> "ProviderQuerySet":
        """Keep the providers a user is a member of (rule 12)."""
        return self.filter(memberships__user=user).distinct()


class VersionQuerySet(models.QuerySet[Any]):
    """Reads of charter versions."""

    def published(self) -> "VersionQuerySet":
        """Keep versions that can be signed or were."""
        return self.exclude(published_at=None)

    def newest_at(self, now: datetime) -> Any:
        """Return the version to sign now: the newest published one, or None."""
        return self.filter(published_at__lte=now).order_by("-number").first()


class PeriodQuerySet(models.QuerySet[Any]):
    """Reads of charter periods."""

    def open_for_signing(self, *, today: date) -> "PeriodQuerySet":
        """Keep periods that are not over and whose signing window has opened (C3)."""
        return self.filter(signing_opens_on__lte=today, last_day__gte=today).order_by("first_day")
