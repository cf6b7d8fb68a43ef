"""The pages of goals and figures in the administration: goals, the sessions behind them, coverage, counting."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.admin.menu import MenuItem

from booking.attendance.reading import REPORTED_OF
from booking.enums import BookingKind
from booking.models import BookedSession
from core.cms.staff_pages import StaffPage
from core.exports import FORMATS, Table, table_response
from portal.reporting.charts import goal_bar, goal_chart
from portal.reporting.coverage import Coverage, Group, coverage_of
from portal.reporting.enums import Dimension, Reach, Subject
from portal.reporting.errors import CountingChangedError, CountingUnchangedError
from portal.reporting.figures import NOTHING, Completeness, Figures, add_up, mapping_in_force
from portal.reporting.forms import CountingForm
from portal.reporting.goals import COUNTED, GoalFigure, Period, Progress, progress_of
from portal.reporting.maps import coverage_map
from portal.reporting.models import AnnualGoal, SchoolGroup, SchoolTypeMapping
from portal.reporting.operations import change_counting
from portal.reporting.permissions import user_can_change_goals, user_can_see_figures
from portal.reporting.questions import (
    Question,
    Row,
    ask,
    breakdown,
    dimensions_of,
    figures_asked,
    figures_by_session,
    of_label,
    period_key,
    period_label,
    sessions_asked,
    totals_of,
    value_label,
)
from portal.reporting.wording import stage_label
from workshops.calendars import local_date_of
from workshops.enums import STAGES, SchoolType
from workshops.models import Session

PER_PAGE = 50
_AT_ONCE = 500
"""Sessions that an export reads at a time."""


class FiguresView(StaffPage):
    """A page of figures: for those who may see them, with exports beside it."""

    http_method_names = ["get", "head"]
    header_icon = "crosshairs"

    def may(self, user: Any) -> bool:
        """Let in those who may see figures."""
        return user_can_see_figures(user)

    def asked_format(self) -> str:
        """Return the format of an export that is asked for, empty where a page is."""
        asked = self.request.GET.get("export", "")
        return asked if asked in FORMATS else ""


class GoalsView(FiguresView):
    """«Årets mål»: every goal of a programme on one page, and the figures behind them by what one likes."""

    template_name = "admin/reporting/goals.html"
    page_title = gettext_lazy("Goals and figures")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the page, or send one of its tables."""
        question = ask(request.GET, now=self.now)
        if question is None:
            return self.show(question=None)
        if file_format := self.asked_format():
            return self._export(question, file_format)
        today = local_date_of(self.now)
        progress = _progress(question, now=self.now)
        rows = breakdown(question, progress.figures)
        return self.show(
            question=question,
            period=period_label(question.period),
            programmes=question.programmes,
            periods=_periods(question),
            subjects=_subjects(question),
            dimensions=[
                {"value": item.value, "label": item.label, "is_chosen": item == question.by}
                for item in dimensions_of(question.scope)
            ],
            goals=[_shown(figure, question, today=today) for figure in progress.goals],
            complete=progress.facts.completeness(),
            missing_url=f"{reverse('goal_sessions')}?{_all_missing(question)}",
            rows=[
                {
                    "row": row,
                    "url": f"{reverse('goal_sessions')}?{question.query(value=row.key, missing=None)}"
                    if row.key
                    else "",
                    "missing_url": f"{reverse('goal_sessions')}?{question.query(value=row.key, missing='1')}"
                    if row.key
                    else "",
                }
                for row in rows
            ],
            total=_total(rows, question, _completeness_of(question, progress)),
            by_label=question.by.label,
            of_label=of_label(question),
            unit=_unit(question),
            school_days=progress.days,
            mapping=progress.facts.mapping,
            can_change=user_can_change_goals(request.user),
            definitions=definitions(),
            goals_word=_("Goals"),
            months_word=_("Goals month by month"),
            exports={
                table: {name: f"?{question.query(export=name, table=table)}" for name in FORMATS}
                for table in ("goals", "months", "breakdown")
            },
        )

    def _export(self, question: Question, file_format: str) -> HttpResponseBase:
        asked = self.request.GET.get("table", "goals")
        progress = _progress(question, now=self.now)
        if asked == "breakdown":
            rows = breakdown(question, progress.figures)
            total = _total(rows, question, _completeness_of(question, progress))
            table = _breakdown_table(question, rows, total)
        else:
            table = _months_table(progress) if asked == "months" else goals_table(progress)
        return table_response(table, file_format=file_format, filename=_filename(table.title, question))


