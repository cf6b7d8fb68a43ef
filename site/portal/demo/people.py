"""Who is in the demo. All fictional; every address ends in .example (DOMAIN.md 7)."""

from dataclasses import dataclass

from charter.enums import MemberRole, ProviderKind


@dataclass(frozen=True)
class DemoProvider:
    """A provider of DOMAIN.md 7.2 with one person who signs and coordinates."""

    key: str
    name: str
    kind: str
    cvr: str | None
    presentation: str
    email: str
    first_name: str
    last_name: str
    roles: tuple[str, ...] = (MemberRole.SIGNATORY, MemberRole.COORDINATOR)


PROVIDERS = (
    DemoProvider(
        "team",
        "Forebyggelsesteamet, Københavns Kommune",
        ProviderKind.MUNICIPAL_TEAM,
        None,
        "Kommunens eget team, der rådgiver fagfolk og holder oplæg om forebyggelse af ekstremisme.",
        "team@demo.example",
        "Tove",
        "Teamleder",
        (MemberRole.COORDINATOR,),
    ),
    DemoProvider(
        "klikklar",
        "Klikklar Læring ApS",
        ProviderKind.SUPPLIER,
        "99000007",
        "Vi underviser børn og forældre i at se, hvem der taler til dem på nettet, og hvad de vil.",
        "klikklar@demo.example",
        "Klara",
        "Klik",
    ),
    DemoProvider(
        "dialogbroen",
        "Foreningen Dialogbroen",
        ProviderKind.CIVIL_SOCIETY,
        "99000015",
        "Frivillige dialogguider, der øver samtaler om det svære med unge og voksne.",
        "dialogbroen@demo.example",
        "Daniel",
        "Dialog",
    ),
    DemoProvider(
        "modspil",
        "Modspil Formidling I/S",
        ProviderKind.SUPPLIER,
        "99000023",
        "Workshops om propaganda, billeder og modfortællinger for de ældste klasser.",
        "modspil@demo.example",
        "Mona",
        "Modspil",
    ),
    DemoProvider(
        "trygge",
        "Trygge Skærme",
        ProviderKind.CIVIL_SOCIETY,
        None,
        "Ny forening af forældre, der vil hjælpe andre forældre med børnenes liv på nettet.",
        "trygge@demo.example",
        "Tina",
        "Tryg",
    ),
)

TEACHER_EMAIL = "laerer@kk.example"
PARENT_EMAIL = "foraelder@post.example"
FIRST_NAMES = (
    "Amina", "Bo", "Camilla", "Dines", "Emma", "Farid", "Gry", "Hassan", "Ida", "Jonas", "Kirsten", "Lars",
    "Maria", "Niels", "Oline", "Peter", "Rosa", "Samir", "Trine", "Yusuf",
)  # fmt: skip
"""First names only, for invented teachers and parents."""
