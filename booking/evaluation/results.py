"""Results: sums of whole batches, so that no difference of two of them tells of fewer than five (ADR 14)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, F, Min, QuerySet, Value, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from booking.enums import QUOTABLE, FormKind, QuoteState
from booking.evaluation.reading import goal_text
from booking.evaluation.rules import STEPS, next_term_start, steps_of, term_start
from booking.models import AnswerSheet, FormQuestion, FreeText, LearningGoal, ResultBatch
from workshops.calendars import local_date_of, school_year_days, school_year_of

QUOTES_SHOWN = 20


@dataclass(frozen=True)
class Period:
    """Two terms or one: results have no other periods."""

    key: str
    label: str
    first_day: date
    last_day: date


@dataclass
class Line:
    """One question, or the learning goals together: how many gave each step."""

    label: str
    counts: dict[int, int] = field(default_factory=lambda: dict.fromkeys(STEPS, 0))
    is_goal: bool = False

    @property
    def answers(self) -> int:
        """Return how many answered it."""
        return sum(self.counts.values())

    @property
    def mean(self) -> float | None:
        """Return the mean step, from 1 to 5; None where nobody answered."""
        total = sum(step * number for step, number in self.counts.items())
        return total / self.answers if self.answers else None

    @property
    def shares(self) -> list[int]:
        """Return the share of each step in whole per cent."""
        return [round(100 * number / self.answers) for number in self.counts.values()]

    def add(self, counts: Mapping[int, int]) -> None:
        """Add what was counted."""
        for step, number in counts.items():
            self.counts[step] += number


@dataclass
class Result:
    """What one form found out."""

    kind: str
    label: str
    answers: int
    lines: list[Line]
    quotes: dict[str, list[str]]
    """What may be quoted, by question."""

    @property
    def steps(self) -> list[Any]:
        """Return the words of the steps, as its tables name them."""
        return list(steps_of(self.kind).values())


@dataclass
class Part:
    """One offer, provider or term of a breakdown."""

    label: str
    answers: int = 0
    goals: Line = field(default_factory=lambda: Line("", is_goal=True))
    others: Line = field(default_factory=lambda: Line(""))


def batches_of(
    *,
    period: Period | None = None,
    kind: str = "",
    offer_id: int | None = None,
    provider_id: int | None = None,
) -> QuerySet[ResultBatch]:
    """Return the batches about sessions that a result is made of."""
    found = ResultBatch.objects.filter(pilot=None)
    if period:
        found = found.filter(term_starts_on__gte=period.first_day, term_starts_on__lte=period.last_day)
    if kind:
        found = found.filter(version__kind=kind)
    if offer_id:
        found = found.filter(offer=offer_id)
    if provider_id:
        found = found.filter(provider=provider_id)
    return found.order_by("term_starts_on", "pk")


@dataclass
class BatchSum:
    """All batches of one form, offer, provider and term, added up: there are many batches, and few of these."""

    kind: str
    offer_id: int | None
    offer: str
    provider: str
    term_starts_on: date | None
    answers: int = 0
    counts: dict[tuple[int, int | None], Counter[int]] = field(default_factory=dict)
    """How many gave each step, by question and learning goal."""


def sums_of(batches: QuerySet[ResultBatch]) -> list[BatchSum]:
    """Add batches up, in one query and without making an object of each."""
    found: dict[tuple[Any, ...], BatchSum] = {}
    rows = batches.values_list(
        "version__kind", "offer_id", "offer__title", "provider__name", "term_starts_on", "answers", "figures"
    )
    for kind, offer_id, offer, provider, term, answers, figures in rows.iterator():
        key = (kind, offer_id, offer, provider, term)
        one = found.setdefault(key, BatchSum(kind, offer_id, offer or "", provider or "", term))
        one.answers += answers
        for figure in figures:
            counts = one.counts.setdefault((figure["question"], figure["goal"]), Counter())
            for step, number in figure["counts"].items():
                counts[int(step)] += number
    return list(found.values())


def results_of(
    batches: QuerySet[ResultBatch], sums: Sequence[BatchSum], *, goals_apart: bool
) -> list[Result]:
    """Return what batches found out, form by form, with what may be quoted.

    Args:
        sums: of these batches.
        goals_apart: a line for each learning goal; else one for all, which different offers can be added in.
    """
    words = _Words(sums, goals_apart=goals_apart)
    quotes = _quotes(batches)
    results = []
    for kind in FormKind:
        own = [one for one in sums if one.kind == kind]
        if own:
            lines = _lines(own, words, kind=kind, goals_apart=goals_apart)
            results.append(
                Result(kind, str(kind.label), sum(one.answers for one in own), lines, quotes.get(kind, {}))
            )
    return results


def _lines(sums: Iterable[BatchSum], words: "_Words", *, kind: str, goals_apart: bool) -> list[Line]:
    lines: dict[str, Line] = {}
    for one in sums:
        for (question, goal), counts in one.counts.items():
            is_goal = goal is not None
            apart = goals_apart or not is_goal
            label = words.of(question, goal, kind) if apart else _("The learning goals together")
            lines.setdefault(label, Line(label, is_goal=is_goal)).add(counts)
    return sorted(lines.values(), key=lambda line: not line.is_goal)


def breakdown(sums: Iterable[BatchSum], *, by: str) -> list[Part]:
    """Return the parts of a result: by "offer", "provider" or "term". Each part is of at least one whole batch."""
    parts: dict[str, Part] = {}
    for one in sums:
        label = term_label(one.term_starts_on) if by == "term" else str(getattr(one, by))
        part = parts.setdefault(label, Part(label))
        part.answers += one.answers
        for (_question, goal), counts in one.counts.items():
            (part.others if goal is None else part.goals).add(counts)
    return list(parts.values()) if by == "term" else sorted(parts.values(), key=lambda part: part.label)


class _Words:
    """The texts of questions of some batches, and of goals that stand apart: a query each."""

    def __init__(self, sums: Iterable[BatchSum], *, goals_apart: bool) -> None:
        asked = {key for one in sums for key in one.counts}
        self.questions = FormQuestion.objects.in_bulk({question for question, _goal in asked})
        goals = {goal for _question, goal in asked if goal} if goals_apart else set()
        self.goals = LearningGoal.objects.in_bulk(goals)

    def of(self, question: int, goal_id: int | None, kind: str) -> str:
        goal = self.goals.get(goal_id) if goal_id else None
        return goal_text(goal, kind) if goal else self.questions[question].wording


def _quotes(batches: QuerySet[ResultBatch]) -> dict[str, dict[str, list[str]]]:
    """Return texts that a person has let through, the newest first, by form and question."""
    newest = (F("written_on").desc(), F("pk").desc())
    texts = (
        FreeText.objects.filter(batch__in=batches.order_by().values("pk"), state__in=QUOTABLE)
        .annotate(rank=Window(RowNumber(), partition_by=F("question"), order_by=newest))
        # The same words twice are one quote: twice as many leave enough.
        .filter(rank__lte=2 * QUOTES_SHOWN)
        .select_related("question__version")
        .order_by(*newest)
    )
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for text in texts:
        listed = found[text.question.version.kind].setdefault(text.question.wording, [])
        if len(listed) < QUOTES_SHOWN and text.text not in listed:
            listed.append(text.text)
    return found


def waiting_answers(*, provider_id: int | None = None, offer_id: int | None = None) -> int:
    """Return how many answers about sessions are not in the results yet."""
    return _waiting(provider_id=provider_id, offer_id=offer_id).count()


def waiting_answers_and_texts(*, provider_id: int | None, offer_id: int | None) -> tuple[int, int]:
    """Return how many answers are not in the results yet, and how many texts nobody has read, in one query."""
    unread = FreeText.objects.filter(state=QuoteState.WAITING)
    answers = _counted(_waiting(provider_id=provider_id, offer_id=offer_id), "answers")
    found = dict(answers.union(_counted(unread, "texts"), all=True).order_by())
    return found.get("answers", 0), found.get("texts", 0)


def _waiting(*, provider_id: int | None, offer_id: int | None) -> QuerySet[AnswerSheet]:
    found = AnswerSheet.objects.filter(batch=None, session__isnull=False)
    if provider_id:
        found = found.filter(session__provider=provider_id)
    if offer_id:
        found = found.filter(session__offer=offer_id)
    return found


def _counted(rows: QuerySet[Any], name: str) -> QuerySet[Any, Any]:
    """Return the number of rows beside a name, to be counted together with other tables' rows."""
    named = rows.order_by().annotate(counted=Value(name, output_field=CharField())).values("counted")
    return named.annotate(number=Count("pk")).values_list("counted", "number")