class GoalSessionsView(FiguresView):
    """The sessions behind a figure, each with its own figures: their sum is the figure."""

    template_name = "admin/reporting/sessions.html"
    page_title = gettext_lazy("Sessions behind the figures")
    header_icon = "date"
    parents = (("goals", gettext_lazy("Goals and figures")),)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the list, or send all of it."""
        question = ask(request.GET, now=self.now)
        if question is None:
            raise Http404
        found = sessions_asked(question, now=self.now).select_related("provider", "venue")
        if file_format := self.asked_format():
            title = _("Sessions")
            table = Table(title=title, headings=_session_headings(question), rows=self._rows(question, found))
            return table_response(table, file_format=file_format, filename=_filename(title, question))
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
        sessions = list(page.object_list)
        # The rows' figures and their sum are of one read; where no sum is shown, the page's sessions are enough.
        figures = figures_asked(question, now=self.now, sessions=sessions if question.only_missing else None)
        return self.show(
            question=question,
            period=period_label(question.period),
            of_label=of_label(question),
            value_label=value_label(question, figures),
            page=page,
            lines=list(self._lines(question, figures, sessions)),
            total=None if question.only_missing else totals_of(question, figures),
            unit=_unit(question),
            query=question.query(),
            back_url=f"{reverse('goals')}?{question.query(value=None, missing=None)}",
            toggle_url=f"?{question.query(missing=None if question.only_missing else '1')}",
            exports={name: f"?{question.query(export=name)}" for name in FORMATS},
        )

    def _lines(
        self, question: Question, figures: Figures, sessions: list[Session]
    ) -> Iterator[dict[str, Any]]:
        threes, completeness = figures_by_session(question, figures, sessions)
        schools = _schools_of(sessions)
        for session in sessions:
            yield {
                "session": session,
                "url": reverse("sessions:inspect", args=[session.pk]),
                "schools": ", ".join(schools.get(session.pk, ())),
                "three": threes.get(session.pk, NOTHING),
                "state": self._state(session, completeness.get(session.pk, Completeness())),
                "is_missing": bool(completeness.get(session.pk, Completeness()).missing),
            }

    def _state(self, session: Session, completeness: Completeness) -> str:
        if completeness.missing:
            return _("Not reported yet")
        return str(session.get_state_display()) if completeness.due else _("To come")

    def _rows(self, question: Question, found: Any) -> Iterator[list[Any]]:
        """Read the sessions in pieces: however many there are, only one piece is in memory."""
        keys = list(found.values_list("pk", flat=True))
        for start in range(0, len(keys), _AT_ONCE):
            piece = list(found.filter(pk__in=keys[start : start + _AT_ONCE]))
            figures = figures_asked(question, now=self.now, sessions=piece)
            for line in self._lines(question, figures, piece):
                session, three = line["session"], line["three"]
                yield [
                    session.pk, session.local_date, session.title, session.provider.name, line["schools"],
                    line["state"], three.booked, three.held, three.attended,
                ]  # fmt: skip


class CoverageView(FiguresView):
    """«Dækning»: which schools have taken part, by district, type and stage, as tables and as a map."""

    template_name = "admin/reporting/coverage.html"
    page_title = gettext_lazy("Coverage: which schools have taken part")
    header_icon = "globe"
    parents = (("goals", gettext_lazy("Goals and figures")),)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the page, or send one of its tables."""
        question = ask(request.GET, now=self.now)
        if question is None:
            raise Http404
        coverage = coverage_of(programme_id=question.programme.pk, period=question.period, now=self.now)
        if file_format := self.asked_format():
            is_groups = request.GET.get("table") == "groups"
            table = _groups_table(coverage) if is_groups else _schools_table(coverage)
            return table_response(table, file_format=file_format, filename=_filename(table.title, question))
        reach = request.GET.get("reach", Reach.NEVER.value)
        reach = reach if reach in {*Reach.values, "all"} else Reach.NEVER.value
        district, school_type = request.GET.get("district", ""), request.GET.get("type", "")
        schools = [
            row
            for row in coverage.schools
            if reach in ("all", row.reach)
            and district in ("", str(row.school.district_id))
            and school_type in ("", row.school.school_type)
        ]
        base = question.query(of=None, by=None, value=None, missing=None)
        return self.show(
            question=question,
            period=period_label(question.period),
            programmes=question.programmes,
            periods=_periods(question),
            total=coverage.total,
            groups=[
                {
                    "label": _("District"),
                    "name": "district",
                    "rows": [_shown_group(row, "district", base) for row in coverage.by_district()],
                    "has_never": True,
                },
                {
                    "label": _("School type"),
                    "name": "type",
                    "rows": [_shown_group(row, "type", base) for row in coverage.by_type()],
                    "has_never": True,
                },
                {
                    "label": _("Stage"),
                    "name": "stage",
                    "rows": [{"group": row, "label": stage_label(row.key)} for row in coverage.by_stage()],
                    "has_never": False,
                },
            ],
            map=coverage_map(coverage),
            schools=schools,
            reach=reach,
            reaches=[("all", _("All")), *Reach.choices],
            district=district,
            school_type=school_type,
            districts=[(str(row.key), row.label) for row in coverage.by_district() if row.key],
            schools_word=_("Schools"),
            types=[(row.key, row.label) for row in coverage.by_type()],
            exports={
                table: {name: f"?{base}&table={table}&export={name}" for name in FORMATS}
                for table in ("schools", "groups")
            },
        )


