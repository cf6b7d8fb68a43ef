"""Closing a year and correcting a closed one. Nothing else writes a report, and nothing changes one (ADR 11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from charter.models import Programme
from core.accounts.models import User
from core.audit.log import Actor, record
from portal.reporting.figures import mapping_in_force
from portal.reporting.goals import Period as Days
from portal.reporting.goals import standing_of
from portal.reporting.yearly.canonical import canonical, sha256_of
from portal.reporting.yearly.content import Facts, closed, figures_hash, figures_of, school_facts
from portal.reporting.yearly.documents import documents_of
from portal.reporting.yearly.errors import (
    FiguresChangedError,
    MissingNotAcknowledgedError,
    NamelessError,
    NothingChangedError,
    ReasonMissingError,
    ReportSupersededError,
    YearClosedError,
    YearNotOverError,
)
from portal.reporting.yearly.goals import agree, school_types
from portal.reporting.yearly.models import AnnualReport, AnnualReportDocument, PeriodKind
from portal.reporting.yearly.periods import Period
from portal.reporting.yearly.querysets import newest_report
from portal.reporting.yearly.rows import session_rows
from workshops.calendars import local_date_of


@dataclass(frozen=True)
class Seen:
    """What a page showed to whoever closes: the hash of its figures, and whether missing reports are accepted."""

    figures_sha256: str
    accepts_missing: bool = False


def read_year(programme: Programme, period: Period, *, now: datetime) -> dict[str, Any]:
    """Return what a report of a year would say now. A fixed number of queries; writes nothing.

    Raises:
        FiguresChangedError: something was reported between two reads; reading again settles it.
    """
    first, last = period.days
    rows = session_rows(programme, first, last, now=now)
    standing = standing_of(programme=programme, period=Days(first, last), now=now)
    types = school_types(standing.facts.mapping or mapping_in_force())
    if not agree(rows, standing.facts, types):
        raise FiguresChangedError
    return figures_of(
        Facts(
            programme=programme,
            period=period,
            rows=rows,
            standing=standing,
            school_types=types,
            schools=school_facts(rows, period, now=now),
        )
    )


def close_year(*, programme_id: int, period: Period, seen: Seen, actor: Actor, now: datetime) -> AnnualReport:
    """Close a year for the first time: lock what it says, and keep its documents.

    Documents are made before the transaction; the constraints decide between two who close at once.

    Raises:
        YearNotOverError: its last day has not passed.
        YearClosedError: it is closed already.
        FiguresChangedError, MissingNotAcknowledgedError, NamelessError: see `Seen`, and who may not close.
    Source: DESIGN.md rule 11, FEATURES R4.
    """
    programme = Programme.objects.get(pk=programme_id)
    if not period.is_over(on=local_date_of(now)):
        raise YearNotOverError
    if newest_report(programme, period) is not None:
        raise YearClosedError
    figures = read_year(programme, period, now=now)
    try:
        return _lock(programme, period, figures, seen=seen, actor=actor, now=now)
    except IntegrityError as error:
        raise YearClosedError from error


def correct_year(*, report_id: int, reason: str, seen: Seen, actor: Actor, now: datetime) -> AnnualReport:
    """Make the next revision of a closed year, with what is known now. The one before stays as it is.

    Raises:
        ReasonMissingError: nobody says why.
        ReportSupersededError: it is not the newest revision (any more).
        NothingChangedError: the figures are the same.
        FiguresChangedError, MissingNotAcknowledgedError, NamelessError: as for `close_year`.
    Source: DESIGN.md rule 11, FEATURES R4.
    """
    before = AnnualReport.objects.select_related("programme").get(pk=report_id)
    period = Period(PeriodKind(before.kind), before.first_day.year)
    if not reason.strip():
        raise ReasonMissingError
    if newest_report(before.programme, period) != before:
        raise ReportSupersededError
    figures = read_year(before.programme, period, now=now)
    if figures_hash(figures) == figures_hash(before.snapshot):
        raise NothingChangedError
    try:
        return _lock(
            before.programme,
            period,
            figures,
            seen=seen,
            actor=actor,
            now=now,
            corrects=before,
            reason=" ".join(reason.split()),
        )
    except IntegrityError as error:
        raise ReportSupersededError from error


def _lock(
    programme: Programme,
    period: Period,
    figures: Mapping[str, Any],
    *,
    seen: Seen,
    actor: Actor,
    now: datetime,
    corrects: AnnualReport | None = None,
    reason: str = "",
) -> AnnualReport:
    if seen.figures_sha256 != figures_hash(figures):
        raise FiguresChangedError
    if figures["unreported"] and not seen.accepts_missing:
        raise MissingNotAcknowledgedError
    user = User.objects.filter(pk=actor.user_id or 0).first()
    name = user.get_full_name().strip() if user else ""
    if not name:
        raise NamelessError
    content = closed(figures, by=name, corrects=corrects, reason=reason, now=now)
    text = canonical(content)
    documents = documents_of(content)
    first, last = period.days
    with transaction.atomic():
        report = AnnualReport.objects.create(
            programme=programme,
            kind=period.kind,
            first_day=first,
            last_day=last,
            number=content["revision"]["number"],
            corrects=corrects,
            reason=reason,
            content=text,
            sha256=sha256_of(text),
            unreported=content["unreported"],
            closed_at=now,
            closed_by=name,
        )
        AnnualReportDocument.objects.bulk_create(
            AnnualReportDocument(report=report, format=kind, content=data, sha256=sha256_of(data))
            for kind, data in documents.items()
        )
        record(
            "annual_report.corrected" if corrects else "annual_report.closed",
            f"annual_report:{report.pk}",
            actor=actor,
            now=now,
            programme=programme.slug,
            period=period.label,
            number=report.number,
            unreported=report.unreported,
            reason=reason,
            sha256=report.sha256,
        )
    return report
