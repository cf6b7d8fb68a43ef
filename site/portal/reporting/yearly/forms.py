"""What is stated when a year is closed or corrected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class CloseForm(forms.Form):
    """Whether the missing reports are accepted; asked only where some are missing."""

    accepts_missing = forms.BooleanField(required=False)

    def __init__(self, *args: Any, missing: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["accepts_missing"]
        if not missing:
            del self.fields["accepts_missing"]
            return
        field.required = True
        field.label = ngettext(
            "I close the year although %(number)s session has not been reported",
            "I close the year although %(number)s sessions have not been reported",
            missing,
        ) % {"number": missing}
        field.help_text = _("The number and the list of them stand in the report.")
        field.error_messages["required"] = _(
            "Tick that you close the year without the missing reports, or wait until they are there."
        )


class CorrectForm(CloseForm):
    """A correction says why."""

    reason = forms.CharField(
        label=_("Why are the figures corrected?"),
        help_text=_("Stands in the report, in every document of it. Write nothing about individuals."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Write why the figures are corrected. The reason stands in the report.")
        },
    )
    field_order = ("reason", "accepts_missing")
