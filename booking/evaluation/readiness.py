"""Readiness in the administration: units assess themselves again and again, and see how it develops (R11)."""

from collections import defaultdict
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView

from booking.evaluation.admin_views import EvaluationAdminView
from booking.models import ReadinessAssessment
from booking.models.readiness import PARAMETERS
from core.cms.viewsets import PlainViewSet


class ReadinessCreateView(CreateView):
    """Note who has filled it in."""

    def save_instance(self) -> Any:
        """Save it with the user."""
        self.form.instance.assessed_by = self.request.user
        return super().save_instance()


class ReadinessViewSet(PlainViewSet):
    """«Beredskab»: every assessment."""

    model = ReadinessAssessment
    name = "readiness"
    url_prefix = "evaluering/beredskab/vurderinger"
    menu_label = _("Assessments of readiness")
    icon = "tasks"
    add_view_class = ReadinessCreateView
    list_display = ["unit", Column("assessed_on", label=_("Day")), *PARAMETERS]
    list_filter = ["unit"]
    search_fields = ["unit"]
    ordering = ["unit", "-assessed_on"]
    form_fields = ["unit", "assessed_on", *PARAMETERS, "note"]


class DevelopmentView(EvaluationAdminView):
    """Each unit with its five parameters, assessment by assessment."""

    http_method_names = ["get", "head"]
    template_name = "booking/admin/evaluation/readiness.html"
    page_title = _("Readiness")
    header_icon = "tasks"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the units, twenty at a time."""
        units = ReadinessAssessment.objects.order_by("unit").values_list("unit", flat=True).distinct()
        page = Paginator(units, 20).get_page(request.GET.get("p"))
        by_unit: dict[str, list[ReadinessAssessment]] = defaultdict(list)
        for one in ReadinessAssessment.objects.filter(unit__in=list(page)).order_by("assessed_on", "pk"):
            by_unit[one.unit].append(one)
        return self.show(page=page, units=[_development(unit, rows) for unit, rows in by_unit.items()])


def _development(unit: str, assessments: list[ReadinessAssessment]) -> dict[str, Any]:
    """Return a unit's table: a row a parameter, a column an assessment, and what has changed since the first."""
    fields = {
        name: getattr(ReadinessAssessment._meta.get_field(name), "verbose_name", name) for name in PARAMETERS
    }
    rows = []
    for name, label in fields.items():
        levels = [getattr(one, name) for one in assessments]
        rows.append({"label": label, "levels": levels, "change": levels[-1] - levels[0]})
    sums = [sum(one.levels) for one in assessments]
    rows.append({"label": _("In all, of 20"), "levels": sums, "change": sums[-1] - sums[0]})
    return {
        "unit": unit,
        "days": [one.assessed_on for one in assessments],
        "rows": rows,
        "note": assessments[-1].note,
    }
