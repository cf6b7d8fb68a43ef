"""The form of a report: one page, filled with what was booked, so that most only confirm it (L8)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.attendance.reading import Booked, ClassLine
from booking.attendance.rules import MAX_OF_A_CLASS, MAX_PEOPLE
from booking.enums import NotHeldReason
from booking.models import SessionReport
from booking.operations.reporting import Count, Figures
from workshops.enums import Audience

HELD, NOT_HELD = "yes", "no"


@dataclass(frozen=True)
class Row:
    """The numbers of one class, or of all."""

    legend: str
    fields: list[forms.BoundField]


class ReportForm(forms.Form):
    """Held or not, how many, and a note.

    Args:
        booked: what was booked; prefills the numbers.
        report: the report in force, which a correction starts from.
        arrived: what the door list counts, where it was used.
    """

    held = forms.ChoiceField(
        label=_("Was it held?"),
        choices=[(HELD, _("Yes, it was held")), (NOT_HELD, _("No, it was not held"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it was held.")},
    )
    reason = forms.ChoiceField(
        label=_("Why not?"),
        required=False,
        choices=[("", _("Choose a reason")), *NotHeldReason.choices],
        error_messages={"invalid_choice": _("Choose a reason from the list.")},
    )
    note = forms.CharField(
        label=_("Note to the team"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names, and nothing about individuals."),
        error_messages={"max_length": _("Write at most 500 characters.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        data: Any = None,
        *,
        booked: Booked,
        audience: str,
        report: SessionReport | None = None,
        arrived: int | None = None,
    ) -> None:
        self.booked = booked
        self.report = report
        super().__init__(data, initial=_initial(report))
        is_school = audience == Audience.SCHOOL
        people = _("Pupils") if is_school else _("Participants")
        for line in booked.classes:
            counted = _counted(line, report)
            self.fields[f"people_{line.key}"] = _number(_("Pupils"), counted.people, most=MAX_OF_A_CLASS)
            self.fields[f"adults_{line.key}"] = _number(_("Adults"), counted.adults, most=MAX_OF_A_CLASS)
        if not booked.is_by_class:
            was_held = report is not None and report.is_held
            at_first = booked.seats if arrived is None else arrived
            self.fields["people"] = _number(people, report.people if was_held and report else at_first)
            if is_school:
                self.fields["adults"] = _number(_("Adults"), report.adults if was_held and report else 0)
        self.order_fields(
            ["held", *(name for name in self.fields if name.startswith(("people", "adults"))), "reason"]
        )

    @property
    def rows(self) -> list[Row]:
        """Return the numbers, a row each class."""
        if not self.booked.is_by_class:
            return [Row("", [self[name] for name in ("people", "adults") if name in self.fields])]
        return [
            Row(f"{line.name}, {line.school}", [self[f"people_{line.key}"], self[f"adults_{line.key}"]])
            for line in self.booked.classes
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for what the answer needs; numbers of a session not held are left aside."""
        data: dict[str, Any] = self.cleaned_data
        numbers = [name for name in self.fields if name.startswith(("people", "adults"))]
        if data.get("held") == NOT_HELD:
            for name in numbers:
                self.errors.pop(name, None)
            if not data.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Choose why it was not held."))
        elif data.get("held") == HELD:
            for name in numbers:
                if name not in self.errors and data.get(name) is None:
                    self.add_error(name, _("Enter how many came. Write 0 if nobody did."))
        return data

    def figures(self) -> Figures:
        """Return what was filled in. The form must be valid."""
        data = self.cleaned_data
        if data["held"] == NOT_HELD:
            return Figures(is_held=False, reason=data["reason"], note=data["note"])
        return Figures(
            is_held=True,
            classes={
                (line.booked_id, line.class_id): Count(data[f"people_{line.key}"], data[f"adults_{line.key}"])
                for line in self.booked.classes
            },
            total=Count(data.get("people") or 0, data.get("adults") or 0),
            note=data["note"],
        )


def _number(label: Any, initial: int, *, most: int = MAX_PEOPLE) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        initial=initial,
        min_value=0,
        max_value=most,
        widget=forms.NumberInput(
            attrs={"inputmode": "numeric", "data-count": "", "class": "portal-count", "autocomplete": "off"}
        ),
        error_messages={
            "invalid": _("Enter a whole number."),
            "min_value": _("Enter 0 or more."),
            "max_value": _("That is many. Enter at most %(limit_value)s."),
        },
    )


def _initial(report: SessionReport | None) -> dict[str, Any]:
    if report is None:
        return {"seen": 0}
    return {
        "held": HELD if report.is_held else NOT_HELD,
        "reason": report.reason,
        "note": report.note,
        "seen": report.number,
    }


def _counted(line: ClassLine, report: SessionReport | None) -> Count:
    """Return what was reported of a class, else what was booked."""
    for item in report.counts if report else []:
        if (item["booked"], item["class"]) == (line.booked_id, line.class_id):
            return Count(item["people"], item["adults"])
    return Count(line.pupils, line.adults)
