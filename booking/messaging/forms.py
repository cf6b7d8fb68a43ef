"""The form for a message to those who have booked a session."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 2000


class SessionMessageForm(forms.Form):
    """One text, and the key that makes a double click send once."""

    text = forms.CharField(
        label=_("Message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Date, time, place, reference number and a link to the booking stand in the e-mail already. Say how they"
            " reach you if they should answer. Write nothing about individuals."
        ),
        error_messages={
            "required": _("Write what they should know."),
            "max_length": _("Write at most 2,000 characters."),
        },
    )
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "", "invalid": ""})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})
