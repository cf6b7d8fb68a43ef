"""The one form in which a provider writes an offer: fixed fields in plain text (L3; DOMAIN.md 6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workshops.enums import Audience, PlaceKind, SchoolProvides, TeachingLanguage
from workshops.models import District, Offer, OfferPage, Subject, Topic
from workshops.offer_rules import problems_of
from workshops.operations.offers import MANY
from workshops.plain_text import RICH, plain_of
from workshops.planning.forms import number_field

PLAIN = (
    "teaser",
    "practitioner_name",
    "practitioner_role",
    "price_text",
    "price_for",
    "contact_name",
    "contact_email",
    "contact_phone",
)
RULES = (
    "title",
    "audience",
    "grade_from",
    "grade_to",
    "subjects",
    "topics",
    "place_kind",
    "districts",
    "duration_minutes",
    "lessons",
    "max_groups",
    "max_people",
    "min_group_size",
    "max_group_size",
    "teaching_languages",
    "school_provides",
)
"""The booking rules that a provider proposes. All others are the administration's and stay what they are."""

SEVERAL = frozenset({*MANY, "teaching_languages", "school_provides"})
LONGEST = 4000


def _text(label: Any, help_text: Any = "", *, required: Any = "", rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(required),
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required, "max_length": _("Write at most 4,000 characters.")},
    )


def _line(label: Any, length: int, help_text: Any = "", *, required: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(required),
        max_length=length,
        help_text=help_text,
        error_messages={"required": required},
    )


def _choice(label: Any, choices: Sequence[tuple[Any, Any]], required: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": required, "invalid_choice": required},
    )


def _rows(label: Any, queryset: Any, help_text: Any = "") -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        queryset,
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )


