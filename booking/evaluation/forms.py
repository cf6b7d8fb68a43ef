"""The forms of evaluation: a paper as fields, the code from the board, and what staff type."""

import re
import uuid
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from booking.enums import PUPIL_FORMS, PilotDecision, QuestionKind, QuoteState
from booking.evaluation.reading import Paper
from booking.evaluation.rules import MAX_TEXT, steps_of
from booking.models import BookedSession
from booking.operations.evaluating import Answers
from booking.operations.forming import FormTexts, GoalText, QuestionText
from workshops.models import School

_LOOKS_LIKE_A_NUMBER = re.compile(r"\d{6}-?\d{4}")


class PaperForm(forms.Form):
    """One evaluation: everything may be left out, but not everything at once.

    `sheet`, `version` and `goals` are what the form was shown as: posted twice it counts once, and questions that
    are changed meanwhile are not mixed up.
    """

    sheet = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    goals = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, data: Any = None, *, paper: Paper) -> None:
        self.paper = paper
        initial = {"sheet": uuid.uuid4(), "version": paper.version.pk, "goals": paper.goal_ids}
        super().__init__(data, initial=initial)
        steps = list(steps_of(paper.version.kind).items())
        for item in paper.items:
            self.fields[item.name] = _text(item.label) if item.is_text else _scale(item.label, steps)

    @property
    def is_for_pupils(self) -> bool:
        """Whether pupils are asked."""
        return self.paper.version.kind in PUPIL_FORMS

    def clean(self) -> dict[str, Any]:
        """Ask for one answer at least."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(data.get(item.name) for item in self.paper.items):
            raise forms.ValidationError(_("Answer at least one question."), code="nothing_answered")
        return data

    def answers(self) -> Answers:
        """Return what was answered. The form must be valid."""
        data = self.cleaned_data
        return Answers(
            steps={
                item.question.pk: int(data[item.name])
                for item in self.paper.items
                if not item.is_text and data.get(item.name)
            },
            texts={
                item.question.pk: data[item.name]
                for item in self.paper.items
                if item.is_text and data.get(item.name)
            },
        )


def shown_as(data: Any) -> tuple[int | None, list[int]]:
    """Return which version and goals a posted form was shown with; nothing where that is not readable."""
    version = str(data.get("version", ""))
    goals = [int(part) for part in str(data.get("goals", ""))[:60].split(",") if part.isdecimal()]
    return (int(version) if version.isdecimal() and len(version) < 15 else None), goals


def _scale(label: str, steps: list[tuple[int, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=steps,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the answers.")},
    )


def _text(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("Do not write any names."),
        error_messages={"max_length": _("Write at most %(limit_value)s characters.")},
        validators=[_refuse_cpr],
    )


def _refuse_cpr(value: str) -> None:
    """Rule 10: no CPR number."""
    if _LOOKS_LIKE_A_NUMBER.search(value):
        raise forms.ValidationError(_("Leave out numbers that belong to a person."), code="looks_like_cpr")


class CodeForm(forms.Form):
    """The code from the board."""

    code = forms.CharField(
        label=_("The code on the board"),
        max_length=20,
        help_text=_("Six letters and numbers."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "portal-code-input",
            }
        ),
        error_messages={
            "required": _("Type the code on the board."),
            "max_length": _("The code is six letters and numbers."),
        },
    )


class QuestionForm(forms.Form):
    """One question of a draft; an empty row is left out."""

    kind = forms.ChoiceField(
        label=_("Answered with"), choices=[("", _("No question")), *QuestionKind.choices], required=False
    )
    goal_number = forms.TypedChoiceField(
        label=_("Which learning goal"),
        choices=[("", "–"), (1, "1"), (2, "2"), (3, "3")],
        required=False,
        coerce=int,
        empty_value=None,
    )
    text = forms.CharField(label=_("Question"), max_length=200, required=False)
    text_en = forms.CharField(label=_("Question in English"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind of question needs."""
        data: dict[str, Any] = super().clean() or {}
        kind = data.get("kind")
        if kind == QuestionKind.GOAL and not data.get("goal_number"):
            self.add_error("goal_number", _("Choose which learning goal."))
        elif kind and kind != QuestionKind.GOAL and not data.get("text"):
            self.add_error("text", _("Write the question."))
        elif not kind and data.get("text"):
            self.add_error("kind", _("Choose how it is answered, or delete the text."))
        return data


QuestionFormSet: Any = formset_factory(QuestionForm, extra=3, max_num=15)


