"""Evaluation in the administration: results, free texts to read, forms and learning goals (R6)."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from booking.enums import QUOTABLE, SESSION_FORMS, FormKind, FormState, QuestionKind, QuoteState
from booking.errors import BookingRefusedError
from booking.evaluation.forms import (
    FormTextsForm,
    GoalsForm,
    QuestionFormSet,
    VerdictForm,
)
from booking.evaluation.results import (
    BatchSum,
    batches_of,
    breakdown,
    export_rows,
    periods,
    results_of,
    sums_of,
    waiting_answers_and_texts,
)
from booking.evaluation.rules import steps_of
from booking.models import FormVersion, FreeText, LearningGoal
from booking.operations.forming import (
    change_draft,
    drop_draft,
    make_draft,
    set_learning_goals,
    take_into_use,
)
from booking.operations.quoting import read_text
from booking.permissions import user_can_change_evaluations, user_can_see_evaluations
from core.cms.staff_pages import StaffPage
from core.exports import FORMATS, Table, table_response
from workshops.models import Offer

_PER_PAGE = 20
_LIST_ITEM = re.compile(r"<li[^>]*>(.*?)</li>", re.S)


class EvaluationAdminView(StaffPage):
    """A page of evaluation: seen by those who see evaluations, changed by those who may change them."""

    header_icon = "form"

    def may(self, user: Any) -> bool:
        """Let in staff; a POST needs the right to change."""
        may = user_can_change_evaluations if self.request.method == "POST" else user_can_see_evaluations
        return may(user)

    @property
    def can_change(self) -> bool:
        """Whether this user may change what is shown."""
        return user_can_change_evaluations(self.request.user)

    def show(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """Render the page."""
        return super().show(status=status, can_change=self.can_change, **context)

    def refuse(self, refusal: BookingRefusedError) -> None:
        """Say why something was not done."""
        messages.error(self.request, refusal.message)


class ResultsView(EvaluationAdminView):
    """«Resultater»: by period, form, offer and provider; as a page, CSV or XLSX."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/evaluation/results.html"
    page_title = gettext_lazy("Results of evaluations")
    header_icon = "doc-full"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show or export what is chosen."""
        choices = periods(now=self.now)
        period = next((item for item in choices if item.key == request.GET.get("periode")), choices[0])
        kind = request.GET.get("skema", "")
        kind = kind if kind in SESSION_FORMS else ""
        # One query for both choices: who has no offer has no results.
        listed = Offer.objects.order_by("title").values_list("pk", "title", "provider_id", "provider__name")
        rows = list(listed)
        offers = [(pk, title) for pk, title, _provider, _name in rows]
        providers = sorted({(pk, name) for _pk, _title, pk, name in rows}, key=lambda one: one[1])
        offer = _chosen(request.GET.get("tilbud"), offers)
        provider = _chosen(request.GET.get("udbyder"), providers)
        batches = batches_of(period=period, kind=kind, offer_id=offer, provider_id=provider)
        sums = sums_of(batches)
        file_format = request.GET.get("export", "")
        if file_format in FORMATS:
            return self._export(sums, period.key, file_format)
        query = request.GET.copy()
        query.pop("export", None)
        waiting, unread = waiting_answers_and_texts(offer_id=offer, provider_id=provider)
        return self.show(
            periods=choices,
            period=period,
            kinds=[(item.value, item.label) for item in SESSION_FORMS],
            kind=kind,
            offers=offers,
            offer=offer,
            providers=providers,
            provider=provider,
            results=results_of(batches, sums, goals_apart=offer is not None),
            by_offer=breakdown(sums, by="offer") if offer is None else [],
            by_provider=breakdown(sums, by="provider") if provider is None else [],
            by_term=breakdown(sums, by="term"),
            waiting=waiting,
            unread=unread,
            query=query.urlencode(),
        )

    def _export(self, sums: list[BatchSum], name: str, file_format: str) -> HttpResponseBase:
        table = Table(
            title=_("Results of evaluations"),
            headings=[
                _("Half-year"),
                pgettext("evaluation", "Form"),
                _("Offer"),
                _("Provider"),
                _("Question"),
                _("Answers"),
                _("Mean, 1 to 5"),
                "1",
                "2",
                "3",
                "4",
                "5",
            ],
            rows=export_rows(sums),
            notes=[[_("Answers are counted five or more at a time. Fewer are not shown.")]],
        )
        return table_response(table, file_format=file_format, filename=f"evaluering-{name}")


def _chosen(typed: str | None, choices: list[tuple[int, str]]) -> int | None:
    return next((pk for pk, _label in choices if str(pk) == typed), None)


class TextsView(EvaluationAdminView):
    """«Tekster»: what people wrote, to be read before it is quoted."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/evaluation/texts.html"
    page_title = gettext_lazy("Texts to read")
    header_icon = "openquote"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List what waits, the oldest first; or what may be quoted, to judge it again."""
        if not self.can_change:
            raise PermissionDenied
        is_read = request.GET.get("vis") == "citater"
        texts = FreeText.objects.select_related("question__version", "offer", "pilot", "read_by")
        if is_read:
            found = texts.filter(state__in=QUOTABLE).order_by("-written_on", "-pk")
        else:
            found = texts.filter(state=QuoteState.WAITING).order_by("written_on", "pk")
        page = Paginator(found, _PER_PAGE).get_page(request.GET.get("p"))
        return self.show(texts=page, is_read=is_read)


class TextVerdictView(EvaluationAdminView):
    """One text: may be quoted, as edited, or not."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the verdict."""
        form = VerdictForm(request.POST)
        if not form.is_valid():
            messages.error(
                request, " ".join(str(error) for errors in form.errors.values() for error in errors)
            )
        else:
            try:
                read_text(
                    text_id=pk,
                    verdict=QuoteState(form.cleaned_data["verdict"]),
                    edited=form.cleaned_data["edited"],
                    seen=form.cleaned_data["seen"],
                    actor=self.actor,
                    now=self.now,
                )
            except BookingRefusedError as refusal:
                self.refuse(refusal)
            else:
                messages.success(request, _("The text is read."))
        back = reverse("evaluation_texts")
        return redirect(f"{back}?vis=citater" if request.POST.get("seen") in QUOTABLE else back)