def periods(*, now: datetime) -> list[Period]:
    """Return the periods that results can be asked for, the newest first: years, school years, terms."""
    today = local_date_of(now)
    first = ResultBatch.objects.filter(pilot=None).aggregate(first=Min("term_starts_on"))["first"] or today
    years = range(today.year, first.year - 1, -1)
    school_years = range(school_year_of(today), school_year_of(first) - 1, -1)
    terms, term = [], term_start(first)
    while term <= today:
        terms.append(term)
        term = next_term_start(term)
    return [
        *(
            Period(
                f"aar-{year}", _("The year %(year)s") % {"year": year}, date(year, 1, 1), date(year, 12, 31)
            )
            for year in years
        ),
        *(
            Period(
                f"skoleaar-{year}",
                _("The school year %(year)s") % {"year": f"{year}/{(year + 1) % 100:02d}"},
                *school_year_days(year),
            )
            for year in school_years
        ),
        *(Period(f"halvaar-{term:%Y-%m}", term_label(term), term, term) for term in reversed(terms)),
    ]


def term_label(first_day: date | None) -> str:
    """Name a term."""
    if first_day is None:
        return ""
    name = _("Autumn %(year)s") if first_day.month >= 8 else _("Spring %(year)s")
    return name % {"year": first_day.year}


def export_rows(sums: Sequence[BatchSum]) -> Iterable[list[Any]]:
    """Yield the results as rows: term, form, offer, provider, question, answers, mean, and each step."""
    words = _Words(sums, goals_apart=True)
    lines: dict[tuple[str, ...], Line] = {}
    for one in sums:
        for (question, goal), counts in one.counts.items():
            label = words.of(question, goal, one.kind)
            key: tuple[str, ...] = (
                term_label(one.term_starts_on),
                str(FormKind(one.kind).label),
                one.offer,
                one.provider,
                label,
            )
            lines.setdefault(key, Line(label)).add(counts)
    for key, line in lines.items():
        yield [*key, line.answers, round(line.mean or 0, 2), *line.counts.values()]