class CountingView(FiguresView):
    """What each school type counts as: the version in force, those before it, and a form for the next."""

    http_method_names = ["get", "head", "post"]
    template_name = "admin/reporting/counting.html"
    page_title = gettext_lazy("What school types count as")
    parents = (("goals", gettext_lazy("Goals and figures")),)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the versions, and the form to those who may change it."""
        mapping = mapping_in_force()
        return self._show(CountingForm(mapping=mapping), mapping)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add a version."""
        if not user_can_change_goals(request.user):
            raise PermissionDenied
        mapping = mapping_in_force()
        form = CountingForm(request.POST, mapping=mapping)
        if not form.is_valid():
            return self._show(form, mapping, status=422)
        try:
            change_counting(
                groups=form.groups(),
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
                actor=self.actor,
                now=self.now,
            )
        except CountingUnchangedError:
            form.add_error(None, _("Nothing is changed. Choose another group for at least one school type."))
        except CountingChangedError:
            form.add_error(None, _("Somebody has changed it since you opened the page. Look at it again."))
        else:
            messages.success(
                request, _("The new version is in force. Figures of closed years do not change.")
            )
            return redirect("school_counting")
        return self._show(form, mapping, status=409)

    def _show(self, form: CountingForm, mapping: SchoolTypeMapping, *, status: int = 200) -> HttpResponse:
        names = dict(SchoolGroup.objects.values_list("slug", "name"))
        return self.show(
            status=status,
            form=form if user_can_change_goals(self.request.user) else None,
            mapping=mapping,
            lines=[
                {"label": raw.label, "group": names.get(mapping.groups.get(raw.value, ""), "")}
                for raw in SchoolType
            ],
            no_group=_("Nothing"),
            versions=SchoolTypeMapping.objects.select_related("made_by").order_by("-number"),
        )


class FiguresMenuItem(MenuItem):
    """Its place in the menu."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to those who may open it."""
        return user_can_see_figures(request.user)


def goals_table(progress: Progress) -> Table:
    """Return the goals as a table: one row a goal, the definitions below."""
    return Table(
        title=_("Goals"),
        headings=[
            _("Goal"), _("Target"), _("Up to"), _("Figure"), _("How it stands"), _("Booked"), pgettext("figures", "Held"),
            _("Attended"), _("Participations"), _("Reported sessions"), _("Sessions that should have reported"),
            _("Forecast"),
        ],
        rows=[_goal_row(figure) for figure in progress.goals],
        notes=[[_("Period"), period_label(progress.period)], *[[text] for text in definitions()]],
    )  # fmt: skip


def definitions() -> list[str]:
    """Return what the figures mean, in words that stand beside them."""
    return [
        _("Booked: places that were kept. What was withdrawn or cancelled is not in it."),
        _("Held: the booked of sessions that were reported as held."),
        _("Attended: what the newest report of each session says. Evenings and talks: everybody there."),
        _("Participations: a class counts each time it comes."),
        _("Reached: a class counts once in the period, with the most of it that came at one time. Pupils have no names here, so it is an estimate."),
        _("A school counts as what it was when it booked."),
    ]  # fmt: skip


