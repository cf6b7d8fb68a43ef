"""Views of the administration that plan: forms in front of operations, a preview, a month."""

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from core.audit.log import Actor
from core.cms.decisions import DecisionView
from workshops.calendars import days_off, local_date_of
from workshops.clashes import find_clashes
from workshops.errors import SessionStateError, WorkshopError
from workshops.models import Schedule, Session
from workshops.operations import cancel_session, create_session, edit_session
from workshops.operations.sessions import EDITABLE_STATES
from workshops.planning.forms import (
    CancelEmptySessionForm,
    PlanningForm,
    SessionForm,
    reason_text,
)
from workshops.planning.steps import ScheduleSteps
from workshops.rules import is_outside_school_hours

SOMEBODY_BOOKED = _lazy(
    "Somebody has booked this date, so this cannot be done. Use “Move the date” or “Cancel the date”, which tell them."
)


class PlanningView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page of the administration in front of an operation."""

    model: Any = None
    index_url_name = ""
    inspect_url_name = ""
    header_icon = "date"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        plural = str(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural[:1].upper() + plural[1:]},
            {"url": "", "label": self.get_page_title()},
        ]

    @cached_property
    def row(self) -> Any:
        """The row being edited; none when adding."""
        pk = self.kwargs.get("pk")
        return None if pk is None else get_object_or_404(self.model.objects.select_related("offer"), pk=pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        back = (
            reverse(self.inspect_url_name, args=(self.row.pk,)) if self.row else reverse(self.index_url_name)
        )
        return {**context, "row": self.row, "back_url": back}

    def refuse(self, form: PlanningForm, refusal: WorkshopError, **context: Any) -> HttpResponse:
        """Show the form again with the refusal at its field."""
        form.add_refusal(refusal)
        return self.render_to_response(self.get_context_data(form=form, **context), status=422)


class ScheduleFormView(ScheduleSteps, PlanningView):
    """A schedule in the administration."""

    template_name = "workshops/schedule_form.html"
    header_icon = "rotate"

    def get_page_title(self) -> str:
        """Say whether it is new."""
        return _("Edit plan") if self.row else _("New plan")

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render it as a page of the administration."""
        return self.render_to_response(self.get_context_data(**context), status=status)

    def done_url(self, schedule: Schedule) -> str:
        """Go to the plan."""
        return reverse(self.inspect_url_name, args=(schedule.pk,))


class SessionFormView(PlanningView):
    """One session, added or edited by hand."""

    template_name = "workshops/session_form.html"

    def get_page_title(self) -> str:
        """Say whether it is new."""
        return _("Edit date") if self.row else _("New date")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        initial = SessionForm.initial_of(self.row) if self.row else {"offer": request.GET.get("offer")}
        return self.render_to_response(
            self.get_context_data(form=SessionForm(initial=initial, session=self.row))
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save it, or say why not."""
        form = SessionForm(request.POST, session=self.row)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        actor, now = Actor.of(request.user), timezone.now()
        try:
            if self.row:
                session = edit_session(session_id=self.row.pk, plan=form.plan, now=now, actor=actor)
            else:
                session = create_session(
                    offer_id=form.cleaned_data["offer"].pk,
                    plan=form.plan,
                    is_open=form.cleaned_data["is_open"],
                    now=now,
                    actor=actor,
                )
        except WorkshopError as refusal:
            return self.refuse(form, refusal)
        messages.success(request, _("The date is saved."))
        off = days_off(session.local_date, session.local_date, school=session.for_school).get(
            session.local_date
        )
        if off:
            messages.warning(
                request, _("Note: the day is a day off for the schools (%(name)s).") % {"name": off}
            )
        if is_outside_school_hours(
            audience=session.audience, starts_at=session.starts_at, ends_at=session.ends_at
        ):
            messages.warning(request, _("Note: the time is outside ordinary school hours."))
        for clash in find_clashes([session.slot])[0]:
            messages.warning(request, _("Note: in the way is %(other)s.") % {"other": clash})
        return HttpResponseRedirect(reverse(self.inspect_url_name, args=(session.pk,)))


def can_be_cancelled_empty(session: Session) -> bool:
    """Whether nobody holds a place or waits; else those who have booked are told first (rule 3)."""
    is_empty = not (session.groups_taken or session.people_taken or session.waiting)
    return is_empty and session.state in EDITABLE_STATES


class SessionCancelView(DecisionView):
    """Cancel a date that nobody has booked, and say why."""

    model = Session
    form_class = CancelEmptySessionForm
    refusals = (WorkshopError,)
    is_serious = True
    page_title = _lazy("Cancel the empty date")
    submit_label = _lazy("Cancel the date")
    explanation = _lazy("Nobody has booked it. It does not come back, and its page says why.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send back from a date that somebody has booked meanwhile, or that is over."""
        self.request, self.kwargs = request, kwargs
        if self.user_has_permission("change") and not can_be_cancelled_empty(self.object):
            is_over = self.object.state not in EDITABLE_STATES
            messages.error(request, str(SessionStateError() if is_over else SOMEBODY_BOOKED))
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def decide(self, data: dict[str, Any]) -> None:
        """Cancel it."""
        cancel_session(
            session_id=self.object.pk, reason=reason_text(**data), now=timezone.now(), actor=self.actor
        )

    def done_text(self) -> str:
        """Say that it stays away."""
        return _("The date is cancelled and does not come back.")


@dataclass(frozen=True)
class Day:
    """One cell of the month."""

    day: date
    is_in_month: bool
    is_today: bool
    off: str
    sessions: list[Session]


class MonthView(PlanningView):
    """A month of sessions as a table: one query for the sessions, two for the days off."""

    template_name = "workshops/month.html"
    any_permission_required = ["view", "change"]
    page_title = _lazy("Calendar")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the weeks of the month named by `maaned` (2026-11); this month when it is none."""
        today = local_date_of(timezone.now())
        first = _month_of(self.request.GET.get("maaned", "")) or today.replace(day=1)
        weeks = calendar.Calendar(firstweekday=0).monthdatescalendar(first.year, first.month)
        start, end = weeks[0][0], weeks[-1][-1]
        by_day: dict[date, list[Session]] = defaultdict(list)
        for session in Session.objects.filter(local_date__range=(start, end)).order_by("starts_at", "pk"):
            by_day[session.local_date].append(session)
        off = days_off(start, end)
        rows = [
            {
                "number": week[0].isocalendar().week,
                "days": [
                    Day(day, day.month == first.month, day == today, off.get(day, ""), by_day[day])
                    for day in week
                ],
            }
            for week in weeks
        ]
        total = sum(len(by_day[day]) for week in weeks for day in week if day.month == first.month)
        return {
            **super().get_context_data(**kwargs),
            "weeks": rows,
            "weekdays": list(WEEKDAYS.values()),
            "caption": date_format(first, "F Y"),
            "summary": ngettext("%(count)d date", "%(count)d dates", total) % {"count": total},
            "previous": f"{first - timedelta(days=1):%Y-%m}",
            "following": f"{first + timedelta(days=31):%Y-%m}",
            "inspect_url_name": self.inspect_url_name,
        }


def _month_of(text: str) -> date | None:
    try:
        year, month = (int(part) for part in text.split("-"))
        # The table shows days of the months before and after, so the calendar's very ends are out.
        return date(year, month, 1) if 2000 <= year <= 2100 else None
    except ValueError:
        return None


__all__ = ["MonthView", "PlanningView", "ScheduleFormView", "SessionFormView"]
