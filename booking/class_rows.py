"""The rows of a form that takes one to several classes (S1): added and removed by ordinary buttons, nothing typed lost."""

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.errors import (
    BookingRefusedError,
    ClassAlreadyBookedError,
    ClassTwiceError,
    GroupTooLargeError,
    GroupTooSmallError,
)
from booking.party import ClassSize, normalise_class_name

MAX_CLASSES = 6
"""Classes in one booking: more than a whole year group of most schools."""

FIELDS = ("class_name", "grade", "pupils", "adults")
COUNT = "class_count"
ADD, REMOVE, ONLY = "add_class", "remove_class", "only_classes"
"""Names of the submit buttons: they reshape the form and send nothing."""


class AnyClass(Protocol):
    """What a row shows of a class: a ClassSize or a BookedClass."""

    @property
    def name(self) -> str:
        """The name as typed."""

    @property
    def grade(self) -> int:
        """0 to 10."""

    @property
    def pupils(self) -> int:
        """How many."""

    @property
    def adults(self) -> int:
        """How many come along."""


@dataclass(frozen=True)
class ClassRow:
    """One class of the form."""

    number: int
    legend: str
    fields: list[BoundField]


def _grades() -> list[tuple[str, str]]:
    """Return the grades in the language of the request: a list made at import would keep one language."""
    grades = [(str(grade), gettext("Grade %(grade)s") % {"grade": grade}) for grade in range(1, 11)]
    return [("", gettext("Choose grade")), ("0", gettext("Kindergarten class (0)")), *grades]


def field_name(field: str, number: int) -> str:
    """Return the name of a field in a row: the first row's is the plain one."""
    return field if number == 1 else f"{field}_{number}"


def initial_rows(classes: Iterable[AnyClass]) -> dict[str, Any]:
    """Return the form's initial values for classes that are known."""
    initial: dict[str, Any] = {}
    for number, item in enumerate(classes, start=1):
        values = (item.name, item.grade, item.pupils, item.adults)
        initial |= {field_name(field, number): value for field, value in zip(FIELDS, values, strict=True)}
        initial[COUNT] = number
    return initial


def reshaped(data: QueryDict) -> QueryDict | None:
    """Return the posted answers with a class added or taken out, as a button asked; None = no such button.

    `only_classes` keeps the rows it names and is no reshaping alone: see `with_only`.
    """
    count = _count(data)
    if ADD in data:
        changed = data.copy()
        if count < MAX_CLASSES:
            changed[COUNT] = str(count + 1)
            changed.setdefault(field_name("adults", count + 1), "1")
        return changed
    if REMOVE in data:
        gone = data.get(REMOVE, "")
        return _with_rows(data, [number for number in range(1, count + 1) if str(number) != gone] or [1])
    return None


def with_only(data: QueryDict) -> QueryDict:
    """Return the answers with only the classes a "book fewer" button named; unchanged without it."""
    wanted = data.get(ONLY, "").split(",")
    kept = [number for number in range(1, _count(data) + 1) if str(number) in wanted]
    return _with_rows(data, kept) if kept else data


def focus_after(data: QueryDict) -> str:
    """Return the field that takes the focus after a reshaping: the new row, or the one that moved up."""
    count = _count(data)
    if ADD in data:
        return field_name("class_name", min(count + 1, MAX_CLASSES))
    gone = data.get(REMOVE, "")
    number = int(gone) if gone.isascii() and gone.isdigit() else 1
    return field_name("class_name", max(1, min(number, count - 1)))


def _count(data: Mapping[str, Any]) -> int:
    typed = str(data.get(COUNT, ""))
    return max(1, min(int(typed), MAX_CLASSES)) if typed.isascii() and typed.isdigit() else 1


def _with_rows(data: QueryDict, numbers: Collection[int]) -> QueryDict:
    changed = data.copy()
    for number in range(1, MAX_CLASSES + 1):
        for field in FIELDS:
            changed.pop(field_name(field, number), None)
    for place, number in enumerate(numbers, start=1):
        for field in FIELDS:
            changed[field_name(field, place)] = data.get(field_name(field, number), "")
    changed[COUNT] = str(len(numbers))
    return changed


