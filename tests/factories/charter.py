"""Providers, charter versions, periods and signatures.

`ProviderFactory()` is an active supplier without a signature. Traits: `municipal=True`, `covered=True` (signed
and covered for a long time around any day of 2020-2035), `suspended=True`, `ended=True`, `new=True`, `vetting=True`, `approved=True`.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import factory
from django.conf import settings
from django.utils import timezone
from factory.django import DjangoModelFactory

from charter import chain
from charter.enums import MemberRole, ProviderKind, ProviderState, RecordKind, SignatureMethod
from charter.models import (
    Agreement,
    CharterPeriod,
    CharterText,
    CharterVersion,
    MemberInvitation,
    PaperSignature,
    Programme,
    Provider,
    ProviderApplication,
    ProviderInvitation,
    ProviderMember,
    Signature,
    SignatureEvidence,
    VettingCase,
    VettingEntry,
)
from charter.organisation.enums import ApplicationState, EntryKind, InvitationState

LONG_AGO = datetime(2020, 1, 1, 8, tzinfo=UTC)


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme
        django_get_or_create = ("slug",)

    name = "Forebyggelse af ekstremisme"
    slug = "forebyggelse"
    department = "Forvaltningen"
    first_day = date(2024, 1, 1)
    last_day = date(2030, 12, 31)


class CharterVersionFactory(DjangoModelFactory):
    """Version 1, published long ago and accepted for good; `draft=True` is not published."""

    class Meta:
        model = CharterVersion
        django_get_or_create = ("number",)

    class Params:
        draft = factory.Trait(published_at=None, required_from=None)

    number = 1
    published_at = LONG_AGO
    required_from = date(2020, 1, 1)


class CharterTextFactory(DjangoModelFactory):
    class Meta:
        model = CharterText
        django_get_or_create = ("version", "language")

    version = factory.SubFactory(CharterVersionFactory)
    language = "da"
    title = "Charter for demokratiske værdier"
    notice = "Demotekst"
    body = "<h2>Ytringsfrihed</h2><p>Alle må tale frit.</p>"


class CharterPeriodFactory(DjangoModelFactory):
    """A calendar year: `CharterPeriodFactory(year=2026)`."""

    class Meta:
        model = CharterPeriod
        django_get_or_create = ("first_day",)

    class Params:
        year = 2026

    name = factory.LazyAttribute(lambda o: str(o.year))
    first_day = factory.LazyAttribute(lambda o: date(o.year, 1, 1))
    last_day = factory.LazyAttribute(lambda o: date(o.year, 12, 31))
    signing_opens_on = factory.LazyAttribute(lambda o: date(o.year - 1, 6, 1))


class SignatureFactory(DjangoModelFactory):
    """A signature with its first record in the chain; `withdrawn_from=<date>` adds a withdrawal."""

    class Meta:
        model = Signature
        skip_postgeneration_save = True

    provider = factory.SubFactory("tests.factories.charter.ProviderFactory")
    version = factory.SubFactory(CharterVersionFactory)
    covers_from = date(2026, 1, 1)
    covers_until = date(2026, 12, 31)
    method = SignatureMethod.EMAIL_CODE
    signed_at = LONG_AGO
    text_sha256 = "0" * 64
    reference = factory.Sequence(lambda n: f"CH-TEST-{n:05}")

    @factory.post_generation
    def recorded(self: Signature, create: bool, extracted: Any, **kwargs: Any) -> None:
        evidence = SignatureEvidence.objects.create(
            signature=self,
            signer_name="Signe Signer",
            signer_email="signe@example.dk",
            signer_role="Direktør",
            authority="Tegningsberettiget",
            salt="salt",
            delete_after=date(2040, 1, 1),
            network_delete_after=date(2040, 1, 1),
        )
        chain.append(
            self,
            RecordKind.SIGNED,
            at=self.signed_at,
            content={"facts": chain.facts_of(self), "personal": chain.personal_hashes(evidence)},
        )

    @factory.post_generation
    def withdrawn_from(self: Signature, create: bool, extracted: date | None, **kwargs: Any) -> None:
        if extracted is not None:
            chain.append(self, RecordKind.WITHDRAWN, at=self.signed_at, content={}, ends_on=extracted)


class ProviderFactory(DjangoModelFactory):
    class Meta:
        model = Provider
        skip_postgeneration_save = True

    class Params:
        municipal = factory.Trait(kind=ProviderKind.MUNICIPAL_TEAM)
        association = factory.Trait(kind=ProviderKind.CIVIL_SOCIETY)
        new = factory.Trait(state=ProviderState.NEW)
        vetting = factory.Trait(state=ProviderState.VETTING)
        approved = factory.Trait(state=ProviderState.APPROVED)
        suspended = factory.Trait(state=ProviderState.SUSPENDED)
        ended = factory.Trait(state=ProviderState.ENDED)
        declined = factory.Trait(state=ProviderState.DECLINED_CHARTER)

    name = factory.Sequence(lambda n: f"Udbyder {n}")
    slug = factory.Sequence(lambda n: f"udbyder-{n}")
    kind = ProviderKind.SUPPLIER
    state = ProviderState.ACTIVE
    state_since = LONG_AGO

    @factory.post_generation
    def covered(self: Provider, create: bool, extracted: bool, **kwargs: Any) -> None:
        """Sign for all days of 2020-2035."""
        if extracted:
            SignatureFactory(provider=self, covers_from=date(2020, 1, 1), covers_until=date(2035, 12, 31))


class MemberUserFactory(DjangoModelFactory):
    """A user who acts for a provider; logs in by e-mail code only."""

    class Meta:
        model = settings.AUTH_USER_MODEL
        django_get_or_create = ("email",)

    email = factory.Sequence(lambda n: f"medlem{n}@example.dk")
    first_name = "Mette"
    last_name = "Medlem"
    password = factory.django.Password(None)


class ProviderMemberFactory(DjangoModelFactory):
    """A membership, by default as signatory."""

    class Meta:
        model = ProviderMember

    provider = factory.SubFactory(ProviderFactory)
    user = factory.SubFactory(MemberUserFactory)
    role = MemberRole.SIGNATORY
    since = date(2025, 1, 1)


class PaperSignatureFactory(DjangoModelFactory):
    """Registered, and awaiting a colleague's answer; without its scan."""

    class Meta:
        model = PaperSignature

    provider = factory.SubFactory(ProviderFactory)
    version = factory.SubFactory(CharterVersionFactory)
    period_first_day = date(2026, 1, 1)
    period_last_day = date(2026, 12, 31)
    signer_name = "Mette Medlem"
    signer_role = "Formand"
    authority = "Tegner foreningen"
    signed_on = date(2026, 1, 5)
    scan_sha256 = "0" * 64
    registered_at = factory.LazyFunction(timezone.now)


