"""Organisations on their way in and out: an application, questions answered, a pause, a refusal, invitations."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from charter.enums import MemberRole, ProviderKind, Transition
from charter.models import Agreement, Programme, Provider, VettingCase
from charter.operations import add_member, change_provider_state, create_provider
from charter.operations.applications import (
    ApplicationValues,
    invite_provider,
    prove_application,
    send_application,
)
from charter.operations.members import invite_member
from charter.operations.vetting import add_note, answer_case, ask_question
from core.accounts.models import User
from core.audit.log import LINK, VISITOR, Actor
from workshops.calendars import local_date_of

_KEY = uuid5(NAMESPACE_URL, "demo")


def add_organisations(
    *, now: datetime, in_vetting: Provider, signed: Provider, agreement_with: Provider
) -> None:
    """Add what the administration meets besides the providers that hold sessions.

    Args:
        in_vetting: a provider being vetted: it has answered a question.
        signed: an active provider, whose coordinator has invited a colleague and proposed a signatory.
        agreement_with: an organisation with an agreement that ends soon.
    """
    caseworker = Actor("user", User.objects.get(email="sagsbehandler@demo.example").pk)
    administration = Actor("user", User.objects.get(email="administration@demo.example").pk)
    _applications(now=now, actor=caseworker)
    _question(in_vetting, now=now, actor=caseworker)
    _paused(now=now, opener=caseworker, decider=administration)
    _declined(now=now, opener=caseworker, decider=administration)
    _invitations(signed, now=now)
    _agreement(agreement_with, now=now)


def _applications(*, now: datetime, actor: Actor) -> None:
    for days, name, kind, cvr, first, last, may_sign in (
        (2, "Ungdomsscenen Replik", ProviderKind.CIVIL_SOCIETY, "", "Rikke", "Replik", True),
        (9, "Faktafabrikken ApS", ProviderKind.SUPPLIER, "99000031", "Frans", "Fakta", False),
    ):
        email = f"{first.lower()}@demo.example"
        moment = now - timedelta(days=days)
        application = send_application(
            values=ApplicationValues(
                name=name,
                kind=kind,
                cvr=cvr,
                p_number="",
                website="https://www.demo.example",
                presentation="Vi holder korte forløb om kildekritik og fortællinger på nettet for 7.-9. klasse.",
                contact_name=f"{first} {last}",
                contact_email=email,
                contact_phone="00 00 00 00",
                may_sign=may_sign,
            ),
            submission_key=uuid5(_KEY, email),
            actor=VISITOR,
            now=moment,
        )
        prove_application(application_id=application.pk, actor=LINK, now=moment + timedelta(hours=1))
    invite_provider(
        organisation="Netværket Broen",
        kind=ProviderKind.CIVIL_SOCIETY,
        contact_name="Birgit Bro",
        email="birgit@demo.example",
        actor=actor,
        now=now - timedelta(days=3),
    )


def _question(provider: Provider, *, now: datetime, actor: Actor) -> None:
    case = VettingCase.objects.open().get(provider=provider)
    asked = now - timedelta(days=8)
    ask_question(
        case_id=case.pk,
        text="Hvem sidder i jeres bestyrelse, og hvordan vælger I de frivillige, der møder forældrene?",
        due_on=local_date_of(asked) + timedelta(days=14),
        actor=actor,
        now=asked,
    )
    add_note(
        case_id=case.pk,
        text="Vedtægterne er hentet fra foreningens hjemmeside og ligger på sagen.",
        actor=actor,
        now=asked + timedelta(hours=1),
    )
    member = User.objects.filter(memberships__provider=provider).distinct().get()
    answer_case(
        case_id=case.pk,
        text="Bestyrelsen har fem medlemmer, valgt på generalforsamlingen i marts. De frivillige kommer til en samtale "
        "med to fra bestyrelsen og følger en af os, før de holder oplæg selv.",
        actor=Actor.of(member),
        now=now - timedelta(days=1),
    )


def _provider(
    name: str, cvr: str | None, person: tuple[str, str], *, opener: Actor, decider: Actor, now: datetime
) -> Provider:
    first, last = person
    email = f"{first.lower()}@demo.example"
    provider = create_provider(
        name=name,
        kind=ProviderKind.SUPPLIER if cvr else ProviderKind.CIVIL_SOCIETY,
        cvr=cvr,
        actor=opener,
        now=now,
        contact_name=f"{first} {last}",
        contact_email=email,
    )
    for role in (MemberRole.COORDINATOR, MemberRole.SIGNATORY):
        add_member(
            provider_id=provider.pk,
            email=email,
            role=role,
            first_name=first,
            last_name=last,
            actor=opener,
            now=now,
        )
    change_provider_state(provider_id=provider.pk, transition=Transition.START_VETTING, actor=opener, now=now)
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.APPROVE,
        reason="Opfylder betingelserne for samarbejde.",
        decision_reference="2025-0000003",
        actor=decider,
        now=now + timedelta(days=1),
    )
    return provider


def _paused(*, now: datetime, opener: Actor, decider: Actor) -> None:
    provider = _provider(
        "Scenekompagniet Spejlet",
        "99000058",
        ("Sanne", "Spejl"),
        opener=opener,
        decider=decider,
        now=now - timedelta(days=200),
    )
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.ACTIVATE,
        actor=decider,
        now=now - timedelta(days=190),
    )
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.SUSPEND,
        reason="Udbyderen skifter ledelse, og ingen kan underskrive imens.",
        note="I skifter ledelse. Vi tager fat igen, når I har en ny underskriver.",
        decision_reference="2026-0000004",
        actor=decider,
        now=now - timedelta(days=12),
    )


def _declined(*, now: datetime, opener: Actor, decider: Actor) -> None:
    provider = _provider(
        "Debatklubben Modord",
        None,
        ("Mads", "Modord"),
        opener=opener,
        decider=decider,
        now=now - timedelta(days=120),
    )
    change_provider_state(
        provider_id=provider.pk,
        transition=Transition.DECLINE_CHARTER,
        reason="Foreningen har skriftligt meddelt, at den ikke ønsker at underskrive.",
        decision_reference="2026-0000005",
        decision_maker="Afdelingschefen",
        actor=decider,
        now=now - timedelta(days=90),
    )


def _invitations(provider: Provider, *, now: datetime) -> None:
    """A facilitator who has not answered, and a signatory that a new coordinator proposes."""
    signatory = User.objects.get(memberships__provider=provider, memberships__role=MemberRole.SIGNATORY)
    coordinator = add_member(
        provider_id=provider.pk,
        email="karl@demo.example",
        role=MemberRole.COORDINATOR,
        first_name="Karl",
        last_name="Klar",
        actor=Actor.of(signatory),
        now=now - timedelta(days=30),
    ).user
    invite_member(
        provider_id=provider.pk,
        email="oda@demo.example",
        role=MemberRole.FACILITATOR,
        actor=Actor.of(signatory),
        now=now - timedelta(days=2),
    )
    invite_member(
        provider_id=provider.pk,
        email="kirsten@demo.example",
        role=MemberRole.SIGNATORY,
        actor=Actor.of(coordinator),
        now=now - timedelta(days=1),
    )


def _agreement(provider: Provider, *, now: datetime) -> None:
    today = local_date_of(now)
    Agreement.objects.get_or_create(
        provider=provider,
        title="Samarbejdsaftale om prøveforløb i udskolingen",
        defaults={
            "programme": Programme.objects.get(slug="forebyggelse-af-ekstremisme"),
            "signed_on": today - timedelta(days=335),
            "first_day": today - timedelta(days=330),
            "last_day": today + timedelta(days=35),
            "file_reference": "2025-0000006",
        },
    )
