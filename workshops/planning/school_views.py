"""Views of the administration that close, merge and reopen a school (S29)."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from wagtail.admin.views import generic

from core.cms.decisions import DecisionView
from workshops.errors import WorkshopError
from workshops.models import School
from workshops.operations import SchoolEnded, close_school, merge_school, reopen_school
from workshops.planning.forms import CloseSchoolForm, MergeSchoolForm


class SchoolEditView(generic.EditView):
    """A school's facts, with the way to close or merge it."""

    template_name = "workshops/school_edit.html"
    close_url_name = ""
    merge_url_name = ""
    reopen_url_name = ""
    holiday_url_name = "holidays:edit"
    holiday_add_url_name = "holidays:add"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the steps this school can take, and the schools that became part of it."""
        if self.object.closed_on is not None:
            steps = [(_("Reopen the school"), self.reopen_url_name)]
        else:
            steps = [
                (_("Close the school"), self.close_url_name),
                (_("Merge with another school"), self.merge_url_name),
            ]
        return {
            **super().get_context_data(**kwargs),
            "steps": [
                {"label": label, "url": reverse(name, args=(self.object.pk,))} for label, name in steps
            ],
            "merged_from": self.object.merged_from.all(),
            "own_days": [
                {"holiday": holiday, "url": reverse(self.holiday_url_name, args=(holiday.pk,))}
                for holiday in self.object.holidays.select_related("school_year")
            ],
            "add_day_url": f"{reverse(self.holiday_add_url_name)}?school={self.object.pk}",
        }


class SchoolDecisionView(DecisionView):
    """A decision about one school."""

    model = School
    refusals = (WorkshopError,)
    is_serious = True
    ended: SchoolEnded | None = None

    def done_text(self) -> str:
        """Say what became tasks."""
        if self.ended is None:
            return super().done_text()
        tasks = self.ended.bookings + self.ended.evenings
        if not tasks:
            return _("Done. Nothing is booked after that day.")
        text = ngettext(
            "Done. %(count)d booking after that day is now a task for you.",
            "Done. %(count)d bookings after that day are now tasks for you.",
            tasks,
        )
        return text % {"count": tasks}


class SchoolCloseView(SchoolDecisionView):
    """Close a school."""

    form_class = CloseSchoolForm
    page_title = _lazy("Close the school")
    submit_label = _lazy("Close the school")
    explanation = _lazy(
        "From that day the school cannot book, and teachers who look for it are told. Its history and figures stay. "
        "Bookings are not cancelled: each becomes a task."
    )

    def decide(self, data: dict[str, Any]) -> None:
        """Close it."""
        self.ended = close_school(
            school_id=self.object.pk, closed_on=data["day"], actor=self.actor, now=timezone.now()
        )


class SchoolMergeView(SchoolDecisionView):
    """Merge a school into another."""

    form_class = MergeSchoolForm
    page_title = _lazy("Merge with another school")
    submit_label = _lazy("Merge the schools")
    explanation = _lazy(
        "The other school takes over from that day. Teachers who look for the old name are shown the new one, and "
        "e-mail domains known for the old school are known for the new one too. History and figures stay with the "
        "old school. Bookings are not cancelled: each becomes a task."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        """Leave the school itself out of the choices."""
        return {**super().get_form_kwargs(), "school": self.object}

    def decide(self, data: dict[str, Any]) -> None:
        """Merge them."""
        self.ended = merge_school(
            school_id=self.object.pk,
            heir_id=data["heir"].pk,
            merged_on=data["day"],
            actor=self.actor,
            now=timezone.now(),
        )


class SchoolReopenView(SchoolDecisionView):
    """Take a closing or a merger back."""

    page_title = _lazy("Reopen the school")
    submit_label = _lazy("Reopen the school")
    explanation = _lazy(
        "The school can book again. Tasks that its closing made stay until somebody closes them. E-mail domains "
        "that a merger gave to the other school stay there."
    )

    def decide(self, data: dict[str, Any]) -> None:
        """Reopen it."""
        reopen_school(school_id=self.object.pk, actor=self.actor, now=timezone.now())


class HolidayCreateView(generic.CreateView):
    """New days off; a school's page leads here with the school chosen."""

    def get_initial(self) -> dict[str, Any]:
        """Choose the school in the address."""
        chosen = self.request.GET.get("school", "")
        return {
            **super().get_initial(),
            **({"school": chosen} if chosen.isascii() and chosen.isdigit() else {}),
        }
