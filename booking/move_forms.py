"""Choosing another date for a booking: on its own page and in the administration."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking import wording
from workshops.models import Session

MOST_DATES = 30


class MoveBookingForm(forms.Form):
    """Which of the dates where there is room."""

    to = forms.TypedChoiceField(
        label=_("Which date instead?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the new date."),
            "invalid_choice": _("There is no longer room on the date you chose. Choose another date."),
        },
    )

    def __init__(self, *args: Any, dates: Sequence[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["to"]
        choices.choices = [(session.pk, date_choice(session)) for session in dates]


def date_choice(session: Session) -> str:
    """Return "tirsdag 1. december 2026, kl. 9.00–10.30, Kulturhuset"."""
    when = wording.when_text(session)
    return f"{when}, {session.venue.name}" if session.venue else when
