"""Making offers and changing their booking rules, audited (DESIGN.md 5, Offer and page)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from core.audit import log
from core.audit.log import Actor
from workshops.errors import OfferHasSessionsError, OfferRulesError
from workshops.models import Offer, Session
from workshops.offer_rules import problems_of

MANY = ("subjects", "topics", "districts")
FIXED_BY_SESSIONS = ("provider", "audience")
"""Snapshots on every session: an offer with sessions keeps them."""


def create_offer(*, values: Mapping[str, Any], actor: Actor, now: datetime) -> Offer:
    """Make an offer.

    Args:
        values: by field name; relations as instances, many-to-many as an iterable of instances.
    Raises:
        OfferRulesError: the rules contradict each other or the audience; carries the problems by field.
    """
    _check(values)
    with transaction.atomic():
        offer = Offer.objects.create(**_plain(values))
        _set_many(offer, values)
        log.record("offer_created", f"offer:{offer.pk}", actor=actor, now=now, provider_id=offer.provider_id)
        return offer


def change_offer_rules(*, offer_id: int, values: Mapping[str, Any], actor: Actor, now: datetime) -> Offer:
    """Change an offer's booking rules. Sessions already made keep what they say; new ones follow.

    The same values again change nothing and leave no entry.

    Raises:
        OfferRulesError: the rules contradict each other or the audience; carries the problems by field.
        OfferHasSessionsError: provider or audience would change although the offer has sessions.
    """
    _check(values)
    with transaction.atomic():
        offer = Offer.objects.select_for_update().get(pk=offer_id)
        before = _facts(offer)
        if locked := locked_changes(offer, values):
            raise OfferHasSessionsError(locked)
        for name, value in _plain(values).items():
            setattr(offer, name, value)
        offer.save()
        _set_many(offer, values)
        after = _facts(Offer.objects.get(pk=offer_id))
        changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        if changes:
            log.record(
                "offer_rules_changed",
                f"offer:{offer.pk}",
                actor=actor,
                now=now,
                provider_id=offer.provider_id,
                changes=changes,
            )
        return offer


def locked_changes(offer: Offer, values: Mapping[str, Any]) -> list[str]:
    """Return the fields that would change although the offer's sessions carry them as snapshots."""
    changed = [
        name
        for name in FIXED_BY_SESSIONS
        if name in values and _plain_value(values[name]) != _plain_value(getattr(offer, name))
    ]
    return changed if changed and Session.objects.for_offer(offer.pk).exists() else []


def _check(values: Mapping[str, Any]) -> None:
    if found := problems_of(values):
        raise OfferRulesError(found)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in MANY}


def _set_many(offer: Offer, values: Mapping[str, Any]) -> None:
    for name in MANY:
        if name in values:
            getattr(offer, name).set(values[name])


def _plain_value(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _facts(offer: Offer) -> dict[str, Any]:
    """Return an offer's rules as JSON values, for the audit log. Nothing in them is personal."""
    skipped = ("id", "created_at")
    facts: dict[str, Any] = {
        field.name: field.value_from_object(offer)
        for field in Offer._meta.concrete_fields
        if field.name not in skipped
    }
    return {**facts, **{name: _pks(getattr(offer, name).all()) for name in MANY}}


def _pks(rows: Iterable[Any]) -> list[Any]:
    return sorted(row.pk for row in rows)
