"""The forms of evaluation: a paper as fields, the code from the board, and what staff type."""

import re
import uuid
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from booking.enums import PUPIL_FORMS, QuestionKind, QuoteState
from booking.evaluation.reading import Paper
from booking.evaluation.rules import MAX_TEXT, steps_of
from booking.operations.evaluating import Answers
from booking.operations.forming import FormTexts, GoalText, QuestionText

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


QuestionFormSet: type[BaseFormSet[QuestionForm]] = formset_factory(QuestionForm, extra=3, max_num=15)


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

    def texts(self, questions: BaseFormSet[QuestionForm]) -> FormTexts:
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
