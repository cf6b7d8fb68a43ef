"""Pilots in the administration: list, one pilot with its classes, log and report, and the steps (P7)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.enums import QUOTABLE, FormKind, PilotState
from booking.errors import BookingRefusedError
from booking.evaluation.admin_views import EvaluationAdminView, StepView
from booking.evaluation.forms import (
    DecisionForm,
    NoteForm,
    PilotClassForm,
    PilotStartForm,
    ReportForm,
    UsedForm,
)
from booking.evaluation.pilots.reading import ASKED_STAGES, pilot_results, pilot_state
from booking.models import FreeText, Pilot, PilotClass
from booking.operations.piloting import (
    add_class,
    decide_pilot,
    mark_used,
    report_pilot,
    start_pilot,
    write_note,
)
from workshops.calendars import local_date_of
from workshops.models import TeachingMaterialPage

PILOTS = (("pilots", gettext_lazy("Pilots of material")),)


class PilotsView(EvaluationAdminView):
    """«Afprøvninger»: what is being tried, and where the year's goal stands."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/evaluation/pilots.html"
    page_title = gettext_lazy("Pilots of material")
    header_icon = "view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the pilots."""
        today = local_date_of(self.now)
        pilots = Pilot.objects.annotate(number_of_classes=Count("classes")).order_by("-started_on", "-pk")
        milestone = pilot_state(today.replace(month=1, day=1), today.replace(month=12, day=31))
        return self.show(
            pilots=pilots,
            year=today.year,
            milestone=milestone,
            stages=[
                {
                    "name": stage,
                    "is_reached": stage in milestone.evaluated_stages,
                    "runs": stage in milestone.running_stages,
                }
                for stage in ASKED_STAGES
            ],
        )


class PilotView(EvaluationAdminView):
    """One pilot: classes with codes, answers before and after, log, report, decision."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/evaluation/pilot.html"
    header_icon = "view"
    parents = PILOTS

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the pilot."""
        super().setup(request, *args, **kwargs)
        self.pilot = get_object_or_404(Pilot.objects.select_related("reported_by"), pk=kwargs["pk"])

    def get_page_title(self) -> str:
        """Name the material."""
        return str(self.pilot)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        pilot = self.pilot
        classes = pilot.classes.select_related("school", "booked_session__booking").prefetch_related("codes")
        rows = []
        for item in classes:
            codes = {code.kind: code for code in item.codes.all()}
            rows.append(
                {
                    "class": item,
                    "before": codes.get(FormKind.PILOT_BEFORE),
                    "after": codes.get(FormKind.PILOT_AFTER),
                }
            )
        is_open = pilot.state != PilotState.DECIDED
        return self.show(
            pilot=pilot,
            classes=rows,
            goals=pilot.learning_goals.filter(replaced_at=None),
            found=pilot_results(pilot),
            quotes=FreeText.objects.filter(pilot=pilot, state__in=QUOTABLE, batch__isnull=False),
            notes=pilot.notes.select_related("pilot_class__school"),
            is_running=self.can_change and pilot.state == PilotState.RUNNING,
            is_open=self.can_change and is_open,
            can_decide=self.can_change
            and pilot.state == PilotState.REPORTED
            and pilot.reported_by_id != request.user.pk,
            is_own=pilot.state == PilotState.REPORTED and pilot.reported_by_id == request.user.pk,
        )


class StartPilotView(StepView):
    """Begin a pilot."""

    page_title = gettext_lazy("Try a material")
    parents = PILOTS
    submit_label = gettext_lazy("Begin the pilot")
    done = gettext_lazy("The pilot has begun. Add the classes.")
    made: Pilot | None = None

    def make_form(self, data: Any) -> forms.Form:
        """Offer the materials there are."""
        return PilotStartForm(data, materials=_materials())

    @property
    def success_url(self) -> str:
        """Go to the pilot; back to the list while there is none."""
        return reverse("pilot", args=[self.made.pk]) if self.made else reverse("pilots")

    def act(self, form: PilotStartForm) -> None:
        """Start it with the material's title and version as they are now."""
        page = TeachingMaterialPage.objects.get(pk=form.cleaned_data["material"])
        self.made = start_pilot(
            material_key=page.translation_key,
            title=page.title,
            version=page.version,
            question=form.cleaned_data["question"],
            goals=form.goals(),
            actor=self.actor,
            now=self.now,
        )


