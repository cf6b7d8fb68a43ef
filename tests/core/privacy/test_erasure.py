"""Erasing a person: what goes, what stays and why, and that the address is nowhere afterwards (D3, the drill)."""

import base64
import io
import json
import logging
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session as LogIn
from django.core import mail
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from booking.enums import BookingState
from booking.models import Booking
from charter.models import SignatureEvidence
from core.accounts.models import User
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.outbox.models import Message
from core.outbox.operations import send_due
from core.privacy.operations import erase_person
from core.privacy.people import Person
from core.privacy.reading import held_about
from core.privacy.registry import Asked
from tests.factories.booking import TEACHER, a_contact, book
from tests.factories.charter import ProviderFactory, ProviderMemberFactory, SignatureFactory
from tests.factories.personal_data import everything_about, everything_of_the_office
from tests.factories.workshops import SessionFactory
from tests.portal.periodic.test_retention_job import figures
from workshops.models import Session

EMAIL = "ulla@udenfor.example"
PERSON = Person(email=EMAIL)


def erase(email=EMAIL, *, by_staff=True, now=None):
    return erase_person(
        person=Person.of(email),
        actor=SYSTEM if by_staff else LINK,
        now=now or timezone.now(),
        by_staff=by_staff,
        language="da",
    )


def database_dump() -> str:
    """Every cell of every table, as text; what lies sealed in a browser session unsealed."""
    lines = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor, include_views=False):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            for values in cursor.fetchall():
                lines.append(f"{table}: " + " | ".join(readable(value) for value in values))
    lines += [f"unsealed: {json.dumps(session.get_decoded())}" for session in LogIn.objects.all()]
    return "\n".join(lines)


