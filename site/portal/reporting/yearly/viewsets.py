"""Yearly reports in the administration: look at a year, close it, correct it, fetch its documents (R4, R10)."""

import logging
from typing import Any

from django.contrib import messages
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton

from charter.models import Programme
from core.cms.decisions import DecisionView
from core.cms.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from core.exports import CSV_TYPE, XLSX_TYPE
from portal.reporting.yearly.comparing import changes_between
from portal.reporting.yearly.content import figures_hash
from portal.reporting.yearly.documents import printed
from portal.reporting.yearly.errors import FiguresChangedError, FiguresDisagreeError, YearRefusedError
from portal.reporting.yearly.forms import CloseForm, CorrectForm
from portal.reporting.yearly.models import AnnualReport, AnnualReportDocument, DocumentFormat, PeriodKind
from portal.reporting.yearly.operations import Seen, close_year, correct_year, read_year
from portal.reporting.yearly.periods import Period
from portal.reporting.yearly.querysets import newest_report, years_to_close
from portal.reporting.yearly.word import DOCX_TYPE

_TYPES = {
    DocumentFormat.PDF: "application/pdf",
    DocumentFormat.DOCX: DOCX_TYPE,
    DocumentFormat.XLSX: XLSX_TYPE,
    DocumentFormat.CSV: CSV_TYPE,
    DocumentFormat.SESSIONS: CSV_TYPE,
}
_TRIES = 3
logger = logging.getLogger(__name__)


def read_settled(programme: Programme, period: Period) -> dict[str, Any]:
    """Return what a year says now, read again when somebody reported just then.

    Raises:
        FiguresDisagreeError: the two ways of counting differ each time.
    """
    for _try in range(_TRIES):
        try:
            return read_year(programme, period, now=timezone.now())
        except FiguresChangedError:
            continue
    logger.error("Yearly report %s of %s: two ways of counting disagree", period.slug, programme.slug)
    raise FiguresDisagreeError


class DisagreeView(WagtailAdminTemplateMixin, View):
    """Stands where the figures of a year would, when they cannot be trusted: says so, and what to do."""

    template_name = "admin/yearly/disagree.html"
    header_icon = "warning"
    page_title = _("The figures cannot be shown")
    index_url_name = ""
    refusal: Any = ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the years."""
        return _trail(
            self, (reverse("annual_report:years"), gettext("Close a year")), ("", self.get_page_title())
        )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say it, whatever was asked."""
        context = self.get_context_data(
            refusal=self.refusal, again_url=request.get_full_path(), years_url=reverse("annual_report:years")
        )
        return self.render_to_response(context, status=409)


