"""Evaluations of the demo: goals to ask about, answers of the last months, texts to read, pilots and readiness."""

import random
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from booking.enums import FormKind, QuoteState
from booking.evaluation.reading import Paper, paper_of, paper_of_code
from booking.evaluation.rules import code_ends, form_for, most_answers
from booking.models import (
    AnswerCode,
    BookedSession,
    EvaluationAnswered,
    FreeText,
    Pilot,
    PilotClass,
    ReadinessAssessment,
)
from booking.operations.evaluating import (
    Answers,
    answer_by_code,
    answer_by_link,
    make_code,
    make_session_codes,
    release_answers,
)
from booking.operations.forming import GoalText, set_learning_goals
from booking.operations.piloting import add_class, mark_used, start_pilot, write_note
from booking.operations.quoting import read_text
from core.audit.log import SYSTEM, Actor
from workshops.calendars import local_date_of
from workshops.content.materials import MATERIALS_DA
from workshops.content.offers_da import OFFERS_DA
from workshops.enums import Audience, SessionState
from workshops.models import Offer, School, Session, TeachingMaterialPage

_NAMESPACE = uuid.UUID("0d3d7f2e-1f0f-4a58-9c0e-6a1f6f2f7c11")
_EVALUATED = 45
"""So many of the newest held sessions have answers."""

PUPIL_GOALS: Mapping[str, tuple[str, ...]] = {
    "o1": (
        "Jeg kan forklare, hvordan et feed vælger for mig.",
        "Jeg kan give et eksempel på, at to mennesker ser forskellige ting.",
        "Jeg ved, hvad jeg selv kan gøre, når et feed bliver træls.",
    ),
    "o2": (
        "Jeg kan stille fire spørgsmål til det, jeg ser.",
        "Jeg kan forklare forskellen på at tage fejl og at snyde.",
        "Jeg tør sige «det ved jeg ikke endnu».",
    ),
    "o3": (
        "Jeg kan genkende fem greb i tekst, billede og lyd.",
        "Jeg kan forklare, hvem en kampagne taler til, og hvad den vil have dem til.",
        "Jeg kan være uenig og blive i samtalen.",
    ),
    "o4": (
        "Jeg kan sige, hvad en anden mener, så den anden nikker.",
        "Jeg kender forskel på at være uenig og at angribe en person.",
        "Jeg har prøvet at ændre mening uden at miste noget.",
    ),
    "o5": (
        "Jeg kan beskrive, hvad et godt fællesskab giver.",
        "Jeg kan genkende pres og kender tre måder at svare på.",
        "Jeg ved, hvem jeg kan gå til.",
    ),
}
MATERIAL_GOALS: Mapping[str, tuple[str, ...]] = {
    "m1": (
        "Jeg kan forklare, hvad et feed er, og hvordan det lærer mig at kende.",
        "Jeg kan tale om, hvad jeg bliver glad, træt og ked af på nettet.",
    ),
    "m2": (
        "Jeg kan finde afsender, modtager og hensigt i en kampagne.",
        "Jeg kan forklare fem virkemidler med mine egne eksempler.",
    ),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    FormKind.PUPILS: (
        "At vi byggede vores eget feed.",
        "Vi måtte sige vores mening, og ingen grinede.",
        "Det var sjovt, og tiden gik hurtigt.",
        "At vi flyttede rundt på bordene.",
        "Øvelsen med kortene.",
    ),
    FormKind.TEACHER: (
        "Eleverne blev taget alvorligt, og alle kom til orde.",
        "God veksling mellem oplæg og øvelser.",
        "De stille elever var også med.",
    ),
    FormKind.PARTICIPANTS: (
        "At jeg skal spørge i stedet for at forklare.",
        "Tre sætninger, jeg kan bruge i aften.",
        "At vi ikke er de eneste, der synes, det er svært.",
    ),
}
NAMED = "Det var godt, men Demo Demosen fra 7.B larmede hele tiden."
"""Invented: what the queue is for."""


