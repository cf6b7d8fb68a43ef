"""The forms the portal comes with, as data: the administration makes its own versions of them."""

from typing import Any

from booking.enums import FormKind, QuestionKind

GOALS = tuple((QuestionKind.GOAL, number) for number in (1, 2, 3))


def _asked(*lines: tuple[Any, ...]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for kind, *words in (*GOALS, *lines):
        if kind == QuestionKind.GOAL:
            rows.append({"kind": kind, "goal_number": words[0]})
        else:
            rows.append({"kind": kind, "text": words[0], "text_en": words[1]})
    return [{"position": number, **row} for number, row in enumerate(rows, start=1)]


_SCALE, _TEXT = QuestionKind.SCALE, QuestionKind.TEXT

FORMS: dict[FormKind, dict[str, Any]] = {
    FormKind.TEACHER: {
        "title": "Hvordan gik besøget?",
        "title_en": "How did the visit go?",
        "intro": "Det tager to minutter. Svar på det, du kan, og spring resten over.",
        "intro_en": "It takes two minutes. Answer what you can, and skip the rest.",
        "questions": _asked(
            (_SCALE, "Besøget passede til klassens niveau.", "The visit suited the level of the class."),
            (_SCALE, "Eleverne var med hele vejen.", "The pupils took part all the way."),
            (
                _SCALE,
                "Jeg vil anbefale besøget til en kollega.",
                "I would recommend the visit to a colleague.",
            ),
            (_TEXT, "Hvad virkede godt?", "What worked well?"),
            (_TEXT, "Hvad skal vi gøre anderledes næste gang?", "What should we do differently next time?"),
        ),
    },
    FormKind.PUPILS: {
        "title": "Hvad synes du?",
        "title_en": "What do you think?",
        "intro": "Der er ingen rigtige eller forkerte svar. Ingen kan se, hvem du er.",
        "intro_en": "There are no right or wrong answers. Nobody can see who you are.",
        "questions": _asked(
            (_SCALE, "Jeg turde sige, hvad jeg mener.", "I dared to say what I think."),
            (_SCALE, "Jeg lærte noget, jeg kan bruge.", "I learnt something I can use."),
            (_TEXT, "Hvad var det bedste?", "What was the best part?"),
            (_TEXT, "Hvad kunne være bedre?", "What could be better?"),
        ),
    },
    FormKind.PARTICIPANTS: {
        "title": "Hvad tager du med hjem?",
        "title_en": "What do you take home?",
        "intro": "Det tager to minutter. Dine svar bliver lagt sammen med de andres.",
        "intro_en": "It takes two minutes. Your answers are added to those of the others.",
        "questions": _asked(
            (_SCALE, "Det var tiden værd.", "It was worth the time."),
            (_SCALE, "Jeg ved, hvad jeg selv kan gøre nu.", "I know what I can do myself now."),
            (_TEXT, "Hvad tager du med hjem?", "What do you take home?"),
            (_TEXT, "Hvad savnede du?", "What did you miss?"),
        ),
    },
    FormKind.PILOT_BEFORE: {
        "title": "Før vi går i gang",
        "title_en": "Before we begin",
        "intro": "Det er ikke en prøve. Du får de samme spørgsmål igen, når I er færdige.",
        "intro_en": "This is not a test. You get the same questions again when you are done.",
        "questions": _asked(
            (
                _SCALE,
                "Jeg tør sige min mening i klassen, når vi er uenige.",
                "I dare to say what I think in class when we disagree.",
            ),
        ),
    },
    FormKind.PILOT_AFTER: {
        "title": "Nu er I færdige",
        "title_en": "Now you are done",
        "intro": "Det er ikke en prøve. Nogle af spørgsmålene er de samme som før.",
        "intro_en": "This is not a test. Some of the questions are the same as before.",
        "questions": _asked(
            (
                _SCALE,
                "Jeg tør sige min mening i klassen, når vi er uenige.",
                "I dare to say what I think in class when we disagree.",
            ),
            (_TEXT, "Hvad var det bedste ved materialet?", "What was the best part of the material?"),
            (_TEXT, "Hvad skal laves om?", "What should be changed?"),
        ),
    },
}
