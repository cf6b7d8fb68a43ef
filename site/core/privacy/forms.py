"""Who is asked for: an address for oneself, an address or a number in the administration."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.privacy.people import Person


class OwnDataForm(forms.Form):
    """One's own address."""

    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter a whole e-mail address, as name@school.dk."),
            "max_length": _("Enter a whole e-mail address, as name@school.dk."),
        },
    )


class PersonForm(forms.Form):
    """An e-mail address or a phone number, whole."""

    who = forms.CharField(
        label=_("E-mail address or phone number"),
        help_text=_("The whole address or number. Names are not searched: two people may share one."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter a whole e-mail address or a phone number of eight digits.")},
    )

    def clean_who(self) -> Person:
        """Return whom it means."""
        person = Person.of(str(self.cleaned_data["who"]))
        if person is None:
            raise forms.ValidationError(
                _("Enter a whole e-mail address or a phone number of eight digits."), code="invalid"
            )
        return person

    @property
    def person(self) -> Person:
        """Whom it asks for, once valid."""
        found: Any = self.cleaned_data["who"]
        return Person(email=found.email, phone=found.phone)