class FormsView(EvaluationAdminView):
    """«Spørgeskemaer»: each form with its versions; a new version begins here."""

    template_name = "booking/admin/evaluation/forms.html"
    page_title = gettext_lazy("Evaluation forms")

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the forms."""
        versions = list(
            FormVersion.objects.annotate(number_of_answers=Count("sheets")).order_by("kind", "-number")
        )
        rows = [
            {
                "kind": kind.value,
                "label": kind.label,
                "versions": [version for version in versions if version.kind == kind],
                "has_draft": any(v.kind == kind and v.state == FormState.DRAFT for v in versions),
            }
            for kind in FormKind
        ]
        return self.show(rows=rows)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a new version, or go on with the draft there is."""
        kind = request.POST.get("kind", "")
        if kind not in FormKind:
            raise Http404
        draft = make_draft(kind=kind, actor=self.actor, now=self.now)
        return redirect("evaluation_form", pk=draft.pk)


class FormView(EvaluationAdminView):
    """One version: to change while it is a draft, to read afterwards."""

    template_name = "booking/admin/evaluation/form.html"
    parents = (("evaluation_forms", gettext_lazy("Evaluation forms")),)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the version."""
        super().setup(request, *args, **kwargs)
        self.version = get_object_or_404(FormVersion, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        """Name the form and its version."""
        return _("%(form)s, version %(number)s") % {
            "form": self.version.get_kind_display(),
            "number": self.version.number,
        }

    @property
    def is_draft(self) -> bool:
        """Whether it can be changed."""
        return self.version.state == FormState.DRAFT

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the fields of a draft, or the questions of a version that is locked."""
        if not (self.is_draft and self.can_change):
            return self._show(None, None)
        version = self.version
        names = ("title", "title_en", "intro", "intro_en")
        rows = [
            {"kind": row.kind, "text": row.text, "text_en": row.text_en, "goal_number": row.goal_number or ""}
            for row in version.questions.all()
        ]
        return self._show(
            FormTextsForm(initial={name: getattr(version, name) for name in names}),
            QuestionFormSet(initial=rows, prefix="q"),
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save the draft, take it into use, or delete it."""
        step = request.POST.get("step", "save")
        try:
            if step == "drop":
                drop_draft(version_id=self.version.pk, actor=self.actor, now=self.now)
                messages.success(request, _("The draft is deleted. The version in use stays."))
                return redirect("evaluation_forms")
            form, questions = FormTextsForm(request.POST), QuestionFormSet(request.POST, prefix="q")
            if not (form.is_valid() and questions.is_valid()):
                return self._show(form, questions, status=422)
            change_draft(
                version_id=self.version.pk, texts=form.texts(questions), actor=self.actor, now=self.now
            )
            if step == "use":
                take_into_use(version_id=self.version.pk, actor=self.actor, now=self.now)
                messages.success(request, _("The new version is in use. Answers to the old one stay."))
                return redirect("evaluation_forms")
        except BookingRefusedError as refusal:
            self.refuse(refusal)
            return redirect("evaluation_form", pk=self.version.pk)
        messages.success(request, _("The draft is saved."))
        return redirect("evaluation_form", pk=self.version.pk)

    def _show(self, form: Any, questions: Any, *, status: int = 200) -> HttpResponse:
        shown = [] if form else self.version.questions.all()
        return self.show(
            status=status,
            version=self.version,
            is_draft=self.is_draft,
            form=form,
            questions=questions,
            shown=[
                (
                    _("Learning goal %(number)s of the offer") % {"number": row.goal_number}
                    if row.kind == QuestionKind.GOAL
                    else row.wording,
                    row.get_kind_display(),
                )
                for row in shown
            ],
            steps=list(steps_of(self.version.kind).values()),
        )


class GoalsView(EvaluationAdminView):
    """«Læringsmål»: which offers have goals to ask about."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/evaluation/goals.html"
    page_title = gettext_lazy("Learning goals to ask about")

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the offers."""
        current = Count("learning_goals", filter=Q(learning_goals__replaced_at=None))
        offers = Offer.objects.select_related("provider").annotate(goals=current).order_by("title", "pk")
        return self.show(offers=Paginator(offers, 50).get_page(request.GET.get("p")))


class StepView(EvaluationAdminView):
    """A form that ends in an operation; its template is the administration's own."""

    template_name = "admin/decision.html"
    form_class: type[forms.Form] = forms.Form
    submit_label: Any = gettext_lazy("Save")
    explanation: Any = ""
    is_serious = False
    done: Any = gettext_lazy("Done.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Only for those who may change; the form itself is of no use to others."""
        if not user_can_change_evaluations(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show(self.make_form(None))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Call the operation; a refusal is said on the form."""
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            self.act(form)
        except BookingRefusedError as refusal:
            form.add_error(None, refusal.message)
            return self._show(form, status=409)
        messages.success(request, str(self.done))
        return redirect(self.success_url)

    def make_form(self, data: Any) -> forms.Form:
        """Return the form, bound to what was posted."""
        return self.form_class(data, initial=dict(self.initial()))

    def initial(self) -> Mapping[str, Any]:
        """Return what the form is filled in with."""
        return {}

    def act(self, form: Any) -> None:
        """Call the operation."""
        raise NotImplementedError

    @property
    def success_url(self) -> str:
        """Return where it leads afterwards."""
        raise NotImplementedError

    def _show(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        return self.show(
            status=status,
            form=form,
            explanation=self.explanation,
            submit_label=self.submit_label,
            is_serious=self.is_serious,
            cancel_url=self.success_url,
            media=form.media,
        )


class OfferGoalsView(StepView):
    """The three learning goals of one offer."""

    form_class = GoalsForm
    parents = (("evaluation_goals", gettext_lazy("Learning goals to ask about")),)
    explanation = gettext_lazy(
        "A goal with new words is a new goal: answers to the old one stay with it. Without goals, only the other questions are asked."
    )
    done = gettext_lazy("The learning goals are saved.")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the offer."""
        super().setup(request, *args, **kwargs)
        self.offer = get_object_or_404(Offer, pk=kwargs["offer_id"])

    def get_page_title(self) -> str:
        """Name the offer."""
        return self.offer.title

    @property
    def success_url(self) -> str:
        """Go back to the list."""
        return reverse("evaluation_goals")

    def initial(self) -> Mapping[str, Any]:
        """Return the goals in use; else those of the offer's page, to begin with."""
        goals = LearningGoal.objects.filter(offer=self.offer, replaced_at=None)
        found = {f"text_{goal.number}": goal.text for goal in goals}
        if found:
            return {**found, **{f"pupil_{goal.number}": goal.pupil_text for goal in goals}}
        page = self.offer.pages.filter(locale__language_code="da").first()
        lines = _LIST_ITEM.findall(page.learning_goals) if page else []
        return {f"text_{number}": strip_tags(line)[:200] for number, line in enumerate(lines[:3], start=1)}

    def act(self, form: GoalsForm) -> None:
        """Set them."""
        set_learning_goals(offer_id=self.offer.pk, goals=form.goals(), actor=self.actor, now=self.now)


class _EvaluationMenuItem(SubmenuMenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_can_see_evaluations(request.user) and bool(super().is_shown(request))


class _ChangersMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_can_change_evaluations(request.user)


def evaluation_menu() -> SubmenuMenuItem:
    """Return «Evaluering» with its pages."""
    items: list[MenuItem] = [
        MenuItem(
            gettext_lazy("Results"),
            reverse("evaluation_results"),
            name="evaluation-results",
            icon_name="doc-full",
            order=10,
        ),
        _ChangersMenuItem(
            gettext_lazy("Texts to read"),
            reverse("evaluation_texts"),
            name="evaluation-texts",
            icon_name="openquote",
            order=20,
        ),
        MenuItem(
            gettext_lazy("Evaluation forms"),
            reverse("evaluation_forms"),
            name="evaluation-forms",
            icon_name="form",
            order=30,
        ),
        MenuItem(
            gettext_lazy("Learning goals"),
            reverse("evaluation_goals"),
            name="evaluation-goals",
            icon_name="check",
            order=40,
        ),
        MenuItem(
            gettext_lazy("Pilots of material"), reverse("pilots"), name="pilots", icon_name="view", order=50
        ),
        MenuItem(
            gettext_lazy("Readiness"),
            reverse("readiness_development"),
            name="readiness-development",
            icon_name="tasks",
            order=60,
        ),
    ]
    return _EvaluationMenuItem(
        gettext_lazy("Evaluation"), Menu(items=items), name="evaluation", icon_name="form", order=40
    )