class _TrustedFiguresMixin:
    """A page about the figures of a year, which are shown only where both ways of counting agree."""

    index_url_name: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the page, or that there are no figures to trust."""
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # beside a view
        except FiguresDisagreeError as error:
            page = DisagreeView.as_view(index_url_name=self.index_url_name, refusal=error.text)
            return page(request)


class _YearMixin:
    """A year of a programme, by its address."""

    kwargs: dict[str, Any]
    index_url_name: str

    @cached_property
    def programme(self) -> Programme:
        """The programme of the address."""
        return get_object_or_404(Programme, pk=self.kwargs["programme_id"])

    @cached_property
    def period(self) -> Period:
        """The year of the address."""
        period = Period.of(self.kwargs["period"])
        if period is None:
            raise Http404
        return period

    @cached_property
    def figures(self) -> dict[str, Any]:
        """What the year says now."""
        return read_settled(self.programme, self.period)

    @property
    def year_args(self) -> list[Any]:
        """The year as arguments of an address."""
        return [self.programme.pk, self.period.slug]


def _trail(view: Any, *items: tuple[str, Any]) -> list[dict[str, Any]]:
    """Lead back to the list, and through the pages between."""
    lead = [{"url": reverse(view.index_url_name), "label": gettext("Yearly reports")}]
    return [*view.breadcrumbs_items, *lead, *({"url": url, "label": label} for url, label in items)]


class YearsView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """The years that have sessions: closed ones, those that can be closed, and those that run."""

    http_method_names = ["get", "head"]
    model: Any = AnnualReport
    any_permission_required = ["view", "add"]
    template_name = "admin/yearly/years.html"
    page_title = _("Close a year")
    header_icon = "lock"
    index_url_name = ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return _trail(self, ("", self.get_page_title()))

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        years = years_to_close(now=timezone.now())
        return self.render_to_response(
            self.get_context_data(years=years, can_close=self.user_has_permission("add"))
        )


class PreviewView(_TrustedFiguresMixin, _YearMixin, PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """What the report of a year would say now."""

    http_method_names = ["get", "head"]
    model: Any = AnnualReport
    any_permission_required = ["view", "add"]
    template_name = "admin/yearly/preview.html"
    header_icon = "view"
    index_url_name = ""

    def get_page_title(self) -> str:
        """Name the year."""
        return gettext("Yearly report %(year)s: preview") % {"year": self.period.label}

    def get_page_subtitle(self) -> str:
        """Name the programme."""
        return self.programme.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the years."""
        return _trail(
            self, (reverse("annual_report:years"), gettext("Close a year")), ("", self.get_page_title())
        )

    def get(self, request: HttpRequest, programme_id: int, period: str) -> HttpResponse:
        """Show what it would say, and what is missing."""
        report = newest_report(self.programme, self.period)
        is_over = self.period.is_over(on=timezone.localdate())
        can_close = self.user_has_permission("add") and is_over
        return self.render_to_response(
            self.get_context_data(
                content=printed(self.figures),
                unreported=self.figures["unreported"],
                report=report,
                changes=changes_between(report.snapshot, self.figures) if report else [],
                is_over=is_over,
                close_url=reverse("annual_report:close", args=self.year_args)
                if can_close and report is None
                else "",
                correct_url=reverse("annual_report:correct", args=[report.pk])
                if can_close and report
                else "",
            )
        )