class AgreementFactory(DjangoModelFactory):
    class Meta:
        model = Agreement

    provider = factory.SubFactory(ProviderFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    title = "Samarbejdsaftale"
    first_day = date(2026, 1, 1)


class ProviderInvitationFactory(DjangoModelFactory):
    """An invitation to apply whose link works; `used=True`, `revoked=True`, `expired=True`."""

    class Meta:
        model = ProviderInvitation

    class Params:
        used = factory.Trait(used_at=factory.LazyFunction(timezone.now))
        revoked = factory.Trait(revoked_at=factory.LazyFunction(timezone.now))
        expired = factory.Trait(expires_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)))

    organisation = "Foreningen Ny"
    email = factory.Sequence(lambda n: f"ny{n}@forening.example.dk")
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))
    delete_after = date(2040, 1, 1)


class ProviderApplicationFactory(DjangoModelFactory):
    """A proven application that awaits an answer; `unproven=True`, `declined=True`."""

    class Meta:
        model = ProviderApplication

    class Params:
        unproven = factory.Trait(state=ApplicationState.UNPROVEN, proven_at=None)
        declined = factory.Trait(state=ApplicationState.DECLINED, reason="Det passer ikke.")

    state = ApplicationState.WAITING
    reference = factory.Sequence(lambda n: f"UD-TEST-{n:05}")
    name = factory.Sequence(lambda n: f"Foreningen Ansøger {n}")
    kind = ProviderKind.CIVIL_SOCIETY
    contact_name = "Anna Ansøger"
    contact_email = factory.Sequence(lambda n: f"anna{n}@forening.example.dk")
    contact_phone = "12345678"
    presentation = "Vi vil gerne holde workshops."
    submission_key = factory.LazyFunction(uuid4)
    created_at = factory.LazyFunction(timezone.now)
    proven_at = factory.LazyFunction(timezone.now)
    delete_after = date(2040, 1, 1)


class MemberInvitationFactory(DjangoModelFactory):
    """A sent invitation as facilitator; `proposed=True` awaits a confirmation as signatory."""

    class Meta:
        model = MemberInvitation

    class Params:
        proposed = factory.Trait(state=InvitationState.PROPOSED, role=MemberRole.SIGNATORY)

    provider = factory.SubFactory(ProviderFactory)
    email = factory.Sequence(lambda n: f"inviteret{n}@example.dk")
    role = MemberRole.FACILITATOR
    state = InvitationState.SENT
    invited_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))
    delete_after = date(2040, 1, 1)


class VettingCaseFactory(DjangoModelFactory):
    """An open case about a provider that is being vetted."""

    class Meta:
        model = VettingCase

    provider = factory.SubFactory(ProviderFactory, state=ProviderState.VETTING)
    opened_at = LONG_AGO


class VettingEntryFactory(DjangoModelFactory):
    """A question in a case."""

    class Meta:
        model = VettingEntry

    case = factory.SubFactory(VettingCaseFactory)
    kind = EntryKind.QUESTION
    text = "Hvem er jeres bestyrelse?"
    at = LONG_AGO
