"""Pure decisions about an offer's booking rules: values in, problems out."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workshops.enums import Audience

SCHOOLS_ONLY = (
    "max_groups",
    "school_types",
    "school_provides",
    "lessons",
    "evening_offer",
    "max_classes_per_term",
    "new_schools_first_days",
)
"""Rules that say something only where schools book."""


def problems_of(values: Mapping[str, Any]) -> dict[str, str | Promise]:
    """Return what is wrong with an offer's rules: field name -> what to do. Empty when all is well.

    Which rules are asked for depends on the audience: schools book classes by grade, everybody else books
    seats. Source: DESIGN.md rule 9, DOMAIN.md 2.1 and 6.
    """
    found: dict[str, str | Promise] = {}
    if values.get("audience") == Audience.SCHOOL:
        if values.get("grade_from") is None:
            found["grade_from"] = _("Enter the first grade: schools look for offers by grade.")
        if values.get("grade_to") is None:
            found["grade_to"] = _("Enter the last grade: schools look for offers by grade.")
        if not values.get("max_groups") and not values.get("max_people"):
            found["max_groups"] = _("Enter how many classes there is room for at a time.")
    elif values.get("audience"):
        if not values.get("max_people"):
            found["max_people"] = _("Enter how many people there is room for at a time.")
        for name in SCHOOLS_ONLY:
            if values.get(name):
                found[name] = _("Leave this empty: it is for offers that schools book.")
    if values.get("audience") == Audience.SCHOOL and values.get("has_certificate"):
        found["has_certificate"] = _("Remove the tick: a certificate is for those who sign up themselves.")
    evening = values.get("evening_offer")
    if evening is not None and evening.audience != Audience.PARENTS:
        found["evening_offer"] = _("Choose an offer for parents.")
    if _above(values.get("grade_from"), values.get("grade_to")):
        found["grade_to"] = _("The last grade must not be below the first.")
    if _above(values.get("min_group_size"), values.get("max_group_size")):
        found["max_group_size"] = _("The largest group must not be below the smallest.")
    elif _above(values.get("max_group_size"), values.get("max_people")):
        found["max_group_size"] = _("The largest group must fit into the number of people there is room for.")
    return found


def _above(first: int | None, second: int | None) -> bool:
    return first is not None and second is not None and first > second