def _codes(label: Any, choices: Sequence[tuple[str, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def _grade(label: Any) -> forms.IntegerField:
    return number_field(
        label, least=0, most=10, help_text=_("0 is the first year of school. Only for schools.")
    )


class OfferDraftForm(forms.Form):
    """An offer as a person who teaches describes it. Saved as a draft it may be incomplete; sent it may not."""

    title = _line(_("Title"), 120, required=_("Enter a title."))
    teaser = _line(
        _("In short"),
        220,
        _("One or two sentences for the catalogue."),
        required=_("Write one or two sentences for the catalogue."),
    )
    intro = _text(
        _("What is it about?"),
        _("A blank line begins a new paragraph. Begin lines with - for a list."),
        required=_("Write what the offer is about."),
        rows=8,
    )
    audience = _choice(_("For whom?"), Audience.choices, _("Choose whom the offer is for."))
    grade_from = _grade(_("From grade"))
    grade_to = _grade(_("To grade"))
    subjects = _rows(_("Subjects"), Subject.objects.all())
    topics = _rows(_("Topics"), Topic.objects.all())
    learning_goals = _text(_("Learning goals"))
    competence_goals = _text(_("Subjects and competence goals"), _("In your own words."))
    place_kind = _choice(_("Where?"), PlaceKind.choices, _("Choose where it is held."))
    districts = _rows(
        _("Districts you come to"), District.objects.all(), _("None chosen: all of Copenhagen.")
    )
    duration_minutes = number_field(_("Minutes"), least=15, most=600, required=True)
    lessons = number_field(_("Lessons"), most=20, help_text=_("Only for schools."))
    max_groups = number_field(
        _("At most so many classes at a time"), most=50, help_text=_("Only for schools.")
    )
    max_people = number_field(_("At most so many people at a time"))
    min_group_size = number_field(_("Smallest group"))
    max_group_size = number_field(
        _("Largest group"), help_text=_("Pupils in one class, or seats in one sign-up.")
    )
    teaching_languages = _codes(_("Languages"), TeachingLanguage.choices)
    before_visit = _text(_("Before the visit"))
    during_visit = _text(_("During the visit"))
    after_visit = _text(_("After the visit"))
    school_provides = _codes(_("What the school makes ready"), SchoolProvides.choices)
    school_provides_extra = _text(_("More that must be ready"), rows=3)
    practitioner_name = _line(_("Who you meet: name"), 120)
    practitioner_role = _line(_("Title or role"), 160)
    practitioner_text = _text(_("Profile"))
    content_accessibility = _text(
        _("Accessibility of the content"),
        _("Subtitles, reading, noise, movement: what can be adapted, and how to ask."),
    )
    sensitive_note = _text(
        _("Sensitive topics and where to get help"),
        _("What may be hard to talk about, how it is handled, and whom to call."),
    )
    price_text = _line(_("Price"), 60, required=_("Enter the price, e.g. Gratis."))
    price_for = _line(_("For whom at that price"), 160)
    contact_name = _line(_("Contact"), 120)
    contact_email = forms.EmailField(
        label=_("Contact e-mail"),
        required=False,
        error_messages={"invalid": _("Enter an e-mail address like navn@eksempel.dk.")},
    )
    contact_phone = _line(_("Contact phone"), 30)
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "", "invalid": ""})
    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "", "invalid": ""})

    SECTIONS = (
        (_("The offer"), ("title", "teaser", "intro")),
        (
            _("For whom"),
            (
                "audience",
                "grade_from",
                "grade_to",
                "subjects",
                "topics",
                "learning_goals",
                "competence_goals",
            ),
        ),
        (
            _("Where and how long"),
            ("place_kind", "districts", "duration_minutes", "lessons", "teaching_languages"),
        ),
        (_("How many"), ("max_groups", "max_people", "min_group_size", "max_group_size")),
        (
            _("The visit"),
            ("before_visit", "during_visit", "after_visit", "school_provides", "school_provides_extra"),
        ),
        (
            _("People, price and consideration"),
            (
                "practitioner_name",
                "practitioner_role",
                "practitioner_text",
                "content_accessibility",
                "sensitive_note",
                "price_text",
                "price_for",
                "contact_name",
                "contact_email",
                "contact_phone",
            ),
        ),
    )

    def __init__(self, *args: Any, fixed_audience: str = "", **kwargs: Any) -> None:
        """Args: fixed_audience: the offer has dates, which carry whom it is for: it stays."""
        super().__init__(*args, **kwargs)
        if fixed_audience:
            self.fields["audience"].disabled = True
            self.initial["audience"] = fixed_audience
            self.fields["audience"].help_text = _("The offer has dates, so this stays as it is.")

    @property
    def sections(self) -> list[tuple[Any, list[Any]]]:
        """The fields below their headings."""
        return [(heading, [self[name] for name in names]) for heading, names in self.SECTIONS]

    @property
    def typed(self) -> dict[str, Any]:
        """Everything typed, valid or not, by field."""
        data: Any = self.data
        names = [name for _heading, names in self.SECTIONS for name in names]
        found = {
            name: data.getlist(name) if name in SEVERAL else str(data.get(name, ""))[: 2 * LONGEST]
            for name in names
        }
        if self.fields["audience"].disabled:
            found["audience"] = self.initial["audience"]
        return found

    def clean(self) -> dict[str, Any]:
        """Add the problems of the booking rules at their fields."""
        data = super().clean() or {}
        for name, text in problems_of(data).items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, str(text))
        return data

    def rules(self) -> dict[str, Any]:
        """Return the booking rules that a valid form proposes; rows as instances."""
        return {
            name: list(self.cleaned_data[name]) if name in SEVERAL else self.cleaned_data[name]
            for name in RULES
        }

    def texts(self) -> dict[str, str]:
        """Return the page's texts as typed; the rich ones still plain."""
        return {name: self.cleaned_data[name] for name in ("title", *PLAIN, *RICH)}


def typed_from(page: OfferPage, offer: Offer) -> dict[str, Any]:
    """Return a page and its offer's rules as the form shows them."""
    rules: dict[str, Any] = {}
    for name in RULES:
        value = [str(row.pk) for row in getattr(offer, name).all()] if name in MANY else getattr(offer, name)
        rules[name] = value if name in SEVERAL else "" if value is None else str(value)
    return {**rules, **texts_from(page)}


def texts_from(page: OfferPage) -> dict[str, str]:
    """Return a page's texts as the form shows them."""
    return {
        "title": page.title,
        **{name: getattr(page, name) for name in PLAIN},
        **{name: plain_of(getattr(page, name)) for name in RICH},
    }


def as_data(values: Mapping[str, Any], *, key: Any, seen: int) -> dict[str, Any]:
    """Return what was typed as if it were posted."""
    return {**values, "key": str(key), "seen": str(seen)}
