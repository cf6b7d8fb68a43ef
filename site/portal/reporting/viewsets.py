"""The yearly goals in the administration: data, changed by people (rule 11)."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from core.cms.viewsets import PlainViewSet
from portal.reporting.models import AnnualGoal


class AnnualGoalViewSet(PlainViewSet):
    """«Årsmål»: what a programme is to reach in a period."""

    model = AnnualGoal
    name = "annual_goal"
    menu_label = _("Yearly goals")
    icon = "crosshairs"
    add_to_admin_menu = True
    menu_order = 260
    list_display = [
        "title",
        Column("programme", label=_("Programme")),
        "measure",
        "first_day",
        "last_day",
        "target_low",
        "target_high",
    ]
    list_filter = ["programme", "measure"]
    search_fields = ["title"]
    ordering = ["programme__name", "first_day", "pk"]
    form_fields = [
        "programme",
        "title",
        "key",
        "measure",
        "school_bucket",
        "audience",
        "counting",
        "first_day",
        "last_day",
        "target_low",
        "target_high",
        "milestone_source",
        "stated_status",
        "stated_note",
    ]