class FormTextsForm(forms.Form):
    """The heading and introduction of a draft."""

    title = forms.CharField(
        label=_("Heading"), max_length=120, error_messages={"required": _("Write a heading.")}
    )
    title_en = forms.CharField(label=_("Heading in English"), max_length=120, required=False)
    intro = forms.CharField(
        label=_("Introduction"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    intro_en = forms.CharField(
        label=_("Introduction in English"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def texts(self, questions: "BaseFormSet[QuestionForm]") -> FormTexts:
        """Return the whole form as it is typed. Both must be valid."""
        rows = [form.cleaned_data for form in questions.forms if form.cleaned_data.get("kind")]
        return FormTexts(
            **self.cleaned_data,
            questions=[
                QuestionText(row["kind"], row["text"], row["text_en"], row["goal_number"]) for row in rows
            ],
        )


class GoalsForm(forms.Form):
    """Three learning goals, as adults and as pupils are asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in (1, 2, 3):
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("Learning goal %(number)s, to teachers and participants") % {"number": number},
                max_length=200,
                required=False,
            )
            self.fields[f"pupil_{number}"] = forms.CharField(
                label=_("Learning goal %(number)s, to pupils") % {"number": number},
                max_length=200,
                required=False,
                help_text=_("Begin with “I”: “I can explain …”. Empty: pupils read the words above."),
            )

    def clean(self) -> dict[str, Any]:
        """Pupils' words need those of the adults."""
        data: dict[str, Any] = super().clean() or {}
        for number in (1, 2, 3):
            if data.get(f"pupil_{number}") and not data.get(f"text_{number}"):
                self.add_error(f"text_{number}", _("Write how teachers are asked, too."))
        return data

    def goals(self) -> list[GoalText]:
        """Return the goals in their order."""
        data = self.cleaned_data
        return [GoalText(data[f"text_{number}"], data[f"pupil_{number}"]) for number in (1, 2, 3)]


class VerdictForm(forms.Form):
    """What becomes of a free text."""

    verdict = forms.ChoiceField(
        choices=[choice for choice in QuoteState.choices if choice[0] != QuoteState.WAITING],
        error_messages={"required": _("Choose what becomes of the text.")},
    )
    seen = forms.ChoiceField(choices=QuoteState.choices)
    edited = forms.CharField(max_length=MAX_TEXT, required=False)

    def clean(self) -> dict[str, Any]:
        """Editing needs the words to quote."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("verdict") == QuoteState.EDITED and not data.get("edited"):
            self.add_error("edited", _("Write what may be quoted, or reject the text."))
        return data


class PilotForm(forms.Form):
    """Begin a pilot: the material, and what is to be found out."""

    material = forms.ChoiceField(
        label=_("Teaching material"), error_messages={"required": _("Choose the material.")}
    )
    question = forms.CharField(
        label=_("What we want to find out"),
        max_length=400,
        help_text=_("In one or two sentences."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what you want to find out.")},
    )


class PilotStartForm(GoalsForm, PilotForm):
    """Begin a pilot, with up to three learning goals that pupils are asked about before and after."""

    def __init__(self, *args: Any, materials: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["material"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose a material")), *materials]


class PilotClassForm(forms.Form):
    """A class that is to try the material."""

    school = forms.ModelChoiceField(
        label=_("School"),
        queryset=School.objects.order_by("name"),
        error_messages={"required": _("Choose the school.")},
    )
    name = forms.CharField(
        label=_("Class"), max_length=20, error_messages={"required": _("Write the class, for example 5.A.")}
    )
    grade = forms.IntegerField(
        label=_("Grade"),
        min_value=0,
        max_value=10,
        error_messages={
            "required": _("Enter the grade, from 0 to 10."),
            "invalid": _("Enter the grade, from 0 to 10."),
            "min_value": _("Enter the grade, from 0 to 10."),
            "max_value": _("Enter the grade, from 0 to 10."),
        },
    )
    pupils = forms.IntegerField(
        label=_("Pupils"),
        min_value=1,
        max_value=60,
        error_messages={
            "required": _("Enter how many pupils there are."),
            "invalid": _("Enter a whole number."),
            "min_value": _("Enter how many pupils there are."),
            "max_value": _("That is many. Enter at most %(limit_value)s."),
        },
    )
    reference = forms.CharField(
        label=_("Booking that belongs to it"),
        max_length=12,
        required=False,
        help_text=_("The reference number, where the class also has a visit."),
    )

    def clean_reference(self) -> BookedSession | None:
        """Return the first booked session of the booking."""
        typed = self.cleaned_data["reference"].strip().upper()
        if not typed:
            return None
        found = BookedSession.objects.filter(booking__reference=typed).order_by("pk").first()
        if found is None:
            raise forms.ValidationError(_("There is no booking with that number."), code="no_such_booking")
        return found


class UsedForm(forms.Form):
    """On which day a class had used the material."""

    used_on = forms.DateField(
        label=_("Used on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day."), "invalid": _("Choose a day.")},
    )


class NoteForm(forms.Form):
    """A line of the log."""

    happened_on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day."), "invalid": _("Choose a day.")},
    )
    pilot_class = forms.ChoiceField(label=_("Class"), required=False)
    text = forms.CharField(
        label=_("What happened"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No names, and nothing about individuals."),
        error_messages={"required": _("Write what happened.")},
    )

    def __init__(self, *args: Any, classes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["pilot_class"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All classes")), *classes]


class ReportForm(forms.Form):
    """The report of a pilot."""

    findings = forms.CharField(
        label=_("What we saw"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What the classes did, what the answers say, what surprised. No names."),
        error_messages={"required": _("Write what you saw.")},
    )
    changes = forms.CharField(
        label=_("What should be changed"),
        max_length=6000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    recommendation = forms.ChoiceField(
        label=_("We recommend"),
        choices=PilotDecision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you recommend.")},
    )


class DecisionForm(forms.Form):
    """The decision on a pilot, with the name it stands under."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=PilotDecision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the decision.")},
    )
    name = forms.CharField(
        label=_("Decided by"),
        max_length=160,
        help_text=_("Name and role of the one who has decided, as it is to stand."),
        error_messages={"required": _("Enter who has decided.")},
    )
    reference = forms.CharField(
        label=_("Decision reference (F2/eDoc)"),
        max_length=60,
        error_messages={"required": _("Enter the case or document number of the decision.")},
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