def _goal_row(figure: GoalFigure) -> list[Any]:
    three, complete = figure.three, figure.completeness
    return [
        figure.goal.title,
        figure.goal.target_low,
        figure.goal.target_high,
        figure.figure,
        figure.status.label,
        *((three.booked, three.held, three.attended) if three else (None, None, None)),
        figure.participations.attended if figure.participations else None,
        complete.reported if complete else None,
        complete.due if complete else None,
        figure.forecast.total if figure.forecast else None,
    ]


def _months_table(progress: Progress) -> Table:
    return Table(
        title=_("Goals month by month"),
        headings=[
            _("Goal"), _("Month"), _("Booked"), pgettext("figures", "Held"), _("Attended"), _("Attended so far"),
            _("Reported sessions"), _("Sessions that should have reported"),
        ],
        rows=[
            [
                figure.goal.title, month.first_day, month.three.booked, month.three.held, month.three.attended,
                None if month.is_ahead else month.attended_so_far,
                month.completeness.reported, month.completeness.due,
            ]
            for figure in progress.goals
            for month in figure.months
        ],
        notes=[[text] for text in definitions()],
    )  # fmt: skip


def _breakdown_table(question: Question, rows: list[Row], total: Row) -> Table:
    reached = [_("Reached")] if question.counts_pupils else []
    shown = [*rows, total]
    return Table(
        title=f"{_unit(question)} – {question.by.label}",
        headings=[
            question.by.label, _("Booked"), pgettext("figures", "Held"), _("Attended"), *reached,
            _("Reported sessions"), _("Sessions that should have reported"),
        ],
        rows=[
            [
                row.label, row.three.booked, row.three.held, row.three.attended,
                *([row.reached.attended] if row.reached is not None else []),
                row.completeness.reported, row.completeness.due,
            ]
            for row in shown
        ],
        notes=[[of_label(question)], [period_label(question.period)], *[[text] for text in definitions()]],
    )  # fmt: skip


def _groups_table(coverage: Coverage) -> Table:
    kinds = (
        (_("District"), coverage.by_district(), True),
        (_("School type"), coverage.by_type(), True),
        (_("Stage"), coverage.by_stage(), False),
    )
    return Table(
        title=_("Coverage"),
        headings=[
            _("By"), _("Group"), _("Schools"), Reach.TOOK_PART.label, Reach.BOOKED.label, Reach.NEVER.label, _("Per cent"),
        ],
        rows=[
            [
                kind, (stage_label(row.key) if not has_never else row.label) or _("Not known"), row.schools, row.took_part,
                row.booked if has_never else None, row.never if has_never else None, row.share,
            ]
            for kind, rows, has_never in kinds
            for row in rows
        ],
    )  # fmt: skip


def _schools_table(coverage: Coverage) -> Table:
    return Table(
        title=_("Schools and how far they are reached"),
        headings=[
            _("Institution number"), _("School"), _("School type"), _("District"), _("Reached"), _("Visits of classes"),
            *(stage_label(stage) for stage in STAGES), _("Last visit ever"),
        ],
        rows=[
            [
                row.school.institution_number, row.school.name, row.school.get_school_type_display(),
                row.school.district, row.reach.label, row.classes, *(stage in row.stages for stage in STAGES),
                row.last_day,
            ]
            for row in coverage.schools
        ],
    )  # fmt: skip


def _shown_group(group: Group, name: str, base: str) -> dict[str, Any]:
    return {
        "group": group,
        "label": group.label or _("Not known"),
        "url": f"?{base}&{name}={group.key}&reach=never#skoler" if group.key is not None else "",
    }


def _session_headings(question: Question) -> list[str]:
    return [
        _("Number"), _("Date"), _("Offer"), _("Provider"), _("Schools"), _("State"),
        *(f"{_unit(question)}: {word}" for word in (_("booked"), pgettext("figures", "held"), _("attended"))),
    ]  # fmt: skip


def _filename(title: str, question: Question) -> str:
    first, last = question.period.first_day, question.period.last_day
    return slugify(f"{title}-{first:%Y%m%d}-{last:%Y%m%d}")


def _unit(question: Question) -> str:
    if question.counts_sessions:
        return _("Sessions")
    return _("Participations of pupils") if question.counts_pupils else _("People")


def _total(rows: list[Row], question: Question, completeness: Completeness) -> Row:
    """Add the rows up. A session with classes of two districts is in both rows, and once in what is complete."""
    return Row(
        key="",
        label=_("In all"),
        three=add_up(row.three for row in rows),
        reached=add_up(row.reached or NOTHING for row in rows) if question.counts_pupils else None,
        completeness=completeness,
    )


