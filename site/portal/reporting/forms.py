"""Forms of goals and of what counts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from portal.reporting.models import AnnualGoal, SchoolGroup, SchoolTypeMapping
from workshops.enums import SchoolType

_Measure = AnnualGoal.Measure


def group_choices() -> list[tuple[str, str]]:
    """Return the groups of schools that goals may name."""
    return [(group.slug, str(group)) for group in SchoolGroup.objects.order_by("name")]


class CountingForm(forms.Form):
    """What each school type counts as."""

    reason = forms.CharField(
        label=_("Why it is changed"),
        max_length=300,
        help_text=_("For instance the decision it follows from. Stands with the version."),
        error_messages={"required": _("Write why it is changed.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, mapping: SchoolTypeMapping, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = mapping.number
        choices = [("", _("Nothing")), *group_choices()]
        types = {
            f"type_{raw.value}": forms.ChoiceField(
                label=raw.label,
                choices=choices,
                required=False,
                initial=mapping.groups.get(raw.value, ""),
            )
            for raw in SchoolType
        }
        self.fields = {**types, **self.fields}

    def groups(self) -> dict[str, str]:
        """Return what each type is to count as."""
        return {raw.value: self.cleaned_data[f"type_{raw.value}"] for raw in SchoolType}


class AnnualGoalForm(WagtailAdminModelForm):
    """A goal: asks for what its measure needs."""

    school_bucket = forms.ChoiceField(
        label=_("Group of schools"),
        required=False,
        help_text=_("For goals that count pupils. Empty counts pupils of every school."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "school_bucket" in self.fields:
            self.fields["school_bucket"].choices = [("", _("All schools")), *group_choices()]

    def clean(self) -> dict[str, Any]:
        """Refuse what no page could show."""
        values: dict[str, Any] = super().clean() or {}
        measure = values.get("measure")
        if measure and measure != _Measure.MILESTONE and values.get("target_low") is None:
            self.add_error("target_low", _("Write the figure to reach."))
        if values.get("target_high") is not None and values.get("target_low") is None:
            self.add_error("target_low", _("Write the smaller figure of the range."))
        return values