def _materials() -> list[tuple[str, str]]:
    pages = TeachingMaterialPage.objects.filter(locale__language_code="da").order_by("title", "pk")
    return [
        (str(pk), f"{title} {version}") for pk, title, version in pages.values_list("pk", "title", "version")
    ]


class _PilotStepView(StepView):
    """A step of one pilot."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the pilot."""
        super().setup(request, *args, **kwargs)
        self.pilot = get_object_or_404(Pilot, pk=kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the pilot."""
        items = super().get_breadcrumbs_items()
        above = {"url": reverse("pilots"), "label": _("Pilots of material")}
        return [*items[:-1], above, {"url": self.success_url, "label": str(self.pilot)}, items[-1]]

    @property
    def success_url(self) -> str:
        """Go back to the pilot."""
        return reverse("pilot", args=[self.pilot.pk])


class AddClassView(_PilotStepView):
    """Let a class try the material."""

    page_title = gettext_lazy("Add a class")
    form_class = PilotClassForm
    done = gettext_lazy("The class is added. It has a code for before and one for after.")

    def act(self, form: Any) -> None:
        """Add it."""
        data = form.cleaned_data
        booked = data["reference"]
        add_class(
            pilot_id=self.pilot.pk,
            school_id=data["school"].pk,
            name=data["name"],
            grade=data["grade"],
            pupils=data["pupils"],
            booked_session_id=booked.pk if booked else None,
            actor=self.actor,
            now=self.now,
        )


class UsedView(EvaluationAdminView):
    """Say on which day a class had used the material."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, class_id: int) -> HttpResponse:
        """Mark it."""
        own = get_object_or_404(PilotClass, pk=class_id, pilot=pk)
        form = UsedForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose the day."))
        else:
            try:
                mark_used(
                    pilot_class_id=own.pk,
                    used_on=form.cleaned_data["used_on"],
                    actor=self.actor,
                    now=self.now,
                )
            except BookingRefusedError as refusal:
                self.refuse(refusal)
            else:
                messages.success(request, _("Saved."))
        return redirect("pilot", pk=pk)


class NoteView(_PilotStepView):
    """Write in the log."""

    page_title = gettext_lazy("Write in the log")
    done = gettext_lazy("The log has a new line.")

    def make_form(self, data: Any) -> forms.Form:
        """Offer the classes of the pilot."""
        classes = [(item.pk, str(item)) for item in self.pilot.classes.select_related("school")]
        return NoteForm(data, initial={"happened_on": local_date_of(self.now)}, classes=classes)

    def act(self, form: Any) -> None:
        """Write it."""
        data = form.cleaned_data
        write_note(
            pilot_id=self.pilot.pk,
            text=data["text"],
            happened_on=data["happened_on"],
            pilot_class_id=int(data["pilot_class"]) if data["pilot_class"] else None,
            actor=self.actor,
            now=self.now,
        )


class ReportPilotView(_PilotStepView):
    """Write the report."""

    page_title = gettext_lazy("Write the report")
    form_class = ReportForm
    explanation = gettext_lazy("Somebody else than you decides on it. You can write it anew until then.")
    done = gettext_lazy("The report is saved. A colleague can decide now.")

    def initial(self) -> Mapping[str, Any]:
        """Fill in the report there is."""
        return {name: getattr(self.pilot, name) for name in ("findings", "changes", "recommendation")}

    def act(self, form: Any) -> None:
        """Save it."""
        report_pilot(pilot_id=self.pilot.pk, **form.cleaned_data, actor=self.actor, now=self.now)


class DecidePilotView(_PilotStepView):
    """Decide on the report."""

    page_title = gettext_lazy("Decide on the pilot")
    form_class = DecisionForm
    submit_label = gettext_lazy("Decide")
    is_serious = True
    explanation = gettext_lazy(
        "The decision stands with its name and cannot be changed. Only a material that is approved can be published."
    )
    done = gettext_lazy("The decision is made.")

    def initial(self) -> Mapping[str, Any]:
        """Suggest nothing about the decision itself; the name is most often one's own."""
        return {"name": self.request.user.get_full_name() if self.request.user.is_authenticated else ""}

    def act(self, form: Any) -> None:
        """Decide."""
        decide_pilot(pilot_id=self.pilot.pk, **form.cleaned_data, actor=self.actor, now=self.now)