def _periods(question: Question) -> list[dict[str, Any]]:
    return [
        {"key": period_key(item), "label": period_label(item), "is_chosen": item == question.period}
        for item in question.periods
    ]


def _subjects(question: Question) -> list[dict[str, Any]]:
    goals = [
        goal
        for goal in question.programme.goals.all()
        if goal.measure in COUNTED
        and goal.first_day <= question.period.last_day
        and goal.last_day >= question.period.first_day
    ]
    choices = [(item.value, item.label) for item in Subject] + [
        (f"goal-{goal.pk}", goal.title) for goal in goals
    ]
    return [{"value": key, "label": label, "is_chosen": key == question.of} for key, label in choices]


def _progress(question: Question, *, now: datetime) -> Progress:
    return progress_of(
        programme=question.programme,
        period=question.period,
        now=now,
        mapping=question.mapping,
        by=question.by,
    )


def _all_missing(question: Question) -> str:
    return question.query(of=Subject.SESSIONS.value, by=Dimension.MONTH.value, value=None, missing="1")


def _completeness_of(question: Question, progress: Progress) -> Completeness:
    """Return how complete the figures of a breakdown are, each session once, whatever its rows are."""
    if question.counts_pupils:
        return progress.facts.completeness(
            group=question.goal.school_bucket if question.goal else "", audience=question.scope.audience
        )
    return progress.facts.completeness(audience=question.scope.audience)


def _shown(figure: GoalFigure, question: Question, *, today: Any) -> dict[str, Any]:
    """Return what the page says of a goal."""
    goal, sessions_url, missing_url = figure.goal, "", ""
    if figure.scope is not None:
        query = question.query(of=f"goal-{goal.pk}", by=Dimension.MONTH.value, value=None, missing=None)
        sessions_url = f"{reverse('goal_sessions')}?{query}"
        missing_url = f"{sessions_url}&missing=1"
    elif goal.measure == AnnualGoal.Measure.AGREEMENTS:
        sessions_url = reverse("agreement:index")
    return {
        "figure": figure,
        "goal": goal,
        "anchor": f"goal-{goal.pk}",
        "unit": _unit_of(goal),
        "bar": goal_bar(figure),
        "chart": goal_chart(figure, today=today),
        "chart_text": _chart_text(figure),
        "sessions_url": sessions_url,
        "missing_url": missing_url,
        "own_period": period_label_of(goal),
        "edit_url": reverse("annual_goal:edit", args=[goal.pk]),
    }


def _chart_text(figure: GoalFigure) -> str:
    """Say in one sentence what the chart shows."""
    words = {
        "figure": figure.figure,
        "goal": figure.goal.target_low if figure.goal.target_low is not None else "–",
        "status": figure.status.label,
    }
    return _("Attended so far, month by month: %(figure)s against a goal of %(goal)s. %(status)s.") % words


def period_label_of(goal: AnnualGoal) -> str:
    """Name the period of a goal."""
    return period_label(Period(goal.first_day, goal.last_day))


def _unit_of(goal: AnnualGoal) -> str:
    measure = AnnualGoal.Measure
    if goal.measure == measure.PUPILS:
        is_reached = goal.counting == "reached"
        return _("pupils reached") if is_reached else _("participations of pupils")
    words = {
        measure.PARENTS.value: _("parents"),
        measure.SESSIONS.value: _("sessions with somebody there"),
        measure.AGREEMENTS.value: _("organisations with an agreement"),
    }
    return words.get(goal.measure, "")


def _schools_of(sessions: list[Session]) -> dict[int, list[str]]:
    """Return the names of the schools that had a place in some sessions, as they were when they booked."""
    rows = (
        BookedSession.objects.filter(
            session__in=[session.pk for session in sessions],
            state__in=REPORTED_OF,
            booking__kind=BookingKind.SCHOOL,
        )
        .order_by("booking__school_name")
        .values_list("session", "booking__school_name")
    )
    found: dict[int, list[str]] = {}
    for session_id, name in rows:
        names = found.setdefault(session_id, [])
        if name not in names:
            names.append(name)
    return found


__all__ = [
    "CountingView",
    "CoverageView",
    "FiguresMenuItem",
    "GoalSessionsView",
    "GoalsView",
    "definitions",
    "goals_table",
]
