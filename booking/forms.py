"""The booking forms: wording and shape of input; every rule lies below (booking.operations)."""

import re
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from booking.class_rows import ClassRowsMixin
from booking.enums import BookingKind, Need, Occupation, WithdrawalReason, WithdrawPart
from booking.errors import HeadsDoNotAddUpError
from booking.packages import whole_evenings
from booking.party import Contact, Heads, Party
from booking.rules import check_heads
from booking.sms_forms import SmsForm
from booking.wording import LANGUAGES, when_text
from workshops.enums import Audience
from workshops.models import School, Session

PHONE = RegexValidator(
    r"^\+?[0-9 ()./-]{8,20}$", _("Enter a phone number of eight digits, with or without a country code.")
)


class ContactForm(forms.Form):
    """What every sign-up asks for, and the key that makes a double post one booking."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    contact_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    contact_email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address in the form name@example.dk."),
        },
    )

    def clean_submission_key(self) -> uuid.UUID:
        """Keep the key."""
        key: uuid.UUID = self.cleaned_data["submission_key"]
        return key

    def _contact(self, **more: Any) -> Contact:
        data = self.cleaned_data
        return Contact(
            name=data["contact_name"],
            email=data.get("contact_email", ""),
            phone=data.get("contact_phone", ""),
            language=get_language() or "da",
            **more,
        )


class SchoolBookingForm(SmsForm, ClassRowsMixin, ContactForm):
    """One or several classes of a school book a session."""

    asks_evening = True
    """Whether a whole parents' evening can be taken with it (packages)."""

    school_query = forms.CharField(
        label=_("Your school"),
        help_text=_("Type part of the name, the address or the institution number."),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "school-names", "autocomplete": "off"}),
        error_messages={"required": _("Type the name of your school.")},
    )
    school = forms.ChoiceField(label=_("Choose your school"), required=False, widget=forms.RadioSelect)
    room = forms.CharField(label=_("Room"), max_length=60, required=False)
    entrance = forms.CharField(
        label=_("Entrance and where to meet"),
        help_text=_("For example: the gate in the side street, ask at the office."),
        max_length=120,
        required=False,
    )
    phone_on_day = forms.CharField(
        label=_("Phone on the day"),
        help_text=_("So that the guest can reach you on the way."),
        max_length=30,
        validators=[PHONE],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Enter a phone number where you can be reached on the day.")},
    )

    field_order = [
        "submission_key",
        "school_query",
        "school",
        "class_count",
        "class_name",
        "grade",
        "pupils",
        "adults",
        "room",
        "entrance",
        "contact_name",
        "contact_email",
        "phone_on_day",
    ]

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._add_evenings(session)
        self.chosen_school: School | None = None
        self._found: list[School] | None = None
        if session.max_groups is not None:
            self.max_classes = min(session.max_groups, self.max_classes)
        if session.place_kind != "at_school":
            del self.fields["room"], self.fields["entrance"]
        if "contact_email" in self.fields:
            self.fields["contact_email"].label = _("Your e-mail at the school")
        if "school" in self.fields:
            self._offer_schools()

    def _offer_schools(self) -> None:
        """Let the visitor choose among the schools that the typed text may mean."""
        if self.is_bound:
            self.fields["school"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
                (str(school.pk), school_label(school)) for school in self._candidates()
            ]
        if not self.is_bound or len(self.fields["school"].choices) < 2:  # type: ignore[attr-defined]
            self.fields["school"].widget = forms.HiddenInput()

    def _add_evenings(self, session: Session) -> None:
        """Ask whether a whole parents' evening shall go with the visit, where the offer has free ones."""
        if not self.asks_evening:
            return
        chosen = self.data.get(self.add_prefix("evening")) if self.is_bound else self.initial.get("evening")
        text = str(chosen or "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        evenings = whole_evenings(session.offer, now=timezone.now(), chosen=number)
        if not evenings:
            return
        title = evenings[0].title_in(get_language() or "da")
        self.fields["evening"] = forms.ChoiceField(
            label=_("Would you also like a parents' evening at the school?"),
            help_text=_(
                "%(title)s. You get a link, which you pass on to the parents; they sign up themselves."
            )
            % {"title": title},
            choices=[
                ("", _("No, only the visit")),
                *((str(evening.pk), when_text(evening)) for evening in evenings),
            ],
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": _("Choose one of the evenings, or none.")},
        )

    @property
    def evening_id(self) -> int | None:
        """The whole evening asked for with the visit."""
        return int(self.cleaned_data["evening"]) if self.cleaned_data.get("evening") else None

    def _candidates(self) -> list[School]:
        """Return the schools the typed text may mean, at most 12. Looked up once."""
        if self._found is None:
            self._found = find_schools(str(self.data.get(self.add_prefix("school_query"), "")))
        return self._found

    def clean(self) -> dict[str, Any]:
        """Find the school: the only one that fits, or the one chosen from those that do."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("school_query"):
            return data
        found = self._candidates()
        chosen = [school for school in found if str(school.pk) == str(data.get("school"))]
        if len(found) == 1:
            self.chosen_school = found[0]
        elif chosen:
            self.chosen_school = chosen[0]
        elif found:
            self.add_error("school", _("Choose your school from the list."))
        else:
            self.add_error("school_query", why_no_school(str(data["school_query"])))
        return data

    def party(self) -> Party:
        """Return who asks for places."""
        return Party(
            kind=BookingKind.SCHOOL,
            school_id=self.chosen_school.pk if self.chosen_school else None,
            classes=self.class_sizes(),
        )

    def contact(self) -> Contact:
        """Return who answers for the booking."""
        data = self.cleaned_data
        return self._contact(
            room=data.get("room", ""),
            entrance=data.get("entrance", ""),
            phone_on_day=data["phone_on_day"],
            sms_phone=self.sms_phone,
        )


class SeatsForm(SmsForm, ContactForm):
    """A person or an organisation signs up for seats: name, e-mail, number, needs (F2, F3)."""

    kind = forms.ChoiceField(
        label=_("Who are you signing up?"),
        choices=[
            (BookingKind.PERSON, _("Myself, perhaps with others")),
            (BookingKind.ORGANISATION, _("An association, a workplace or an institution")),
        ],
        widget=forms.RadioSelect,
        initial=BookingKind.PERSON,
        error_messages={"required": _("Choose whom you are signing up.")},
    )
    organisation = forms.CharField(
        label=_("Name of the organisation"),
        help_text=_("Only when you sign up an organisation."),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    seats = forms.IntegerField(
        label=_("Number of seats"),
        help_text=_("Count yourself."),
        min_value=1,
        max_value=500,
        initial=1,
        widget=forms.TextInput(attrs={"class": "input-width-xs", "inputmode": "numeric"}),
        error_messages={
            "required": _("Enter how many seats you need."),
            "invalid": _("Enter the number of seats in digits, for example 2."),
            "min_value": _("Enter at least 1 seat."),
            "max_value": _("Enter at most 500 seats."),
        },
    )
    needs = forms.MultipleChoiceField(
        label=_("Do you need any of this?"),
        choices=[
            (Need.INTERPRETER, Need.INTERPRETER.label),
            (Need.STEP_FREE, Need.STEP_FREE.label),
            (Need.HEARING_LOOP, Need.HEARING_LOOP.label),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    interpreter_language = forms.ChoiceField(
        label=_("Language of the interpreter"),
        choices=[("", _("Choose if you need an interpreter")), *LANGUAGES.items()],
        required=False,
    )

    field_order = [
        "submission_key",
        "kind",
        "organisation",
        "seats",
        "contact_name",
        "contact_email",
        "needs",
        "interpreter_language",
    ]

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if session.audience == Audience.PARENTS:
            self.fields.pop("kind", None)
            self.fields.pop("organisation", None)
        if session.offer.has_childcare:
            needs: Any = self.fields["needs"]
            needs.choices = [*needs.choices, (Need.CHILDCARE.value, Need.CHILDCARE.label)]
        self.asks_occupations = session.offer.asks_occupations
        if self.asks_occupations:
            self._ask_occupations()

    def _ask_occupations(self) -> None:
        """Ask how many come of each occupation, and from which department (V4)."""
        if "organisation" in self.fields:
            self.fields["organisation"].label = _("Workplace and department")
            self.fields["organisation"].help_text = ""
        for occupation in Occupation:
            self.fields[f"heads_{occupation.value}"] = forms.IntegerField(
                label=occupation.label,
                min_value=0,
                max_value=500,
                required=False,
                widget=forms.TextInput(attrs={"class": "input-width-xs", "inputmode": "numeric"}),
                error_messages={
                    "invalid": _("Enter the number in digits, for example 2."),
                    "min_value": _("Enter 0 or more."),
                    "max_value": _("Enter at most 500 seats."),
                },
            )

    @property
    def heads_fields(self) -> list[forms.BoundField]:
        """The fields of the occupations."""
        return [field for field in self.visible_fields() if field.name.startswith("heads_")]

    def heads(self) -> tuple[Heads, ...]:
        """Return how many come of each occupation."""
        department = self.cleaned_data.get("organisation", "")
        counts = {
            occupation: self.cleaned_data.get(f"heads_{occupation.value}") or 0 for occupation in Occupation
        }
        return tuple(
            Heads(occupation.value, count, department) for occupation, count in counts.items() if count
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the organisation's name and the interpreter's language where they are needed."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.kind_of_party == BookingKind.ORGANISATION and not data.get("organisation"):
            self.add_error("organisation", _("Enter the name of the organisation."))
        if Need.INTERPRETER in data.get("needs", []) and not data.get("interpreter_language"):
            self.add_error("interpreter_language", _("Choose the language of the interpreter."))
        if self.asks_occupations and "seats" in data:
            try:
                check_heads(
                    Party(kind=self.kind_of_party, seats=data["seats"], heads=self.heads()), is_asked=True
                )
            except HeadsDoNotAddUpError as refusal:
                self.add_error(f"heads_{Occupation.TEACHER.value}", refusal.message)
        return data

    @property
    def kind_of_party(self) -> BookingKind:
        """A person, unless an organisation was chosen."""
        return BookingKind(self.cleaned_data.get("kind") or BookingKind.PERSON)

    def party(self) -> Party:
        """Return who asks for places."""
        return Party(kind=self.kind_of_party, seats=self.cleaned_data["seats"], heads=self.heads())

    def contact(self) -> Contact:
        """Return who answers for the sign-up."""
        data = self.cleaned_data
        needs = tuple(data.get("needs", []))
        return self._contact(
            organisation=data.get("organisation", "")
            if self.kind_of_party == BookingKind.ORGANISATION
            else "",
            needs=needs,
            interpreter_language=data.get("interpreter_language", "") if Need.INTERPRETER in needs else "",
            sms_phone=self.sms_phone,
        )


class WithdrawForm(forms.Form):
    """Why the participant withdraws."""

    reason = forms.ChoiceField(
        label=_("Why do you withdraw?"),
        choices=WithdrawalReason,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the reason that fits best."),
            "invalid_choice": _("Choose the reason that fits best."),
        },
    )

    def __init__(self, *args: Any, parts: Sequence[WithdrawPart] = (), **kwargs: Any) -> None:
        """Ask what becomes of the rest where it is a package; `parts` are the choices."""
        super().__init__(*args, **kwargs)
        if not parts:
            return
        self.fields["part"] = forms.ChoiceField(
            label=_("What do you withdraw?"),
            choices=[(part.value, part.label) for part in parts],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choose what you withdraw."),
                "invalid_choice": _("Choose what you withdraw."),
            },
        )
        self.order_fields(["part", "reason"])

    @property
    def chosen_part(self) -> WithdrawPart:
        """What is withdrawn."""
        return WithdrawPart(self.cleaned_data.get("part") or WithdrawPart.ALL)


class HandoverForm(forms.Form):
    """Who takes the booking over (S26)."""

    name = forms.CharField(
        label=_("Name of the new contact"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the name of the one who takes over.")},
    )
    email = forms.EmailField(
        label=_("E-mail of the new contact"),
        help_text=_("We send a link there. Nothing changes before it is used."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        error_messages={
            "required": _("Enter the e-mail address of the one who takes over."),
            "invalid": _("Enter an e-mail address in the form name@example.dk."),
        },
    )


class TakeOverForm(forms.Form):
    """What the new contact adds: for a school, where to reach them on the day."""

    phone_on_day = forms.CharField(
        label=_("Phone on the day"),
        help_text=_("So that the guest can reach you on the way."),
        max_length=30,
        validators=[PHONE],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Enter a phone number where you can be reached on the day.")},
    )

    def __init__(self, *args: Any, is_school: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_school:
            del self.fields["phone_on_day"]


BookingForm = SchoolBookingForm | SeatsForm


def form_for(session: Session, *args: Any, **kwargs: Any) -> BookingForm:
    """Return the form that fits a session's audience."""
    form_class = SchoolBookingForm if session.audience == Audience.SCHOOL else SeatsForm
    return form_class(*args, session=session, **kwargs)


_NUMBER_IN_LABEL = re.compile(r"\((\d{6})\)\s*$")


def school_label(school: School) -> str:
    """Return "Nørrebro Park Skole, Jagtvej 34 (101007)"."""
    number = f" ({school.institution_number})" if school.institution_number else ""
    address = f", {school.address}" if school.address else ""
    return f"{school.name}{address}{number}"


def find_schools(text: str, *, limit: int = 12) -> list[School]:
    """Return the bookable schools a typed text may mean; a number in brackets at its end decides alone."""
    schools = School.objects.bookable(on=timezone.localdate())
    if match := _NUMBER_IN_LABEL.search(text):
        return list(schools.filter(institution_number=match.group(1)))
    exact = list(schools.filter(name__iexact=text.strip())[:2])
    return exact if len(exact) == 1 else list(schools.search(text)[:limit])


def why_no_school(text: str) -> str:
    """Return what to do when no school that can book fits a typed text: an old name leads to the new one (S29)."""
    ended = School.objects.ended(on=timezone.localdate()).select_related("merged_into")
    school = next(iter(ended.search(text, limit=1)), None)
    if school is None:
        return gettext(
            "We cannot find that school. Try part of the name or the street, or call us and we will help."
        )
    if school.heir is not None:
        return gettext("%(school)s is now part of %(heir)s. Type “%(heir)s” instead.") % {
            "school": school.name,
            "heir": school.heir.name,
        }
    return gettext("%(school)s has closed. Type the school where the class is now.") % {"school": school.name}
