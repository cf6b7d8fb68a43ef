"""Forms of the catalogue and the library: they read a URL's parameters, nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from core.cms.search import MAX_QUERY_LENGTH
from workshops.catalogue import Wanted
from workshops.enums import Audience, MaterialState, PlaceKind, TeachingLanguage

Choices = list[tuple[Any, Any]]

DATE_FORMATS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d/%m-%Y", "%d%m%Y"]


@dataclass(frozen=True)
class Chip:
    """One filter in use, with the address of the same list without it."""

    label: str
    value: str
    url: str


class FilterForm(forms.Form):
    """A form whose state is the URL. A value it does not know gets a message at its field and is ignored."""

    show_optional = False
    parameters: dict[str, str] = {}
    """Field name -> name in the URL; the URL is Danish, whatever the page's language."""

    def add_prefix(self, field_name: str) -> str:
        """Return the field's name in the URL."""
        return self.parameters.get(field_name, field_name)

    def full_clean(self) -> None:
        """Validate; a date that is not one goes back as text, since a date input would show nothing."""
        super().full_clean()
        for name in self.errors:
            widget = self.fields[name].widget if name in self.fields else None
            if isinstance(widget, forms.DateInput):
                widget.input_type = "text"

    def chosen(self, name: str) -> Any:
        """Return a field's valid value, or None when it is empty or wrong."""
        return getattr(self, "cleaned_data", {}).get(name) or None

    def query(self, *, without: str = "") -> str:
        """Return the parameters in use as a query string, without one of them."""
        pairs = [(self.add_prefix(name), self._raw(name)) for name in self.fields if name != without]
        return urlencode([(name, value) for name, value in pairs if value])

    def chips(self) -> list[Chip]:
        """Return the filters in use, each with the way to remove it."""
        return [
            Chip(
                label=str(self.fields[name].label),
                value=self._display(name),
                url="?" + self.query(without=name),
            )
            for name in self.fields
            if self.chosen(name) is not None
        ]

    def is_in_use(self, names: Iterable[str]) -> bool:
        """Say whether any of these fields holds something, right or wrong."""
        return any(self._raw(name) for name in names)

    def _raw(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), "")).strip()

    def _display(self, name: str) -> str:
        value = self.cleaned_data[name]
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # a plain list here
        if isinstance(field, forms.DateField):
            return f"{value:%d.%m.%Y}"
        return str(value)


def _any(label: Any, choices: Iterable[tuple[Any, Any]]) -> Choices:
    return [("", label), *choices]


def _choice(label: Any, everything: Any, choices: Iterable[tuple[Any, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=_any(everything, choices),
        error_messages={"invalid_choice": _("Choose one of the values in the list.")},
    )


def _grades() -> Choices:
    return [(str(number), _("Grade %(number)s") % {"number": number}) for number in range(11)]


def _text_field() -> forms.CharField:
    return forms.CharField(
        label=_("Search"),
        required=False,
        max_length=MAX_QUERY_LENGTH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("Write at most %(limit_value)d characters.")},
    )


def _date_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the date as day-month-year, e.g. 24-03-2027.")},
    )


class CatalogueForm(FilterForm):
    """What a visitor looks for among the offers (P3, P4)."""

    parameters = {
        "text": "q",
        "audience": "maalgruppe",
        "grade": "klassetrin",
        "subject": "fag",
        "topic": "emne",
        "district": "bydel",
        "language": "sprog",
        "provider": "udbyder",
        "place_kind": "form",
        "first_day": "fra",
        "last_day": "til",
    }
    first_names = ("text", "audience", "grade")
    date_names = ("first_day", "last_day")
    more_names = ("subject", "topic", "district", "place_kind", "language", "provider")

    text = _text_field()
    audience = _choice(_("For whom"), _("Everyone"), Audience.choices)
    grade = _choice(_("Grade"), _("All grades"), _grades())
    first_day = _date_field(_("From"))
    last_day = _date_field(_("To"))
    subject = _choice(_("Subject"), _("All subjects"), [])
    topic = _choice(_("Topic"), _("All topics"), [])
    district = _choice(_("District"), _("All districts"), [])
    place_kind = _choice(_("Form"), _("All forms"), PlaceKind.choices)
    language = _choice(_("Language"), _("All languages"), TeachingLanguage.choices)
    provider = _choice(_("Provider"), _("All providers"), [])

    def __init__(
        self,
        data: Any,
        *,
        subjects: Choices,
        topics: Choices,
        districts: Choices,
        providers: Choices,
    ) -> None:
        super().__init__(data)
        rows = {"subject": subjects, "topic": topics, "district": districts, "provider": providers}
        for name, choices in rows.items():
            field = self.fields[name]
            field.choices = [*field.choices[:1], *choices]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Choose a day that is not before the first."))
        return cleaned

    @property
    def wanted(self) -> Wanted:
        """Return what is asked for, wrong values left out."""
        grade, district = self.chosen("grade"), self.chosen("district")
        return Wanted(
            text=self.chosen("text") or "",
            audience=self.chosen("audience"),
            grade=None if grade is None else int(grade),
            subject=self.chosen("subject"),
            topic=self.chosen("topic"),
            district=None if district is None else int(district),
            language=self.chosen("language"),
            provider=self.chosen("provider"),
            place_kind=self.chosen("place_kind"),
            first_day=self.chosen("first_day"),
            last_day=self.chosen("last_day"),
        )


class LibraryForm(FilterForm):
    """What a teacher looks for among the teaching material (P2)."""

    parameters = {"text": "q", "grade": "klassetrin", "subject": "fag", "state": "status"}

    text = _text_field()
    grade = _choice(_("Grade"), _("All grades"), _grades())
    subject = _choice(_("Subject"), _("All subjects"), [])
    state = _choice(_("State"), _("All states"), [])

    def __init__(self, data: Any, *, subjects: Choices) -> None:
        super().__init__(data)
        for name, choices in {"subject": subjects, "state": SHOWN_STATES}.items():
            field = self.fields[name]
            field.choices = [*field.choices[:1], *choices]  # type: ignore[attr-defined]  # a ChoiceField


SHOWN_STATES: Choices = [
    (state.value, state.label)
    for state in (
        MaterialState.PUBLISHED,
        MaterialState.EVALUATION,
        MaterialState.PILOT,
        MaterialState.DRAFT,
        MaterialState.IDEA,
        MaterialState.RETIRED,
    )
]
"""States in the order of use to a teacher."""
