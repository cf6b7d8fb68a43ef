"""A provider plans a season, and repeats it in the next school year (L5)."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from charter.coverage import coverage_of
from charter.gate import local_day
from workshops.enums import SessionState
from workshops.models import Offer, Schedule
from workshops.planning.forms import ScheduleForm
from workshops.planning.steps import ScheduleSteps, SeasonSteps
from workshops.providing.pages import ProviderPlanningView
from workshops.recurrence import weekdays_of

_PER_PAGE = 20


class ProviderScheduleForm(ScheduleForm):
    """The plan as a provider fills it in: its dates open at once, and the gate decides when they can be booked."""

    def __init__(self, *args: Any, schedule: Schedule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, schedule=schedule, **kwargs)
        del self.fields["publishes_at_once"]
        self.opens_at_once = schedule is None or schedule.publishes_at_once

    def clean(self) -> dict[str, Any]:
        """Keep what the plan says about opening its dates."""
        data = super().clean()
        data["publishes_at_once"] = self.opens_at_once
        return data


class PlansView(ProviderPlanningView):
    """The provider's plans, the newest first, with the ways to make more."""

    http_method_names = ["get", "head"]
    template_name = "workshops/providing/plans.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """List them; a fixed number of queries a page."""
        now = timezone.now()
        ahead = Q(sessions__starts_at__gt=now) & ~Q(sessions__state=SessionState.CANCELLED)
        plans = (
            Schedule.objects.filter(offer__provider=self.provider)
            .select_related("offer", "venue")
            .annotate(ahead=Count("sessions", filter=ahead))
            .order_by("-last_date", "-pk")
        )
        page = Paginator(plans, _PER_PAGE).get_page(request.GET.get("side"))
        rows = [{"plan": plan, "rule": _rule(plan)} for plan in page]
        coverage = coverage_of(self.provider, today=local_day(now))
        offers = _open_offers(self.provider.pk)
        return self.page(
            {
                "rows": rows,
                "page_of_plans": page,
                "coverage": coverage,
                "has_offers": offers.exists(),
            }
        )


class PlanView(ScheduleSteps, ProviderPlanningView):
    """One plan: its form, what it would do, and saving it. Another provider's does not exist."""

    template_name = "workshops/providing/plan.html"
    form_class = ProviderScheduleForm
    row: Schedule | None = None

    def load(self) -> None:
        """Find the plan, where it is not a new one."""
        number = self.kwargs.get("schedule_id")
        if number is None:
            return
        plans = Schedule.objects.select_related("offer", "venue")
        self.row = plans.filter(pk=number, offer__provider=self.provider).first()
        if self.row is None:
            raise Http404

    def offers(self) -> "QuerySet[Offer]":
        """Return the provider's own offers that can be booked; those of the plan at hand as well."""
        return _open_offers(self.provider.pk, also=self.row.offer_id if self.row else None)

    def show(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Add the way back."""
        return self.page({**context, "row": self.row, "back_url": self._plans_url()}, status=status)

    def done_url(self, schedule: Schedule) -> str:
        """Go back to the plans."""
        return self._plans_url()

    def _plans_url(self) -> str:
        return reverse("provider_plans", args=[self.provider.slug])


class ProviderSeasonView(SeasonSteps, ProviderPlanningView):
    """Repeating a school year's dates in the next."""

    template_name = "workshops/providing/season.html"

    def show(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Add the way back."""
        return self.page({**context, "back_url": self.done_url()}, status=status)

    def done_url(self) -> str:
        """Go back to the plans."""
        return reverse("provider_plans", args=[self.provider.slug])


def _open_offers(provider_id: int, *, also: int | None = None) -> "QuerySet[Offer]":
    return Offer.objects.filter(Q(is_open=True) | Q(pk=also), provider=provider_id)


def _rule(plan: Schedule) -> str:
    """Return "tirsdag, torsdag kl. 09.00", or that its dates are chosen one by one."""
    days = ", ".join(str(WEEKDAYS[number]) for number in weekdays_of(plan)) or _("single dates")
    return _("%(days)s at %(time)s") % {"days": days, "time": f"{plan.start_time:%H.%M}"}
