"""Reporting a session: by the link of the mail, on the provider's pages; the administration's page builds on it (L8)."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from booking.attendance.door import arrivals_of
from booking.attendance.errors import ReportChangedError
from booking.attendance.forms import ReportForm
from booking.attendance.links import REPORT
from booking.attendance.pages import PageState, page_state, report_section
from booking.attendance.reading import Booked, report_in_force, what_was_booked
from booking.attendance.rules import correction_ends
from booking.enums import ReportSource
from booking.errors import BookingRefusedError
from booking.models import SessionReport
from booking.operations.reporting import report_session
from booking.permissions import user_can_report_for
from core.audit.log import LINK, Actor
from core.limits.limits import limited
from core.links.errors import LinkError, LinkInvalidError
from core.links.tokens import read_token
from workshops.models import Session


class ReportView(View):
    """One page: the form, or the report in force with a way to correct it. Who comes here say the classes below."""

    http_method_names = ["get", "head", "post"]
    source = ReportSource.PROVIDER
    session: Session
    booked: Booked
    report: SessionReport | None
    now: datetime

    def load(self, session_id: int) -> None:
        """Load the session with what was booked and reported."""
        found = (
            Session.objects.select_related("provider", "venue", "for_school").filter(pk=session_id).first()
        )
        if found is None:
            raise Http404
        self.session = found
        self.booked = what_was_booked(found)
        self.report = report_in_force(session_id)

    @property
    def state(self) -> PageState:
        """Return which page this is."""
        by_staff = self.source == ReportSource.STAFF
        return page_state(self.session, self.report, by_staff=by_staff, now=self.now)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form, or what was reported; `?ret=1` opens the form again. Changes nothing (rule 15)."""
        if self.state == PageState.ASK or (self.state == PageState.REPORTED and "ret" in request.GET):
            return self.show({"form": self._form()})
        return self.show({})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take the report, or show the form again with what is missing."""
        form = self._form(request.POST)
        if self.state not in (PageState.ASK, PageState.REPORTED):
            return self.show({}, status=409)
        if not form.is_valid():
            return self.show({"form": form}, status=422)
        try:
            report_session(
                session_id=self.session.pk,
                figures=form.figures(),
                seen=form.cleaned_data["seen"],
                source=self.source,
                actor=self.actor,
                now=self.now,
            )
        except ReportChangedError as refusal:
            self.load(self.session.pk)
            return self.show({"notice": refusal.message}, status=409)
        except BookingRefusedError as refusal:
            return self.show({"notice": refusal.message}, status=409)
        messages.success(request, _("Thank you. The report is saved."))
        return HttpResponseRedirect(self.own_url)

    @property
    def own_url(self) -> str:
        """Return this page's address."""
        return self.request.path

    @property
    def actor(self) -> Actor:
        """Return who reports."""
        return Actor.of(self.request.user)

    def context(self) -> dict[str, Any]:
        """Return what every state of the page shows."""
        return {
            "session": self.session,
            "provider": self.session.provider,
            "state": self.state.value,
            "section": report_section(self.session, self.report, self.booked) if self.report else None,
            "correction_ends": correction_ends(self.session.ends_at),
            "own_url": self.own_url,
        }

    def show(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render it as a page of the portal."""
        template = "booking/attendance/report.html"
        return render(self.request, template, {**self.context(), **context}, status=status)

    def _form(self, data: Any = None) -> ReportForm:
        arrivals = arrivals_of(self.session.pk)
        return ReportForm(
            data,
            booked=self.booked,
            audience=self.session.audience,
            report=self.report,
            arrived=arrivals.total if arrivals.is_used else None,
        )


@method_decorator([limited("token_page_ip", methods=("GET", "POST")), never_cache], name="dispatch")
class LinkReportView(ReportView):
    """By the link of the mail: whoever holds it reports this one session, and sees no name (rule 12)."""

    source = ReportSource.LINK

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in whoever holds a link that still works."""
        self.now = timezone.now()
        try:
            claim = read_token(kwargs["token"], purpose=REPORT, now=self.now)
            self._load(claim.object_id)
            claim.require_generation(self.session.link_generation)
        except LinkError as error:
            context = {"code": error.code}
            return render(request, "booking/attendance/dead_link.html", context, status=404)
        return super().dispatch(request, *args, **kwargs)

    def _load(self, session_id: int) -> None:
        try:
            self.load(session_id)
        except Http404:
            raise LinkInvalidError from None

    @property
    def actor(self) -> Actor:
        """Return the holder of the link, whoever is logged in."""
        return LINK


@method_decorator([login_required, never_cache], name="dispatch")
class ProviderReportView(ReportView):
    """On the provider's pages, for those who coordinate or hold; to others the session does not exist (rule 12)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in the provider's coordinators and facilitators."""
        self.now = timezone.now()
        self.load(kwargs["session_id"])
        if not user_can_report_for(request.user, self.session.provider_id):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        """Lead back to the session."""
        return {**super().context(), "back_url": reverse("provider_session", args=[self.session.pk])}
