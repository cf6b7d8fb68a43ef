"""Finding schools as people type them: names, numbers, streets, initials."""

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workshops.models import School

FOLDED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ü": "y", "ö": "oe", "ä": "ae", "'": "", ".": ""})
FOLDED_TO_ONE = str.maketrans({"æ": "a", "ø": "o", "å": "a"})
SMALL_WORDS = {"i", "på", "ved", "og", "den", "det"}


def fold(text: str) -> str:
    """Return text in the form that is compared: lower case, æøå as ae, oe, aa, accents and signs gone.

    "Ørestad", "ørestad" and "oerestad" become the same.
    """
    lowered = text.casefold().translate(FOLDED)
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(letter)
    )
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def fold_to_one(text: str) -> str:
    """Return text folded as foreign keyboards type it: "norrebro", "vanlose"."""
    return fold(text.casefold().translate(FOLDED_TO_ONE))


def initials_of(name: str) -> str:
    """Return a name's initials: "nps" for Nørrebro Park Skole, with compounds in -skolen split."""
    words = re.findall(r"\w+", name)
    split = [part for word in words for part in _without_school(word)]
    return "".join(fold(word)[:1] for word in split)


def search_text_of(school: "School") -> str:
    """Return what a school is found by: name, initials, number, street, postal code and city, folded."""
    main_words = [word for word in school.name.split() if word.casefold() not in SMALL_WORDS]
    initials = {initials_of(school.name), initials_of(" ".join(main_words))}
    parts = [
        fold(school.name),
        *sorted(initial for initial in initials if len(initial) > 1),
        school.institution_number or "",
        fold(school.address),
        school.postal_code,
        fold(school.city),
        *(folded for text in (school.name, school.address) if (folded := fold_to_one(text)) != fold(text)),
    ]
    return f" {' '.join(part for part in parts if part)} "[:400]


def _without_school(word: str) -> list[str]:
    match = re.fullmatch(r"(\w{3,})(skolen|skole)", word, flags=re.IGNORECASE)
    return [match[1], match[2]] if match else [word]