def add_evaluations(*, now: datetime, offers: Mapping[str, Offer], reader: Actor) -> None:
    """Ask and answer through the operations, each told the time at which it happened."""
    chance = random.Random(14)  # noqa: S311 - a repeatable demo, no secret
    _goals(offers, now=now)
    held = Session.objects.filter(state=SessionState.HELD, ends_at__lte=now).select_related("offer")
    sessions = sorted(held.order_by("-ends_at", "-pk")[:_EVALUATED], key=lambda row: (row.ends_at, row.pk))
    for number, session in enumerate(sessions, start=1):
        _answers(session, chance, number=number)
        if number % 6 == 0:
            release_answers(session.ends_at + timedelta(days=2))
    release_answers(now)
    _read_texts(reader, now=now)
    _pilots(chance, now=now)
    _readiness(reader, now=now)
    make_session_codes(now)


def _goals(offers: Mapping[str, Offer], *, now: datetime) -> None:
    for key, offer in offers.items():
        text = OFFERS_DA.get(key)
        if text is None:
            continue
        own = PUPIL_GOALS.get(key, ("", "", ""))
        goals = [GoalText(adult, pupil) for adult, pupil in zip(text.learning_goals, own, strict=False)]
        set_learning_goals(offer_id=offer.pk, goals=goals, actor=SYSTEM, now=now - timedelta(days=400))


def _answers(session: Session, chance: random.Random, *, number: int) -> None:
    at = session.ends_at + timedelta(minutes=5)
    people = sum(report.people for report in session.reports.order_by("-number")[:1])
    is_school = session.audience == Audience.SCHOOL
    if people:
        code = make_code(
            kind=form_for(is_school),
            session=session,
            opens_at=session.starts_at,
            ends_at=code_ends(session.ends_at),
            max_answers=most_answers(people),
        )
        for index in range(min(people, chance.randint(6, 11))):
            _answer_code(code, chance, key=f"{number}-{index}", now=at, says=index == 0)
    if is_school and number % 4:
        booked = BookedSession.objects.filter(
            session=session, booking__kind="school", state="attended"
        ).first()
        if booked is not None and not EvaluationAnswered.objects.filter(pk=booked.pk).exists():
            paper = paper_of(FormKind.TEACHER, offer_id=session.offer_id)
            answer_by_link(
                booked_session_id=booked.pk,
                sheet_id=uuid.uuid5(_NAMESPACE, f"teacher-{number}"),
                paper=paper,
                answers=_answered(paper, chance, says=number % 3 == 0),
                now=at + timedelta(days=1),
            )


def _answer_code(code: AnswerCode, chance: random.Random, *, key: str, now: datetime, says: bool) -> None:
    code = AnswerCode.objects.select_related("session", "pilot_class").get(pk=code.pk)
    paper = paper_of_code(code)
    answer_by_code(
        code_id=code.pk,
        sheet_id=uuid.uuid5(_NAMESPACE, key),
        paper=paper,
        answers=_answered(paper, chance, says=says),
        now=now,
    )


def _answered(paper: Paper, chance: random.Random, *, says: bool, low: bool = False) -> Answers:
    steps = [2, 2, 3, 3, 4] if low else [2, 3, 4, 4, 4, 5, 5, 5]
    words = WORDS.get(paper.version.kind)
    texts = [item for item in paper.items if item.is_text] if says and words else []
    return Answers(
        steps={item.question.pk: chance.choice(steps) for item in paper.items if not item.is_text},
        texts={texts[0].question.pk: chance.choice(words)} if texts and words else {},
    )


def _read_texts(reader: Actor, *, now: datetime) -> None:
    """Most have been read; four wait, and one of them names somebody."""
    waiting = list(FreeText.objects.filter(state=QuoteState.WAITING).order_by("written_on", "pk"))
    for text in waiting[:-4]:
        read_text(text_id=text.pk, verdict=QuoteState.APPROVED, actor=reader, now=now - timedelta(days=1))
    if waiting:
        FreeText.objects.filter(pk=waiting[-1].pk).update(text=NAMED)


