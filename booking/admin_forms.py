"""The small forms of a booking's page in the administration."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why: one of the fixed reasons, never free text about people (rule 10)."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the reason that fits best."),
            "invalid_choice": _("Choose the reason that fits best."),
        },
    )

    def __init__(self, *args: Any, reasons: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reasons:
            self.fields["reason"].choices = list(reasons)  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["reason"]


def reason_form(reasons: Sequence[tuple[str, Any]], data: Mapping[str, Any] | None = None) -> ReasonForm:
    """Return the form that asks for one of the reasons; without reasons it asks nothing."""
    return ReasonForm(data, reasons=reasons)
