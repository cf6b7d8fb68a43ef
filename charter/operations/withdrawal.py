"""Withdrawal of signatures: a record is added, nothing is edited (rule 4)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from charter import chain, notices, observers
from charter.coverage import span_of
from charter.enums import RecordKind
from charter.errors import WithdrawalDayError
from charter.gate import local_day
from charter.models import Provider, Signature, SignatureRecord
from charter.observers import Cause, CauseKind
from charter.rules import interval_of
from core.audit.log import Actor, record


def withdraw_signature(
    *, signature_id: int, ends_on: date, reason: str, actor: Actor, now: datetime
) -> list[SignatureRecord]:
    """End a signature's cover: `ends_on` is the first day without it.

    Older signatures of the provider for the same days are withdrawn with it: nothing of what it superseded
    comes back. Withdrawing again from the same or a later day changes nothing.

    Args:
        reason: for the audit log; no personal data.
    Raises:
        WithdrawalDayError: the day is past, or the signature ends before it by itself.
    Source: DESIGN.md rules 3 and 4.
    """
    provider_id = Signature.objects.values_list("provider_id", flat=True).get(pk=signature_id)
    with transaction.atomic():
        Provider.objects.locked().get(pk=provider_id)
        signatures = list(Signature.objects.filter(provider=provider_id).with_facts().order_by("pk"))
        chosen = next(signature for signature in signatures if signature.pk == signature_id)
        same_days = [
            other
            for other in signatures
            if other.pk < chosen.pk
            and other.covers_from <= chosen.covers_until
            and other.covers_until >= chosen.covers_from
        ]
        if chosen.withdrawn_from is None and chosen.covers_until < ends_on:
            raise WithdrawalDayError
        # Signed early and taken back before its first day: the renewal is refused, what covers today stays.
        is_renewal = local_day(now) < chosen.covers_from and ends_on <= chosen.covers_from
        kind = CauseKind.REFUSED_RENEWAL if is_renewal else CauseKind.WITHDRAWN
        return _withdraw(provider_id, [chosen, *same_days], ends_on, reason, kind=kind, actor=actor, now=now)


def withdraw_charter(
    *, provider_id: int, ends_on: date, reason: str, actor: Actor, now: datetime
) -> list[SignatureRecord]:
    """End all of a provider's cover from a day on, signed renewals included.

    Raises:
        WithdrawalDayError: the day is past, or nothing covers it.
    """
    with transaction.atomic():
        Provider.objects.locked().get(pk=provider_id)
        signatures = list(Signature.objects.filter(provider=provider_id).with_facts().order_by("pk"))
        if not any(signature.covers_until >= ends_on for signature in signatures):
            raise WithdrawalDayError
        return _withdraw(
            provider_id, signatures, ends_on, reason, kind=CauseKind.WITHDRAWN, actor=actor, now=now
        )


def _withdraw(
    provider_id: int,
    signatures: Sequence[Signature],
    ends_on: date,
    reason: str,
    *,
    kind: CauseKind,
    actor: Actor,
    now: datetime,
) -> list[SignatureRecord]:
    if ends_on < local_day(now):
        raise WithdrawalDayError
    still_covering = [
        signature
        for signature in signatures
        if (interval := interval_of(span_of(signature))) is not None and interval.last_day >= ends_on
    ]
    if not still_covering:
        return []
    observers.lock_sessions([provider_id], now=now)
    records = []
    for signature in still_covering:
        records.append(
            chain.append(
                signature,
                RecordKind.WITHDRAWN,
                at=now,
                ends_on=ends_on,
                content={"by": actor.kind},
            )
        )
        record(
            "signature.withdrawn",
            f"signature:{signature.pk}",
            actor=actor,
            now=now,
            provider_id=provider_id,
            ends_on=ends_on.isoformat(),
            reason=reason.strip(),
        )
    observers.coverage_changed([provider_id], cause=Cause(kind, ends_on), actor=actor, now=now)
    notices.tell_of_withdrawal(records[0], provider_id=provider_id, now=now)
    return records