class YearDecisionView(_TrustedFiguresMixin, DecisionView):
    """A form under the figures that it is about: what was seen is what is closed."""

    model = AnnualReport
    permission_required = "add"
    template_name = "admin/yearly/close.html"
    refusals = (YearRefusedError,)
    is_serious = True
    figures: Any
    report: AnnualReport | None = None
    """What was made."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask about missing reports where there are some."""
        return {**super().get_form_kwargs(), "missing": self.figures["unreported"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is closed, its hash, and under whose name."""
        return {
            **super().get_context_data(**kwargs),
            "content": printed(self.figures),
            "missing": printed(self.figures)["tables"][-2],
            "figures_sha256": figures_hash(self.figures),
            "closes_as": getattr(self.request.user, "get_full_name", str)(),
        }

    def seen(self, data: dict[str, Any]) -> Seen:
        """Return what the page showed."""
        return Seen(
            figures_sha256=self.request.POST.get("figures", ""),
            accepts_missing=data.get("accepts_missing", False),
        )

    def form_valid(self, form: Any) -> HttpResponse:
        """Close it and go to the report; a refusal is said on the form."""
        try:
            self.decide(form.cleaned_data)
        except YearRefusedError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, self.done_text())
        return HttpResponseRedirect(reverse("annual_report:inspect", args=[self.report.pk]))  # type: ignore[union-attr]  # `decide` has set it


class CloseView(_YearMixin, YearDecisionView):
    """Close a year."""

    form_class = CloseForm
    submit_label = _("Close the year")
    explanation = _(
        "The figures are locked as they stand below, under your name. They never change again: if something is "
        "corrected later, you make a new revision with a reason, and this one stays."
    )

    def get_page_title(self) -> str:
        """Name the year."""
        return gettext("Close %(year)s") % {"year": self.period.label}

    def get_page_subtitle(self) -> str:
        """Name the programme."""
        return self.programme.name

    def get_success_url(self) -> str:
        """Go back to the preview."""
        return reverse("annual_report:preview", args=self.year_args)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the preview."""
        return _trail(
            self,
            (reverse("annual_report:years"), gettext("Close a year")),
            (self.get_success_url(), self.period.label),
            ("", self.get_page_title()),
        )

    def decide(self, data: dict[str, Any]) -> None:
        """Close it."""
        self.report = close_year(
            programme_id=self.programme.pk,
            period=self.period,
            seen=self.seen(data),
            actor=self.actor,
            now=timezone.now(),
        )

    def done_text(self) -> str:
        """Say what it is now."""
        return gettext("%(year)s is closed. The documents are ready below.") % {"year": self.period.label}


class CorrectView(YearDecisionView):
    """Make a new revision of a closed year."""

    form_class = CorrectForm
    submit_label = _("Lock the new revision")
    page_title = _("New revision")
    explanation = _(
        "The new revision says what is known now, with your reason. The one before stays readable, and says that it "
        "has been corrected."
    )

    @cached_property
    def period(self) -> Period:
        """Its year."""
        return period_of(self.object)

    @cached_property
    def figures(self) -> Any:
        """What the year says now."""
        return read_settled(self.object.programme, self.period)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what changes."""
        return {
            **super().get_context_data(**kwargs),
            "before": self.object,
            "changes": changes_between(self.object.snapshot, self.figures),
        }

    def decide(self, data: dict[str, Any]) -> None:
        """Make it."""
        self.report = correct_year(
            report_id=self.object.pk,
            reason=data["reason"],
            seen=self.seen(data),
            actor=self.actor,
            now=timezone.now(),
        )

    def done_text(self) -> str:
        """Say what is in force."""
        return gettext("The new revision is locked, and is the one in force.")


def period_of(report: AnnualReport) -> Period:
    """Return the year of a report."""
    return Period(PeriodKind(report.kind), report.first_day.year)


class ReportIndexView(ReadOnlyIndexView):
    """The closed years and their revisions."""

    def get_base_queryset(self) -> Any:
        """Leave the snapshots in the database: the list shows none of them."""
        return super().get_base_queryset().defer("content", "corrected_by__content")

    @property
    def header_buttons(self) -> list[Any]:
        """Lead to the years that can be closed."""
        label = gettext("Close a year") if self.user_has_permission("add") else gettext("All years")
        return [HeaderButton(label, url=reverse("annual_report:years"), icon_name="lock")]


class ReportInspectView(ReadOnlyInspectView):
    """A closed year as everybody reads it, with its documents and revisions."""

    template_name = "admin/yearly/report.html"
    page_title = _("Yearly report")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what it says, its documents, and its revisions."""
        report = self.object
        revisions = list(
            AnnualReport.objects.filter(
                programme=report.programme_id, first_day=report.first_day, last_day=report.last_day
            )
            .defer("content")
            .order_by("-number")
        )
        is_newest = revisions[0].pk == report.pk
        return {
            **super().get_context_data(**kwargs),
            "report": report,
            "content": printed(report.snapshot),
            "revisions": revisions,
            "newest": revisions[0],
            "is_newest": is_newest,
            "documents": [
                {
                    "label": DocumentFormat(kind).label,
                    "url": reverse("annual_report:document", args=[report.pk, kind]),
                    "kilobytes": max(1, size // 1000),
                }
                for kind, size in document_sizes(report)
            ],
            "preview_url": reverse(
                "annual_report:preview", args=[report.programme_id, period_of(report).slug]
            ),
            "correct_url": reverse("annual_report:correct", args=[report.pk])
            if is_newest and self.user_has_permission("add")
            else "",
            "compare_url": reverse("annual_report:compare", args=[report.pk]) if report.corrects_id else "",
        }


def document_sizes(report: AnnualReport) -> list[tuple[str, int]]:
    """Return the formats of a report's documents with their sizes in bytes, in the order in which they are offered."""
    sizes = dict(
        AnnualReportDocument.objects.filter(report=report)
        .order_by("pk")
        .values_list("format", Length("content"))
    )
    return [(kind.value, sizes[kind]) for kind in DocumentFormat if kind in sizes]


class CompareView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """What a revision changed."""

    http_method_names = ["get", "head"]
    model: Any = AnnualReport
    any_permission_required = ["view", "add"]
    template_name = "admin/yearly/compare.html"
    page_title = _("What the revision changed")
    header_icon = "history"
    index_url_name = ""

    @cached_property
    def object(self) -> AnnualReport:
        """The revision."""
        reports = AnnualReport.objects.filter(corrects__isnull=False).select_related("programme", "corrects")
        return get_object_or_404(reports, pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the report."""
        url = reverse("annual_report:inspect", args=[self.object.pk])
        return _trail(self, (url, str(self.object)), ("", self.get_page_title()))

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it, figure by figure."""
        before = self.object.corrects
        if before is None:
            raise Http404
        changes = changes_between(before.snapshot, self.object.snapshot)
        return self.render_to_response(
            self.get_context_data(report=self.object, before=before, changes=changes)
        )


class DocumentView(PermissionCheckedMixin, View):
    """A document of a closed year, as it was made when the year was closed."""

    http_method_names = ["get", "head"]
    model: Any = AnnualReport
    any_permission_required = ["view", "add"]

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """Send it."""
        document = get_object_or_404(
            AnnualReportDocument.objects.select_related("report").defer("report__content"),
            report=pk,
            format=kind,
        )
        report = document.report
        name = f"aarsopgoerelse-{period_of(report).slug}-udgave-{report.number}.{kind}"
        return HttpResponse(
            bytes(document.content),
            content_type=_TYPES[DocumentFormat(kind)],
            headers={
                "Content-Disposition": content_disposition_header(True, name) or "attachment",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-store",
            },
        )


def _standing(report: AnnualReport) -> str:
    """Say whether a revision is in force."""
    later = getattr(report, "corrected_by", None)
    if later is None:
        return gettext("In force")
    return gettext("Corrected by revision %(number)s") % {"number": later.number}


class AnnualReportViewSet(ReadOnlyViewSet):
    """«Årsopgørelser»."""

    model = AnnualReport
    name = "annual_report"
    menu_label = _("Yearly reports")
    icon = "doc-full"
    add_to_admin_menu = True
    menu_order = 91  # next to the goals
    list_display = [
        TitleColumn(
            "label",
            label=_("Year"),
            get_url=lambda report: reverse("annual_report:inspect", args=[report.pk]),
        ),
        Column("programme", label=_("Programme")),
        Column("number", label=_("Revision")),
        Column("standing", label=_("Standing"), accessor=_standing),
        Column("unreported", label=_("Without report")),
        DateColumn("closed_at", label=_("Closed")),
        Column("closed_by", label=_("Closed by")),
    ]
    list_select_related = ["programme", "corrected_by"]
    list_filter = ["programme", "kind"]
    inspect_view_fields: list[str] = []
    index_view_class = ReportIndexView
    inspect_view_class = ReportInspectView
    ordering = ["-last_day", "programme__name", "-number"]

    def get_urlpatterns(self) -> list[Any]:
        """Add the years, preview, closing, revision, comparison and documents."""
        index = {"index_url_name": self.get_url_name("index")}
        names = {**index, "inspect_url_name": self.get_url_name("inspect")}
        year = "<int:programme_id>/<slug:period>/"
        return [
            *super().get_urlpatterns(),
            path("years/", self.construct_view(YearsView, **index), name="years"),
            path(f"preview/{year}", self.construct_view(PreviewView, **index), name="preview"),
            path(f"close/{year}", self.construct_view(CloseView, **names), name="close"),
            path("correct/<int:pk>/", self.construct_view(CorrectView, **names), name="correct"),
            path("compare/<int:pk>/", self.construct_view(CompareView, **index), name="compare"),
            path("document/<int:pk>/<str:kind>/", self.construct_view(DocumentView), name="document"),
        ]
