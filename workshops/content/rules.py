"""The booking rules of the offers, and the subjects and topics they use."""

from workshops.content.texts import OfferRules
from workshops.enums import Approval, Audience, Illustration, PlaceKind, SchoolProvides, SchoolType

SUBJECTS: dict[str, tuple[str, str]] = {
    "dansk": ("Dansk", "Danish"),
    "samfundsfag": ("Samfundsfag", "Social studies"),
    "historie": ("Historie", "History"),
    "kristendomskundskab": ("Kristendomskundskab", "Religious studies"),
    "billedkunst": ("Billedkunst", "Visual arts"),
    "klassens-tid": ("Klassens tid", "Class time"),
}

TOPICS: dict[str, tuple[str, str]] = {
    "feed": ("Feed og algoritmer", "Feeds and algorithms"),
    "kilder": ("Kilder og troværdighed", "Sources and trust"),
    "propaganda": ("Propaganda", "Propaganda"),
    "dialog": ("Dialog og uenighed", "Dialogue and disagreement"),
    "faellesskab": ("Fællesskab", "Belonging"),
    "boern-online": ("Børns liv online", "Children's lives online"),
    "svaere-samtaler": ("Svære samtaler", "Difficult conversations"),
    "tidlige-tegn": ("Tidlige tegn", "Early signs"),
}

MUNICIPAL_TYPES = [
    SchoolType.FOLKESKOLE.value,
    SchoolType.FOLKESKOLE_10.value,
    SchoolType.INTERNATIONAL.value,
    SchoolType.SPECIAL.value,
]

AT_SCHOOL_READY = [SchoolProvides.ROOM.value, SchoolProvides.SCREEN.value, SchoolProvides.TEACHER.value]

CLASS_AT_SCHOOL = {
    "audience": Audience.SCHOOL.value,
    "place_kind": PlaceKind.AT_SCHOOL.value,
    "max_groups": 1,
    "max_group_size": 28,
    "teaching_languages": ["da"],
    "school_provides": AT_SCHOOL_READY,
}

EVENING_IN_TOWN = {
    "place_kind": PlaceKind.VENUE.value,
    "municipalities": [],
    "max_group_size": 4,
    "booking_closes_days": 1,
    "withdrawal_closes_days": 1,
}

OFFERS: dict[str, OfferRules] = {
    "o1": OfferRules(
        provider="klikklar",
        title="Hvem styrer dit feed?",
        title_en="Who controls your feed?",
        illustration=Illustration.FEED,
        fields={**CLASS_AT_SCHOOL, "grade_from": 4, "grade_to": 6, "duration_minutes": 90, "lessons": 2},
        subjects=("dansk", "klassens-tid"),
        topics=("feed", "boern-online"),
    ),
    "o2": OfferRules(
        provider="klikklar",
        title="Ægte, falsk eller midt imellem",
        title_en="Real, fake or somewhere in between",
        illustration=Illustration.MAGNIFIER,
        fields={
            **CLASS_AT_SCHOOL,
            "grade_from": 5,
            "grade_to": 6,
            "duration_minutes": 90,
            "lessons": 2,
            "teaching_languages": ["da", "en"],
            "school_provides": [*AT_SCHOOL_READY, SchoolProvides.DEVICES.value],
        },
        subjects=("dansk", "billedkunst"),
        topics=("kilder", "feed"),
    ),
    "o3": OfferRules(
        provider="modspil",
        title="Bag om propagandaen",
        title_en="Behind the propaganda",
        illustration=Illustration.MEGAPHONE,
        fields={
            **CLASS_AT_SCHOOL,
            "grade_from": 7,
            "grade_to": 9,
            "duration_minutes": 135,
            "lessons": 3,
            "school_types": MUNICIPAL_TYPES,
        },
        subjects=("samfundsfag", "historie", "dansk"),
        topics=("propaganda", "kilder"),
    ),
    "o4": OfferRules(
        provider="dialogbroen",
        title="Uenige sammen – dialogspil",
        title_en="Disagreeing together – a dialogue game",
        illustration=Illustration.DIALOGUE,
        fields={
            **CLASS_AT_SCHOOL,
            "grade_from": 7,
            "grade_to": 10,
            "duration_minutes": 180,
            "lessons": 4,
            "max_groups": 2,
            "max_people": 56,
            "approval": Approval.PROVIDER.value,
        },
        subjects=("samfundsfag", "kristendomskundskab", "klassens-tid"),
        topics=("dialog", "faellesskab"),
    ),
    "o5": OfferRules(
        provider="dialogbroen",
        title="Modstandskraft – forløb for fri- og privatskoler",
        title_en="Resilience – a course for independent schools",
        illustration=Illustration.ROOTS,
        fields={
            **CLASS_AT_SCHOOL,
            "grade_from": 7,
            "grade_to": 9,
            "duration_minutes": 90,
            "lessons": 2,
            "school_types": [SchoolType.FRI_PRIVAT.value],
        },
        subjects=("samfundsfag", "kristendomskundskab"),
        topics=("faellesskab", "propaganda"),
    ),
    "o6": OfferRules(
        provider="klikklar",
        title="Forældreaften: Dit barns liv online",
        title_en="Parents' evening: your child's life online",
        illustration=Illustration.EVENING,
        fields={
            **EVENING_IN_TOWN,
            "audience": Audience.PARENTS.value,
            "grade_from": 3,
            "grade_to": 7,
            "duration_minutes": 120,
            "max_people": 60,
            "has_childcare": True,
            "teaching_languages": ["da", "interpreter"],
        },
        topics=("boern-online", "feed"),
    ),
    "o7": OfferRules(
        provider="dialogbroen",
        title="Samtaler der holder",
        title_en="Conversations that last",
        illustration=Illustration.TALK,
        fields={
            **EVENING_IN_TOWN,
            "audience": Audience.ADULTS.value,
            "duration_minutes": 120,
            "max_people": 40,
            "has_certificate": True,
            "teaching_languages": ["da", "en"],
        },
        topics=("svaere-samtaler", "dialog"),
    ),
    "o8": OfferRules(
        provider="team",
        title="Se tegnene – brug beredskabsplanen",
        title_en="See the signs – use the contingency plan",
        illustration=Illustration.SIGNS,
        fields={
            **EVENING_IN_TOWN,
            "audience": Audience.PROFESSIONALS.value,
            "duration_minutes": 180,
            "max_people": 30,
            "max_group_size": 10,
            "has_certificate": True,
            "teaching_languages": ["da"],
        },
        topics=("tidlige-tegn", "svaere-samtaler"),
    ),
}
