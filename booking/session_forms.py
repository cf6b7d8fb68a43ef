"""The forms with which a session is moved or cancelled, or its limits changed. They parse; operations decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.enums import ForBooked, SessionCancelReason
from workshops.calendars import LOCAL_ZONE
from workshops.enums import PlaceKind
from workshops.errors import WorkshopError
from workshops.models import Session
from workshops.operations.moving import NewTime
from workshops.planning.forms import PlanningForm, SessionForm
from workshops.rules import Limits

_THIS, _FOLLOWING = "this", "following"
_FOR_BOOKED_OF_MOVE = [
    (ForBooked.TELL.value, _("Their bookings follow to the new time, and they are told at once")),
    (
        ForBooked.TASKS.value,
        _(
            "Their bookings follow and they are told; the administration also asks each of them whether it suits"
        ),
    ),
]
_FOR_BOOKED_OF_CANCELLATION = [
    (
        ForBooked.TELL.value,
        _("Their bookings are cancelled, and they are told at once with the next free dates"),
    ),
    (
        ForBooked.TASKS.value,
        _("The date closes, and the administration decides on each booking: move it or cancel it"),
    ),
]


class SessionChangeForm(PlanningForm):
    """What every step asks: this date or the following too, and what becomes of those who have booked.

    Args:
        session: the date, with its offer.
        later: how many dates of its plan come after it; without any the question falls out.
        has_booked: whether somebody is touched; else nothing is asked about them.
    """

    scope = forms.ChoiceField(
        label=_("Which dates?"),
        widget=forms.RadioSelect,
        initial=_THIS,
        error_messages={"required": _("Choose whether it is this date only.")},
    )
    for_booked = forms.ChoiceField(
        label=_("What about those who have booked?"),
        widget=forms.RadioSelect,
        initial=ForBooked.TELL.value,
        error_messages={"required": _("Choose what becomes of those who have booked.")},
    )
    for_booked_choices: Any = ()

    def __init__(self, *args: Any, session: Session, later: int, has_booked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        choices: Any = self.fields["scope"]
        choices.choices = [
            (_THIS, _("This date only")),
            (_FOLLOWING, _("This date and the %(count)d after it in the plan") % {"count": later}),
        ]
        if not later:
            del self.fields["scope"]
        answers: Any = self.fields["for_booked"]
        answers.choices = list(self.for_booked_choices)
        if not has_booked or not self.for_booked_choices:
            del self.fields["for_booked"]

    @property
    def following(self) -> bool:
        """Whether the dates after it are meant too."""
        return self.cleaned_data.get("scope") == _FOLLOWING

    @property
    def what_of_booked(self) -> ForBooked:
        """What becomes of those who have booked; where nobody has, they are told in principle."""
        return ForBooked(self.cleaned_data.get("for_booked") or ForBooked.TELL)

    def add_refusal(self, refusal: WorkshopError) -> None:
        """Show why an operation refused, at the field it is about; a past start belongs to the date."""
        if refusal.code == "session_started" and "day" in self.fields:
            self.add_error("day", str(refusal))
        else:
            super().add_refusal(refusal)


class MoveSessionForm(SessionChangeForm):
    """When and where instead."""

    day = SessionForm.base_fields["day"]
    start_time = SessionForm.base_fields["start_time"]
    duration_minutes = SessionForm.base_fields["duration_minutes"]
    venue = SessionForm.base_fields["venue"]
    online_url = SessionForm.base_fields["online_url"]
    for_booked_choices = _FOR_BOOKED_OF_MOVE
    field_order = ["day", "start_time", "duration_minutes", "venue", "online_url", "scope", "for_booked"]

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        kwargs["initial"] = {**self.initial_of(session), **kwargs.get("initial", {})}
        super().__init__(*args, session=session, **kwargs)
        self.fields["day"].label = _("The new date")
        self.fields["duration_minutes"].help_text = ""
        if session.place_kind == PlaceKind.VENUE:
            self.fields["venue"].required = True
            self.fields["venue"].help_text = ""
            self.fields["venue"].error_messages["required"] = _("Choose the place where the session is held.")
        else:
            del self.fields["venue"]
        if session.place_kind != PlaceKind.ONLINE:
            del self.fields["online_url"]

    @classmethod
    def initial_of(cls, session: Session) -> dict[str, Any]:
        """Return where the session is now."""
        starts_at = session.starts_at.astimezone(LOCAL_ZONE)
        return {
            "day": starts_at.date(),
            "start_time": starts_at.time(),
            "duration_minutes": session.duration_minutes,
            "venue": session.venue_id,
            "online_url": session.online_url,
        }

    @property
    def new_time(self) -> NewTime:
        """Return what a valid form says."""
        data = self.cleaned_data
        venue = data.get("venue")
        return NewTime(
            day=data["day"],
            start_time=data["start_time"],
            duration_minutes=data["duration_minutes"] or self.session.duration_minutes,
            venue_id=venue.pk if venue else None,
            online_url=data.get("online_url", ""),
        )


class CancelSessionForm(SessionChangeForm):
    """Why it is not held."""

    reason = forms.ChoiceField(
        label=_("Why is it cancelled?"),
        choices=SessionCancelReason.choices,
        widget=forms.RadioSelect,
        help_text=_("Those who have booked read the reason."),
        error_messages={"required": _("Choose the reason that fits best.")},
    )
    for_booked_choices = _FOR_BOOKED_OF_CANCELLATION
    field_order = ["reason", "scope", "for_booked"]

    @property
    def why(self) -> SessionCancelReason:
        """Return why."""
        return SessionCancelReason(self.cleaned_data["reason"])


class LimitsForm(SessionChangeForm):
    """How many there is room for, in the unit the session counts."""

    max_groups = SessionForm.base_fields["max_groups"]
    max_people = SessionForm.base_fields["max_people"]
    field_order = ["max_groups", "max_people"]

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "max_groups": session.max_groups,
            "max_people": session.max_people,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, session=session, **{**kwargs, "later": 0, "has_booked": False})
        for name in ("max_groups", "max_people"):
            if getattr(session, name) is None:
                # What is counted does not change here.
                del self.fields[name]
            else:
                self.fields[name].required = True
                self.fields[name].help_text = ""

    @property
    def limits(self) -> Limits:
        """Return what a valid form says."""
        return Limits(
            self.cleaned_data.get("max_groups"),
            self.cleaned_data.get("max_people"),
            self.session.reserved,
            self.session.adults_count,
        )