def _pilots(chance: random.Random, *, now: datetime) -> None:
    """«Feedet og mig» has begun; «Bag om kampagnen» is done and waits for its report (DOMAIN.md 7.3)."""
    feed = _pilot(
        "m1", "Kan en 5. klasse forklare, hvordan et feed vælger, efter fire lektioner?", days=30, now=now
    )
    campaign = _pilot(
        "m2", "Kan eleverne bruge virkemidlerne på kampagner, de selv finder?", days=80, now=now
    )
    if feed is None or campaign is None:
        return
    numbers = ["101003", "101047", "101157", "101157"]
    for index, number in enumerate(numbers):
        own = _class(feed, number, f"5.{'ABCD'[index]}", 5, now=now - timedelta(days=25))
        _pupils(own, chance, FormKind.PILOT_BEFORE, low=True, now=now - timedelta(days=20))
    write_note(
        pilot_id=feed.pk,
        text="Lektion 1 gik godt. Bunkerne på tavlen gav en lang snak, så der skal være god tid.",
        happened_on=local_date_of(now - timedelta(days=9)),
        actor=SYSTEM,
        now=now - timedelta(days=9),
    )
    for index, number in enumerate(["101151", "101035", "101007", "101062", "101074", "101075"]):
        own = _class(campaign, number, f"8.{'ABCDEF'[index]}", 8, now=now - timedelta(days=75))
        _pupils(own, chance, FormKind.PILOT_BEFORE, low=True, now=now - timedelta(days=70))
        used = local_date_of(now - timedelta(days=40 - 3 * index))
        mark_used(pilot_class_id=own.pk, used_on=used, actor=SYSTEM, now=now - timedelta(days=20))
        _pupils(own, chance, FormKind.PILOT_AFTER, low=False, now=now - timedelta(days=20))
    for days, text in (
        (35, "Dobbeltlektionen om grebene er for lang uden en pause."),
        (22, "Casen fra 1930'erne virker bedst, når den vises før den nye."),
    ):
        write_note(
            pilot_id=campaign.pk,
            text=text,
            happened_on=local_date_of(now - timedelta(days=days)),
            actor=SYSTEM,
            now=now - timedelta(days=days),
        )
    release_answers(now)


def _pilot(key: str, question: str, *, days: int, now: datetime) -> Pilot | None:
    text = MATERIALS_DA[key]
    page = TeachingMaterialPage.objects.filter(slug=text.slug, locale__language_code="da").first()
    if page is None:
        return None
    goals = [
        GoalText(adult, pupil) for adult, pupil in zip(text.learning_goals, MATERIAL_GOALS[key], strict=False)
    ]
    return start_pilot(
        material_key=page.translation_key,
        title=page.title,
        version=page.version,
        question=question,
        goals=goals,
        actor=SYSTEM,
        now=now - timedelta(days=days),
    )


def _class(pilot: Pilot, number: str, name: str, grade: int, *, now: datetime) -> PilotClass:
    return add_class(
        pilot_id=pilot.pk,
        school_id=School.objects.get(institution_number=number).pk,
        name=name,
        grade=grade,
        pupils=22,
        actor=SYSTEM,
        now=now,
    )


def _pupils(own: PilotClass, chance: random.Random, kind: FormKind, *, low: bool, now: datetime) -> None:
    code = AnswerCode.objects.get(pilot_class=own, kind=kind)
    for index in range(5):
        found = AnswerCode.objects.select_related("session", "pilot_class").get(pk=code.pk)
        paper = paper_of_code(found)
        answer_by_code(
            code_id=code.pk,
            sheet_id=uuid.uuid5(_NAMESPACE, f"pilot-{own.pk}-{kind}-{index}"),
            paper=paper,
            answers=_answered(paper, chance, says=False, low=low),
            now=now,
        )


def _readiness(reader: Actor, *, now: datetime) -> None:
    today = local_date_of(now)
    for unit, first, second in (
        ("Demoforvaltningen, center nord", (1, 1, 2, 1, 1), (2, 2, 3, 2, 2)),
        ("Demoforvaltningen, center syd", (2, 1, 2, 2, 1), (3, 2, 2, 3, 2)),
        ("Demoskolen", (0, 1, 1, 0, 1), (2, 2, 2, 1, 1)),
    ):
        for days, levels in ((380, first), (20, second)):
            names = ("preparedness", "efforts", "internal_cooperation", "external_cooperation", "competences")
            ReadinessAssessment.objects.create(
                unit=unit,
                assessed_on=today - timedelta(days=days),
                assessed_by_id=reader.user_id,
                note="Vi øver beredskabsplanen på et personalemøde." if days == 20 else "",
                **dict(zip(names, levels, strict=True)),
            )
