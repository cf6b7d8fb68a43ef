"""Planning courses: dates chosen by hand, or proposed so many weeks apart (S20)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.audit.log import Actor
from workshops.availability import active_ids
from workshops.courses import propose_courses
from workshops.errors import WorkshopError
from workshops.models import Offer
from workshops.operations import change_course, create_course, create_courses
from workshops.planning.forms import CourseForm, CourseProposalForm, dates_for_courses
from workshops.planning.views import PlanningView


class CourseFormView(PlanningView):
    """A course: first which offer, then which of its dates."""

    template_name = "workshops/course_form.html"
    header_icon = "list-ol"

    def get_page_title(self) -> str:
        """Say whether it is new."""
        return _("Edit course") if self.row else _("New course")

    @cached_property
    def offer(self) -> Offer | None:
        """The course's offer, or the one named in the address."""
        if self.row:
            return self.row.offer
        number = self.request.GET.get("offer", "")
        return get_object_or_404(Offer, pk=number) if number.isascii() and number.isdigit() else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the offer, or the offers to choose from."""
        context = super().get_context_data(**kwargs)
        offers = () if self.offer else Offer.objects.filter(is_open=True)
        return {**context, "offer": self.offer, "offers": offers, "propose_form": CourseProposalForm()}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, or the proposals that were asked for."""
        if self.offer is None:
            return self.render_to_response(self.get_context_data())
        if "weeks" in request.GET:
            return self._propose(request, self.offer)
        initial = (
            {"name": self.row.name, "sessions": [session.pk for session in self.row.sessions.all()]}
            if self.row
            else {}
        )
        form = CourseForm(initial=initial, offer=self.offer, course=self.row)
        return self.render_to_response(self.get_context_data(form=form))

    def _propose(self, request: HttpRequest, offer: Offer) -> HttpResponse:
        asked = CourseProposalForm(request.GET)
        form = CourseForm(offer=offer)
        if not asked.is_valid():
            return self.render_to_response(
                self.get_context_data(form=form) | {"propose_form": asked}, status=422
            )
        free = list(dates_for_courses(offer, course=None, now=timezone.now()))
        booked = active_ids([session.pk for session in free])
        proposals = propose_courses(
            [session for session in free if session.pk not in booked],
            dates=asked.cleaned_data["dates"],
            weeks_between=asked.cleaned_data["weeks"],
        )
        context = self.get_context_data(form=form)
        return self.render_to_response(
            context | {"propose_form": asked, "proposals": proposals, "has_asked": True}
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the course, or the courses that were proposed and chosen."""
        if self.offer is None:
            return HttpResponseRedirect(request.path)
        if "propose" in request.POST:
            return self._save_proposed(request, self.offer)
        form = CourseForm(request.POST, offer=self.offer, course=self.row)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        chosen = [session.pk for session in form.cleaned_data["sessions"]]
        name, actor, now = form.cleaned_data["name"], Actor.of(request.user), timezone.now()
        try:
            if self.row:
                course = change_course(
                    course_id=self.row.pk, name=name, session_ids=chosen, now=now, actor=actor
                )
            else:
                course = create_course(
                    offer_id=self.offer.pk, name=name, session_ids=chosen, now=now, actor=actor
                )
        except WorkshopError as refusal:
            return self.refuse(form, refusal)
        messages.success(request, _("The course is saved. Its dates are only booked together."))
        return HttpResponseRedirect(reverse(self.inspect_url_name, args=(course.pk,)))

    def _save_proposed(self, request: HttpRequest, offer: Offer) -> HttpResponse:
        groups = [
            [int(number) for number in key.split("-")]
            for key in request.POST.getlist("course")
            if all(number.isascii() and number.isdigit() and len(number) < 10 for number in key.split("-"))
        ]
        try:
            made = create_courses(
                offer_id=offer.pk, groups=groups, now=timezone.now(), actor=Actor.of(request.user)
            )
        except WorkshopError as refusal:
            form = CourseForm(offer=offer)
            form.full_clean()
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        text = ngettext("%(count)d course is made.", "%(count)d courses are made.", len(made))
        messages.success(request, text % {"count": len(made)})
        return HttpResponseRedirect(reverse(self.index_url_name))
