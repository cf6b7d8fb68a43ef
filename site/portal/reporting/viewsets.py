"""The yearly goals in the administration: data, changed by people, every version kept in the log (rule 11)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from core.audit.log import Actor
from core.cms.viewsets import KeptViewSet, PlainViewSet
from portal.reporting.forms import AnnualGoalForm
from portal.reporting.models import AnnualGoal, SchoolGroup
from portal.reporting.operations import delete_goal, save_goal


class GoalAddView(generic.CreateView):
    """A new goal."""

    def save_instance(self) -> AnnualGoal:
        """Save by the operation."""
        goal = self.form.save(commit=False)
        return save_goal(goal=goal, actor=Actor.of(self.request.user), now=timezone.now())


class GoalEditView(generic.EditView):
    """A changed goal."""

    def save_instance(self) -> AnnualGoal:
        """Save by the operation."""
        goal = self.form.save(commit=False)
        return save_goal(goal=goal, actor=Actor.of(self.request.user), now=timezone.now())


class GoalDeleteView(generic.DeleteView):
    """A goal that goes."""

    def delete_action(self) -> None:
        """Delete by the operation."""
        delete_goal(goal_id=self.object.pk, actor=Actor.of(self.request.user), now=timezone.now())


class AnnualGoalViewSet(PlainViewSet):
    """«Årsmål»: what a programme is to reach in a period."""

    model = AnnualGoal
    name = "annual_goal"
    menu_label = _("Yearly goals")
    icon = "crosshairs"
    add_to_settings_menu = True
    menu_order = 260
    add_view_class = GoalAddView
    edit_view_class = GoalEditView
    delete_view_class = GoalDeleteView
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

    def get_form_class(self, for_update: bool = False) -> Any:
        """Return the form that asks for what the measure needs."""
        meta = type("Meta", (), {"model": AnnualGoal, "fields": self.form_fields})
        return type("GoalForm", (AnnualGoalForm,), {"Meta": meta})


class SchoolGroupViewSet(KeptViewSet):
    """«Skolegrupper»: what goals tell apart among schools. None is deleted: goals and versions name them."""

    model = SchoolGroup
    name = "school_group"
    menu_label = _("Groups of schools")
    icon = "group"
    add_to_settings_menu = True
    menu_order = 270
    list_display = ["name", "slug"]
    ordering = ["name"]
    form_fields = ["name", "name_en", "slug"]

    def get_form_class(self, for_update: bool = False) -> Any:
        """Leave the key as it is once others name it."""
        names = ["name", "name_en"] if for_update else self.form_fields
        meta = type("Meta", (), {"model": SchoolGroup, "fields": names})
        return type("SchoolGroupForm", (WagtailAdminModelForm,), {"Meta": meta})
