"""Named reads of providers, versions and signatures; the charter gate (rule 2) is composed here."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
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
        value = Value(day) if isinstance(day, date) else day
        withdrawn = self.model._meta.get_field("records").related_model.objects.filter(
            signature=OuterRef("pk"), kind=RecordKind.WITHDRAWN
        )
        return self.annotate(_day=value).filter(
            Q(version__accepted_until=None) | Q(version__accepted_until__gte=F("_day")),
            ~Exists(withdrawn.filter(ends_on__lte=OuterRef("_day"))),
            covers_from__lte=F("_day"),
            covers_until__gte=F("_day"),
        )


class ProviderQuerySet(models.QuerySet[Any]):
    """Reads of providers."""

    def active(self) -> "ProviderQuerySet":
        """Keep providers whose state lets them hold sessions."""
        return self.filter(state=ProviderState.ACTIVE)

    def needing_charter(self) -> "ProviderQuerySet":
        """Leave out municipal teams."""
        return self.exclude(kind=ProviderKind.MUNICIPAL_TEAM)


class VersionQuerySet(models.QuerySet[Any]):
    """Reads of charter versions."""

    def published(self) -> "VersionQuerySet":
        """Keep versions that can be signed or were."""
        return self.exclude(published_at=None)