class ClassRowsMixin(forms.Form):
    """One to several classes in a form: name, grade, pupils, adults each."""

    class_count = forms.IntegerField(required=False, initial=1, widget=forms.HiddenInput)
    class_name = forms.CharField(
        label=_("Class"),
        help_text=_("For example 7.A"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "input-width-s", "autocomplete": "off"}),
        error_messages={"required": _("Enter the name of the class, for example 7.A.")},
    )
    grade = forms.TypedChoiceField(
        label=_("Grade"),
        choices=_grades,
        coerce=int,
        error_messages={"required": _("Choose the grade of the class.")},
    )
    pupils = forms.IntegerField(
        label=_("Number of pupils"),
        min_value=1,
        max_value=400,
        widget=forms.TextInput(attrs={"class": "input-width-xs", "inputmode": "numeric"}),
        error_messages={
            "required": _("Enter how many pupils there are in the class."),
            "invalid": _("Enter the number of pupils in digits, for example 24."),
            "min_value": _("Enter at least 1 pupil."),
            "max_value": _("Enter at most 400 pupils."),
        },
    )
    adults = forms.IntegerField(
        label=_("Number of adults who come along"),
        help_text=_("A teacher always takes part."),
        min_value=1,
        max_value=20,
        initial=1,
        widget=forms.TextInput(attrs={"class": "input-width-xs", "inputmode": "numeric"}),
        error_messages={
            "required": _("Enter how many adults come along."),
            "invalid": _("Enter the number of adults in digits, for example 2."),
            "min_value": _("Enter at least 1 adult: a teacher always takes part."),
            "max_value": _("Enter at most 20 adults."),
        },
    )
    max_classes = MAX_CLASSES
    """How many rows may be added; the place itself is claimed, not checked here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_count = _count(self.data if self.is_bound else self.initial)
        for number in range(2, self.row_count + 1):
            for field in FIELDS:
                self.fields[field_name(field, number)] = deepcopy(self.base_fields[field])
        order = list(self.field_order or self.fields)
        more = [field_name(field, number) for number in range(2, self.row_count + 1) for field in FIELDS]
        after = order.index(FIELDS[-1]) + 1
        self.order_fields([*order[:after], *more, *(name for name in order[after:] if name not in more)])

    @property
    def class_rows(self) -> list[ClassRow]:
        """The rows as the page draws them."""
        return [
            ClassRow(
                number=number,
                legend=gettext("Class %(number)s") % {"number": number} if self.row_count > 1 else "",
                fields=[self[field_name(field, number)] for field in FIELDS],
            )
            for number in range(1, self.row_count + 1)
        ]

    @property
    def can_add_class(self) -> bool:
        """Whether another row may be added."""
        return self.row_count < self.max_classes

    @property
    def fields_before_classes(self) -> list[BoundField]:
        """The visible fields over the rows."""
        visible = self.visible_fields()
        return visible[: [field.name for field in visible].index(FIELDS[0])]

    @property
    def fields_after_classes(self) -> list[BoundField]:
        """The visible fields under the rows."""
        visible = self.visible_fields()
        last = field_name(FIELDS[-1], self.row_count)
        return visible[[field.name for field in visible].index(last) + 1 :]

    def focus(self, name: str) -> None:
        """Let a field take the focus when the page opens."""
        if name in self.fields:
            self.fields[name].widget.attrs["autofocus"] = True

    def full_clean(self) -> None:
        """Clean, check the classes against each other, and say in each error which class it is about."""
        super().full_clean()
        if not self.is_bound or not hasattr(self, "cleaned_data"):
            return
        self._check_names()
        if self.row_count < 2:
            return
        for number in range(1, self.row_count + 1):
            for field in FIELDS:
                name = field_name(field, number)
                if name in self.errors:
                    texts = [self._of_row(number, str(text)) for text in self.errors[name]]
                    self.errors[name] = self.error_class(texts, renderer=self.renderer)

    def class_sizes(self) -> tuple[ClassSize, ...]:
        """Return the classes of a valid form, in the order of the rows."""
        data = self.cleaned_data
        return tuple(
            ClassSize(*(data[field_name(field, number)] for field in FIELDS))
            for number in range(1, self.row_count + 1)
        )

    def add_class_refusal(self, refusal: BookingRefusedError, text: str) -> bool:
        """Show a refusal at the class it is about; False when it is about no class."""
        match refusal:
            case GroupTooSmallError() | GroupTooLargeError():
                field = "pupils"
            case ClassAlreadyBookedError() | ClassTwiceError():
                field = "class_name"
            case _:
                return False
        wanted = normalise_class_name(str(refusal.facts.get("class_name", "")))
        number = next(
            (
                number
                for number, size in enumerate(self.class_sizes(), start=1)
                if normalise_class_name(size.name) == wanted
            ),
            1,
        )
        names_itself = isinstance(refusal, ClassAlreadyBookedError | ClassTwiceError)
        self.add_error(
            field_name(field, number),
            text if names_itself or self.row_count < 2 else self._of_row(number, text),
        )
        return True

    def _check_names(self) -> None:
        """Refuse a name without a letter or digit, and two spellings of one class."""
        seen: dict[str, str] = {}
        for number in range(1, self.row_count + 1):
            name = field_name("class_name", number)
            typed = self.cleaned_data.get(name)
            if typed is None:
                continue
            key = normalise_class_name(typed)
            if not key:
                self.add_error(name, _("Enter the name of the class, for example 7.A."))
            elif key in seen:
                twice = _("You have already typed %(class_name)s. Write each class once.")
                self.add_error(name, twice % {"class_name": seen[key]})
            else:
                seen[key] = typed.strip()
                self.cleaned_data[name] = typed.strip()

    def _of_row(self, number: int, text: str) -> str:
        typed = str(self.data.get(self.add_prefix(field_name("class_name", number)), "")).strip()[:20]
        return f"{typed or gettext('Class %(number)s') % {'number': number}}: {text}"
