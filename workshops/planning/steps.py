"""The flows of planning, for the administration and for providers alike: what you want, what it would do, do it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from charter.coverage import coverage_of
from charter.gate import local_day
from charter.models import Provider
from core.audit.log import Actor
from workshops.enums import ProposalState
from workshops.errors import SeasonChangedError, WorkshopError
from workshops.models import Offer, Schedule
from workshops.operations import save_schedule, schedule_from
from workshops.operations.seasons import Rolled, roll_season
from workshops.planning.forms import ScheduleForm, SeasonForm
from workshops.proposals import propose
from workshops.season_pages import season_lines
from workshops.seasons import is_plan_known_for, propose_season, season_token, years_to_roll


class ScheduleSteps:
    """A schedule: first what you want, then what would be made, then it is made (S17)."""

    row: Schedule | None
    form_class: type[ScheduleForm] = ScheduleForm

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render the page."""
        raise NotImplementedError

    def done_url(self, schedule: Schedule) -> str:
        """Return where it goes on when the plan is saved."""
        raise NotImplementedError

    def offers(self) -> "QuerySet[Offer] | None":
        """Return the offers to choose among; all by default."""
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        initial = (
            self.form_class.initial_of(self.row)
            if self.row
            else {"every_weeks": 1, "offer": request.GET.get("offer")}
        )
        form = self.form_class(initial=initial, schedule=self.row, offers=self.offers())
        return self.show({"form": form}, status=200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Preview, go back to the form, or save."""
        form = self.form_class(request.POST, schedule=self.row, offers=self.offers())
        if not form.is_valid():
            return self.show({"form": form}, status=422)
        match request.POST.get("step"):
            case "save":
                return self._save(request, form)
            case "edit":
                return self.show({"form": form}, status=200)
            case _:
                return self._preview(form)

    def _preview(self, form: ScheduleForm) -> HttpResponse:
        now = timezone.now()
        offer = form.cleaned_data["offer"]
        proposals = propose(schedule_from(form.values, schedule=self.row), now=now)
        coverage = coverage_of(offer.provider, today=local_day(now))
        made = [proposal for proposal in proposals if proposal.state == ProposalState.NEW]
        return self.show(
            {
                "form": form,
                "offer": offer,
                "proposals": proposals,
                "new_count": len(made),
                "is_plan_missing": any(not proposal.is_plan_known for proposal in proposals),
                "uncovered_count": sum(not coverage.covers(proposal.day) for proposal in made),
            },
            status=200,
        )

    def _save(self, request: HttpRequest, form: ScheduleForm) -> HttpResponse:
        try:
            schedule, made = save_schedule(
                values=form.values,
                schedule_id=self.row.pk if self.row else None,
                now=timezone.now(),
                actor=Actor.of(request.user),
            )
        except WorkshopError as refusal:
            form.add_refusal(refusal)
            return self.show({"form": form}, status=422)
        messages.success(
            request,
            _(
                "The plan is saved: %(created)d dates made, %(updated)d updated, %(removed)d removed, %(kept)d left alone."
            )
            % {
                "created": made.created,
                "updated": made.updated,
                "removed": made.removed,
                "kept": made.kept,
            },
        )
        if made.taken:
            text = ngettext(
                "%(count)d date was left out, because the place or the facilitator is taken then.",
                "%(count)d dates were left out, because the place or the facilitator is taken then.",
                made.taken,
            )
            messages.warning(request, text % {"count": made.taken})
        return HttpResponseRedirect(self.done_url(schedule))


class SeasonSteps:
    """A season: which year's dates, what becomes of each in the next, then they are made, once (L5)."""

    provider: Provider

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render the page."""
        raise NotImplementedError

    def done_url(self) -> str:
        """Return where it goes on when the dates are made."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask which dates; where there are none, say so."""
        return self._ask(self._form(), status=200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what would become of each date, go back, or make them."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        match request.POST.get("step"):
            case "make":
                return self._make(request, form)
            case "edit":
                return self._ask(form, status=200)
            case _:
                return self._preview(form, status=200)

    def _form(self, data: Any = None) -> SeasonForm:
        now = timezone.now()
        return SeasonForm(
            data, provider=self.provider, years=years_to_roll(self.provider.pk, now=now), now=now
        )

    def _ask(self, form: SeasonForm, *, status: int) -> HttpResponse:
        return self.show({"form": form, "has_dates": form.has_dates}, status=status)

    def _preview(self, form: SeasonForm, *, status: int, notice: str = "") -> HttpResponse:
        now = timezone.now()
        dates = propose_season(
            provider_id=self.provider.pk, start_year=form.start_year, offer_ids=form.offer_ids, now=now
        )
        coverage = coverage_of(self.provider, today=local_day(now))
        lines = season_lines(dates, coverage=coverage)
        return self.show(
            {
                "form": form,
                "lines": lines,
                "token": season_token(dates),
                "notice": notice,
                "made_count": sum(one.is_made for one in dates),
                "uncovered_count": sum(line.is_uncovered for line in lines),
                "is_plan_missing": not is_plan_known_for(form.start_year + 1),
                "year": form.year_text(form.start_year + 1),
            },
            status=status,
        )

    def _make(self, request: HttpRequest, form: SeasonForm) -> HttpResponse:
        now: datetime = timezone.now()
        try:
            rolled = roll_season(
                provider_id=self.provider.pk,
                start_year=form.start_year,
                offer_ids=form.offer_ids,
                opens_at=form.opens_at,
                seen=request.POST.get("seen", ""),
                actor=Actor.of(request.user),
                now=now,
            )
        except SeasonChangedError as refusal:
            return self._preview(form, status=409, notice=str(refusal))
        _tell(request, rolled)
        return HttpResponseRedirect(self.done_url())


def _tell(request: HttpRequest, rolled: Rolled) -> None:
    if not rolled.made:
        messages.info(request, _("There was nothing to make. Nothing has changed."))
        return
    text = ngettext("%(count)d date is made.", "%(count)d dates are made.", rolled.made)
    parts = [text % {"count": rolled.made}]
    if rolled.moved:
        parts.append(_("Moved to another week: %(count)d.") % {"count": rolled.moved})
    if rolled.dropped:
        parts.append(_("Fell out: %(count)d.") % {"count": rolled.dropped})
    messages.success(request, " ".join(parts))