def readable(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def stored_files() -> bytes:
    """Every file of the product's storages, one after the other."""
    found = io.BytesIO()

    def walk(storage, folder):
        folders, files = storage.listdir(folder)
        for name in files:
            with storage.open(f"{folder}/{name}" if folder else name) as file:
                found.write(file.read())
        for name in folders:
            walk(storage, f"{folder}/{name}" if folder else name)

    for alias in ("default", "private"):
        try:
            walk(storages[alias], "")
        except FileNotFoundError:
            continue
    return found.getvalue()


def spellings(email: str) -> list[str]:
    """How an address may stand somewhere: as it is, in capitals, percent-encoded, in JSON, in base64."""
    return [
        email,
        quote(email),
        quote(email, safe=""),
        json.dumps(email)[1:-1],
        base64.b64encode(email.encode()).decode().rstrip("=")[:-1],
    ]


def places_with(email: str) -> list[str]:
    """Return the places where an address is found, in any spelling."""
    dump = database_dump()
    where = [
        line.partition(":")[0]
        for line in dump.splitlines()
        if any(spelling.lower() in line.lower() for spelling in spellings(email))
    ]
    if any(spelling.lower().encode() in stored_files().lower() for spelling in spellings(email)):
        where.append("files")
    return sorted(set(where))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("typed", [EMAIL, EMAIL.upper()], ids=["as it is", "in capitals"])
def test_after_an_erasure_the_address_is_nowhere(portal_site, typed, caplog, settings):
    """The drill: every table, file, mail row and log; the mail that tells it is deleted as soon as it is sent."""
    settings.PORTAL_IS_DEMO = True  # the hard case: here the outbox keeps texts
    now = timezone.now()
    everything_about(EMAIL, now=now)
    everything_of_the_office(now=now)
    send_due(now=now, limit=500)
    assert {"booking_booking", "outbox_message", "accounts_user", "unsealed", "booking_feed"} <= set(
        places_with(EMAIL)
    )
    before = {key: value for key, value in figures().items() if key in ("attended", "reports", "classes")}
    mail.outbox.clear()
    caplog.clear()
    caplog.set_level(logging.DEBUG)

    erase(typed)
    send_due(now=timezone.now() + timedelta(seconds=1), limit=500)

    assert places_with(EMAIL) == []
    assert "ulla udenfor" not in database_dump().lower()
    assert EMAIL not in caplog.text.lower()
    told = [message for message in mail.outbox if EMAIL in message.to]
    assert [message.subject for message in told] == ["Dine oplysninger er slettet"]
    assert {key: value for key, value in figures().items() if key in before} == before


@pytest.mark.django_db
def test_an_erasure_twice_changes_nothing_more(portal_site):
    everything_about(EMAIL, now=timezone.now())
    first = erase()
    rows, entries = database_dump(), Entry.objects.count()
    Message.objects.filter(mail_type="data_erased").delete()
    rows = database_dump()

    again = erase()

    assert first.gone > 10
    assert again.gone == 0
    assert Entry.objects.count() == entries
    assert database_dump() == rows


@pytest.mark.django_db
def test_a_booking_ahead_is_withdrawn_and_its_place_is_free():
    session = SessionFactory(in_days=40)
    booking = book(session, contact=a_contact(EMAIL))
    session.refresh_from_db()
    taken = session.groups_taken

    erase(by_staff=False)

    booking.refresh_from_db()
    session.refresh_from_db()
    assert (booking.state, booking.contact_email, taken, session.groups_taken) == (
        BookingState.WITHDRAWN,
        "",
        1,
        0,
    )


@pytest.mark.django_db
def test_after_the_deadline_the_own_link_keeps_a_booking_and_staff_erase_it():
    booking = book(SessionFactory(in_days=4), contact=a_contact())
    Session.objects.update(withdrawal_closes_at=timezone.now() - timedelta(days=1))
    held = held_about(Person(email=TEACHER), Asked(actor=LINK, now=timezone.now(), by_staff=False))
    assert any("Fristen for at melde af er gået" in each.stays for each in held)

    erase(TEACHER, by_staff=False)
    booking.refresh_from_db()
    assert (booking.state, booking.contact_email) == (BookingState.CONFIRMED, TEACHER)
    erase(TEACHER)

    booking.refresh_from_db()
    assert (booking.state, booking.contact_email) == (BookingState.WITHDRAWN, "")


@pytest.mark.django_db
def test_the_evidence_of_a_signature_stays_with_its_reason_and_the_account_while_a_role_is_used():
    SignatureFactory()  # and that of the provider whose session is booked below
    member = ProviderMemberFactory(provider=ProviderFactory(), user__email="signe@example.dk")
    book(SessionFactory(evening=True, in_days=40), contact=a_contact("signe@example.dk"))

    erase("signe@example.dk")

    entry = Entry.objects.get(action="person.erased")
    assert set(entry.data["erased"]) == {"sign_up_contacts", "messages"}
    assert entry.data["kept"] == {"signature_evidence": 2, "ended_providers": 1, "dormant_accounts": 1}
    assert SignatureEvidence.objects.first().signer_email == "signe@example.dk"
    assert User.objects.get(pk=member.user_id).email == "signe@example.dk"
    assert not Booking.objects.exclude(contact_email="").exists()


@pytest.mark.django_db
def test_an_account_becomes_a_number_and_its_acts_stay_its_own():
    user = everything_about(EMAIL, now=timezone.now())

    erase()

    user.refresh_from_db()
    assert str(user) == f"Slettet bruger {user.pk}"
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert Entry.objects.filter(actor=user).count() == 1
    entry = Entry.objects.get(action="person.erased")
    assert EMAIL not in json.dumps(entry.data)
    assert entry.data["erased"]["booking_contacts"] == 2


@pytest.mark.django_db
def test_a_number_erases_only_what_has_no_address():
    """A phone may be a school office's: with an address, the address erases."""
    book(SessionFactory(in_days=40), contact=a_contact("en@skole.example", phone="20 30 40 50"))
    alone = book(
        SessionFactory(evening=True, in_days=40), contact=a_contact("to@post.example", phone="+45 20304050")
    )
    Booking.objects.filter(pk=alone.pk).update(contact_email="")

    done = erase("20304050")

    alone.refresh_from_db()
    assert alone.contact_phone == ""
    assert done.gone == 1
    assert Booking.objects.filter(contact_email="en@skole.example", contact_phone="20 30 40 50").exists()


@pytest.mark.django_db
def test_nobody_else_is_touched():
    mine, others = (
        book(SessionFactory(in_days=40), contact=a_contact(email)) for email in (EMAIL, f"x{EMAIL}")
    )

    erase()

    mine.refresh_from_db()
    others.refresh_from_db()
    assert (mine.contact_email, others.contact_email) == ("", f"x{EMAIL}")
    assert Message.objects.filter(to_email=f"x{EMAIL}").exists()


def test_the_drill_knows_every_way_an_address_is_written():
    assert "ulla%40udenfor.example" in spellings(EMAIL)
    assert apps.get_model("outbox.Message") is Message
    assert settings.SESSION_ENGINE.endswith(".db")
