"""One row at least under each retention rule, as the product makes them: for the retention drill (rule 10)."""

import uuid
from datetime import date, datetime, timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from wagtail.admin.models import FormState

from booking.enums import BookingState, FeedKind
from booking.evaluation.links import address_hash
from booking.models import Booking, DoorTick, EvaluationOptOut, SessionMessage
from booking.operations import FeedOwner, make_feed, offer_handover
from booking.operations.noticing import ask_for_notice
from charter.enums import PaperState
from charter.models import AuthorityCheck, SigningAttempt
from core.accounts.models import User
from core.accounts.operations import account_for_code
from core.audit.log import LINK, Actor, record
from core.limits.limits import hit
from core.outbox.models import MailTextTrial
from core.privacy.operations import ask_for_own_data
from portal.digest.models import DigestChoice
from tests.factories.accounts import UserFactory
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_contact, book, hold, known_school
from tests.factories.charter import (
    AgreementFactory,
    MemberInvitationFactory,
    PaperSignatureFactory,
    ProviderApplicationFactory,
    ProviderFactory,
    ProviderInvitationFactory,
    ProviderMemberFactory,
    SignatureFactory,
    VettingEntryFactory,
)
from tests.factories.evaluation import answer, code_of, held_visit, teacher_answers
from tests.factories.requests import ask
from tests.factories.worklist import WorkItemFactory
from tests.factories.workshop_pages import offer_page
from tests.factories.workshops import OfferFactory, ScheduleFactory, SessionFactory
from workshops.models import OfferDraft


def everything_about(email: str, *, now: datetime) -> User:
    """Make every kind of thing that a teacher or participant leaves behind, and return their account.

    Sessions lie 40 days ahead, but one is over and reported.
    """
    contact = a_contact(email, phone="20 30 40 50", name="Ulla Udenfor", room="12", entrance="Porten")
    school = known_school(domain=email.rpartition("@")[2])
    soon = now.date() + timedelta(days=300)
    ahead = book(SessionFactory(in_days=40), contact=contact, school=school)
    offer_handover(
        booking_id=ahead.pk, name="Karin Kollega", email="karin@skole.example", actor=LINK, now=now
    )
    book(SessionFactory(evening=True, in_days=40), seats=2, contact=contact)
    past = SessionFactory(in_days=30)
    book(past, contact=contact, school=school)
    report(set_back(past), classes=(20,), note="En god dag")
    evening = SessionFactory(evening=True, in_days=30)
    book(evening, seats=3, contact=contact)
    report(set_back(evening), people=3)
    DoorTick.objects.create(session=evening, people=2, client_id=uuid.uuid4(), made_at=now)
    hold(SessionFactory(in_days=50), contact=contact)
    ask(contact=contact)
    ask(contact=contact, is_proven=False)
    ask_for_notice(offer_id=OfferFactory().pk, email=email, language="da", now=now)
    make_feed(owner=FeedOwner(FeedKind.TEACHER, email=email), language="da", actor=LINK, now=now)
    ProviderApplicationFactory(contact_email=email, delete_after=soon)
    ProviderApplicationFactory(contact_email=email, unproven=True)
    ProviderInvitationFactory(email=email, contact_name="Ulla Udenfor", delete_after=soon)
    MemberInvitationFactory(email=email, delete_after=soon)
    ProviderFactory(ended=True, state_since=now, contact_email=email, contact_name="Ulla Udenfor")
    user = account_for_code(email=email, language="da", now=now)
    assert user is not None
    user.is_provisional, user.last_login, user.first_name = False, now, "Ulla"
    user.save()
    DigestChoice.objects.create(user=user, cadence="daily")
    record("booking_sent", "booking:1", actor=Actor.of(user), now=now)
    browser = SessionStore()
    browser["proven_addresses"] = [email]
    browser[SESSION_KEY] = str(user.pk)
    browser.create()
    hit("sign_up_email", email, now=now)
    ask_for_own_data(email=email, language="da", now=now)
    return user


def everything_of_the_office(*, now: datetime) -> None:
    """Make what hangs on providers, signatures, pages and staff."""
    staff = UserFactory(roles=["Sagsbehandler"])
    evidence = SignatureFactory().evidence
    evidence.delete_after = evidence.network_delete_after = now.date() + timedelta(days=400)
    evidence.ip_address, evidence.user_agent = "192.0.2.7", "Firefox"
    evidence.document.save("receipt.pdf", ContentFile(b"%PDF"), save=False)
    evidence.save()
    signature = evidence.signature
    AuthorityCheck.objects.create(
        signature=signature, outcome="doubtful", note="Ring til Signe", checked_by=staff, checked_at=now
    )
    PaperSignatureFactory(signature=signature, state=PaperState.APPROVED, decided_at=now)
    PaperSignatureFactory(state=PaperState.DECLINED, decided_at=now)
    SigningAttempt.objects.create(
        provider=signature.provider,
        user=staff,
        version=signature.version,
        period_first_day=now.date(),
        period_last_day=now.date(),
        text_sha256="0" * 64,
        signer_name="Signe",
        signer_role="Formand",
        authority="Ja",
        started_at=now,
    )
    agreement = AgreementFactory(last_day=now.date())
    agreement.document.save("aftale.pdf", ContentFile(b"%PDF"))
    VettingEntryFactory(delete_after=now.date() + timedelta(days=300))
    ProviderMemberFactory(provider=ProviderFactory(ended=True, state_since=now))
    ProviderApplicationFactory(declined=True, delete_after=now.date() + timedelta(days=180))
    WorkItemFactory(closed=True, closed_by=staff)
    MailTextTrial.objects.create(
        mail_type="booking_receipt", language="da", subject="S", body="B", why="W", author=staff, made_at=now
    )
    FormState.objects.create(
        data="contact_email=a%40b.example",
        user=staff,
        content_type=ContentType.objects.get_for_model(Booking),
        object_id="",
        parent_object_id="",
        last_updated_at=now,
    )
    page = offer_page(OfferFactory(), contact_name="Kaj Kontakt", contact_email="kaj@udbyder.example")
    page.save_revision()
    page.save_revision().publish()
    OfferDraft.objects.create(
        provider=page.offer.provider,
        key=uuid.uuid4(),
        values={"title": "Kladde", "contact_email": "kaj@udbyder.example"},
        author=staff,
        created_at=now,
        changed_at=now,
    )
    SessionFactory(in_days=30, facilitator="Frida Formidler")
    ScheduleFactory(facilitator="Frida Formidler", first_date=date(2026, 1, 1), last_date=date(2026, 2, 1))
    visit = held_visit()
    code = code_of(visit)
    answer(code, times=2)
    teacher_answers(visit, text="Det gik godt")
    EvaluationOptOut.objects.create(address_hash=address_hash("nej@tak.example"), since=now.date())
    SessionMessage.objects.create(
        session=visit, key=uuid.uuid4(), text="Husk madpakke", recipients=1, sent_at=now, sent_by=staff
    )
    account_for_code(email="aldrig@brugt.example", language="da", now=now)
    UserFactory(email="sjaelden@gaest.example", date_joined=now, last_login=now)


def expire_forms() -> None:
    """Let forms that were never sent run out."""
    from booking.operations import expire_overdue

    held = Booking.objects.filter(submitted_at=None, state=BookingState.HELD).order_by("held_until").last()
    if held is not None:
        expire_overdue(held.held_until + timedelta(minutes=1))
