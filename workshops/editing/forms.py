"""The form of an offer's booking rules."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from workshops.enums import SchoolProvides, SchoolType, TeachingLanguage
from workshops.errors import OfferHasSessionsError
from workshops.models import District, Offer, Subject, Topic
from workshops.offer_rules import problems_of
from workshops.operations.offers import locked_changes


def _several(
    label: Any, choices: Iterable[tuple[str, Any]], help_text: Any = ""
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


class MunicipalitiesField(forms.CharField):
    """Names separated by commas, kept as a list."""

    def prepare_value(self, value: Any) -> Any:
        """Return the list as text."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the text as a list."""
        return [name.strip() for name in str(value or "").split(",") if name.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare lists, not texts."""
        return list(initial or []) != self.to_python(data)


class DomainsField(MunicipalitiesField):
    """E-mail domains separated by commas: "@KK.dk" is kept as "kk.dk" (V1)."""

    def to_python(self, value: Any) -> Any:
        """Return the text as a list of bare domains."""
        domains = [name.lstrip("@.").lower() for name in super().to_python(value)]
        for name in domains:
            if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", name):
                raise forms.ValidationError(
                    _("Enter domains in the form kk.dk: %(name)s is none.") % {"name": name}
                )
        return domains


class OfferForm(WagtailAdminModelForm):
    """Checks what `offer_rules` says before the operation does, so that each message stands at its field."""

    school_types = _several(_("School types that may book"), SchoolType.choices, _("None chosen: all."))
    teaching_languages = _several(_("Languages"), TeachingLanguage.choices)
    school_provides = _several(_("What the school makes ready"), SchoolProvides.choices)
    municipalities = MunicipalitiesField(
        label=_("Municipalities whose schools may book"),
        required=False,
        help_text=_("Separate with commas. Empty: all."),
    )
    allowed_domains = DomainsField(
        label=_("E-mail domains that may sign up"),
        required=False,
        help_text=_(
            "Separate with commas. Empty: all. With kk.dk also addresses at buf.kk.dk may sign up. Whoever has an"
            " invitation link always may."
        ),
    )
    subjects = forms.ModelMultipleChoiceField(
        Subject.objects.all(), label=_("Subjects"), required=False, widget=forms.CheckboxSelectMultiple
    )
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    districts = forms.ModelMultipleChoiceField(
        District.objects.all(),
        label=_("Districts served"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of Copenhagen."),
    )

    class Meta:
        model = Offer
        exclude: list[str] = []
        error_messages = {
            "title": {"required": _("Enter a title.")},
            "provider": {"required": _("Choose a provider.")},
            "programme": {"required": _("Choose the programme that the offer belongs to.")},
            "audience": {"required": _("Choose whom the offer is for.")},
            "place_kind": {"required": _("Choose where it is held.")},
            "duration_minutes": {"required": _("Enter how many minutes it takes.")},
        }

    def clean(self) -> dict[str, Any]:
        """Add the problems of the rules at their fields, and refuse what the dates keep fixed."""
        values = super().clean() or {}
        for name, text in problems_of(values).items():
            self.add_error(name if name in self.fields else None, text)
        if self.instance.pk:
            for name in locked_changes(Offer.objects.get(pk=self.instance.pk), values):
                self.add_error(name, str(OfferHasSessionsError()))
        return values
