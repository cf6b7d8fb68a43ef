"""Text messages about a booking: by consent, beside the mail, only what cannot wait (N6, ADR 15)."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from booking.enums import CancelReason
from booking.links import manage_path, manage_token
from booking.models import Booking
from booking.operations import cancel_booking, move_booking, offer_handover
from booking.operations.anonymising import empty_contacts
from booking.operations.handing_over import accept_handover
from booking.personal_data import _of_contact
from booking.reminders import queue_reminders
from booking.rules import by_day_from
from booking.texting import _cancelled, _moved, _reminder
from core.audit.log import LINK, SYSTEM
from core.outbox.models import Message
from core.outbox.operations import close_undelivered, send_due
from core.outbox.sms import segments
from core.outbox.texts import text_for
from core.privacy.people import Person
from tests.booking.test_changing_sessions import cancel, move
from tests.booking.test_flow import seats
from tests.factories.booking import a_contact, book
from tests.factories.workshops import SessionFactory, VenueFactory
from workshops.calendars import LOCAL_ZONE
from workshops.models import Session

pytestmark = pytest.mark.django_db
NUMBER = "+4522345678"


@pytest.fixture
def on(settings):
    settings.PORTAL_SMS_ADAPTER = "core.outbox.sms.MailboxGateway"


def texts() -> list[Message]:
    return list(Message.objects.exclude(to_phone="").order_by("pk"))


def names() -> list[str]:
    return [message.mail_type for message in texts()]


def booked(session=None, **contact) -> Booking:
    contact = {"sms_phone": NUMBER, **contact}
    return book(session or SessionFactory(), contact=a_contact(**contact))


def test_nothing_is_asked_or_shown_while_there_is_no_gateway(client, portal_site):
    session = SessionFactory(evening=True)
    booking = booked(session)

    pages = [
        client.get(f"/book/{session.pk}/"),
        client.get(manage_path(booking)),
        client.get(reverse("booking_change", args=[manage_token(booking)])),
    ]

    assert not any("sms" in page.content.decode().lower() for page in pages)


def test_number_is_kept_only_with_the_tick(client, on, portal_site):
    session = SessionFactory(evening=True)
    path = f"/book/{session.pk}/"

    assert "Send mig også en sms: dagen før" in client.get(path).content.decode()
    missing = client.post(path, seats(wants_sms="on", sms_phone="22 34"))
    assert missing.status_code == 422
    assert "Indtast et dansk mobilnummer" in missing.content.decode()
    client.post(path, seats(sms_phone="22 34 56 78"))
    assert Booking.objects.get().sms_phone == ""
    client.post(path, seats(wants_sms="on", sms_phone="22 34 56 78"))
    assert Booking.objects.latest("pk").sms_phone == NUMBER
    assert "22 34 56 78" in client.get(f"{path}tjek/").content.decode()


def test_yes_is_taken_back_by_changing_the_booking(client, on, portal_site):
    booking = booked(SessionFactory(evening=True))
    path = reverse("booking_change", args=[manage_token(booking)])
    page = client.get(path).content.decode()
    assert "checked" in page

    answers = {"seen": booking.changes, "seats": "1", "contact_name": "Lea Lærer", "sms_phone": "22 34 56 78"}
    client.post(path, answers)

    booking.refresh_from_db()
    assert booking.sms_phone == ""


def test_change_while_there_is_no_gateway_leaves_the_yes_alone(client, portal_site):
    booking = booked(SessionFactory(evening=True))
    path = reverse("booking_change", args=[manage_token(booking)])

    client.post(path, {"seen": booking.changes, "seats": "2", "contact_name": "Lea Lærer"})

    booking.refresh_from_db()
    assert booking.sms_phone == NUMBER
    assert sum(item.people for item in booking.booked_sessions.all()) == 2


def the_day_before(session: Session) -> datetime:
    """An afternoon, when the reminder of the day before is due."""
    day = session.local_date - timedelta(days=1)
    return datetime.combine(day, time(15), tzinfo=LOCAL_ZONE)


def test_reminder_goes_the_day_before_once_and_to_those_who_said_yes(on):
    session = SessionFactory(evening=True)
    booking = booked(session)
    booked(session, email="nej@post.example", sms_phone="")

    for _twice in range(2):
        queue_reminders(the_day_before(session))

    (message,) = texts()
    assert (message.to_phone, message.to_email) == (NUMBER, booking.contact_email)
    assert message.about == f"booking:{booking.pk}"
    content = _reminder(message.ids, "da", the_day_before(session))
    assert str(session.local_date.year) in content.placeholders["dates"]
    assert content.placeholders["reference"] == booking.reference


def test_nobody_is_texted_a_week_before_at_night_or_without_gateway(on, settings):
    session = SessionFactory()
    booked(session)
    due = the_day_before(session)

    queue_reminders(due - timedelta(days=5))
    queue_reminders(due.replace(hour=23))
    settings.PORTAL_SMS_ADAPTER = ""
    queue_reminders(due)

    assert texts() == []


def test_reminder_says_nothing_that_is_not_true_any_more(on):
    session = SessionFactory(evening=True)
    booking = booked(session)
    now = the_day_before(session)
    queue_reminders(now)
    ids = texts()[0].ids
    assert _reminder(ids, "da", now)

    assert _reminder(ids, "da", session.starts_at) is None
    Session.objects.filter(pk=session.pk).update(starts_at=session.starts_at + timedelta(hours=1))
    assert _reminder(ids, "da", now) is None
    Session.objects.filter(pk=session.pk).update(starts_at=session.starts_at)
    Booking.objects.filter(pk=booking.pk).update(sms_phone="")
    assert _reminder(ids, "da", now) is None


def test_text_holds_no_name_no_title_and_no_link(on):
    session = SessionFactory(
        title="Rekruttering", evening=True, venue=VenueFactory(name="Huset", address="Torvet 1")
    )
    booked(session, name="Mona Madsen")
    queue_reminders(the_day_before(session))
    send_due(now=the_day_before(session))

    for language in ("da", "en"):
        content = _reminder(texts()[0].ids, language, the_day_before(session))
        said = " ".join(content.placeholders.values())
        assert "Huset, Torvet 1" in said
        assert not any(word in said for word in ("Mona", "Rekruttering", "http"))
        assert not any(name.endswith("url") for name in text_for("sms_reminder", language).placeholders)


@pytest.mark.parametrize("name", ["sms_reminder", "sms_moved", "sms_cancelled"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_shipped_text_fits_in_two_parts(name, language):
    from core.outbox.placeholders import sample_content
    from core.outbox.registry import get
    from core.outbox.rendering import render_sms

    longest = {"dates": "onsdag 30. september 2026, kl. 19.00–21.30, og 3 gange mere", "place": "P" * 60}
    kind = get(name)
    content = sample_content(kind)
    values = {key: longest.get(key, value) for key, value in content.placeholders.items()}

    text = render_sms(kind, type(content)(values), language=language).text

    assert segments(text) <= 2
    assert not text.endswith("...")


def test_session_that_is_cancelled_is_texted_beside_the_mail(on):
    session = SessionFactory(evening=True)
    booking = booked(session)
    booked(session, email="nej@post.example", sms_phone="")

    cancel(session)

    (message,) = [each for each in texts() if each.mail_type == "sms_cancelled"]
    assert Message.objects.filter(mail_type="sign_up_session_cancelled").count() == 2
    content = _cancelled(message.ids, "da", timezone.now())
    assert content.placeholders["reference"] == booking.reference


def test_session_that_is_moved_twice_is_texted_as_it_is_last(on):
    session = SessionFactory(evening=True)
    booked(session)

    move(session)
    session.refresh_from_db()
    (first,) = texts()
    assert _moved(first.ids, "da", timezone.now())
    move(session)
    session.refresh_from_db()

    first, last = texts()
    assert (first.mail_type, last.mail_type) == ("sms_moved", "sms_moved")
    assert _moved(first.ids, "da", timezone.now()) is None
    assert str(session.local_date.year) in _moved(last.ids, "da", timezone.now()).placeholders["dates"]


def test_booking_cancelled_by_staff_is_texted_and_ones_own_steps_are_not(on):
    first, second = SessionFactory(evening=True), SessionFactory(evening=True)
    other = SessionFactory(offer=first.offer, in_days=40)
    mine, theirs = booked(first), booked(second)

    move_booking(
        booking_id=mine.pk,
        booked_session_id=mine.booked_sessions.get().pk,
        to_session_id=other.pk,
        actor=LINK,
        now=timezone.now(),
    )
    assert names() == []
    cancel_booking(booking_id=theirs.pk, reason=CancelReason.OTHER, actor=SYSTEM, now=timezone.now())

    (message,) = texts()
    assert message.mail_type == "sms_cancelled"
    assert _cancelled(message.ids, "da", timezone.now())


def test_booking_moved_by_staff_is_texted(on):
    session = SessionFactory(evening=True)
    other = SessionFactory(offer=session.offer, in_days=40)
    booking = booked(session)

    move_booking(
        booking_id=booking.pk,
        booked_session_id=booking.booked_sessions.get().pk,
        to_session_id=other.pk,
        by_staff=True,
        actor=SYSTEM,
        now=timezone.now(),
    )

    assert names() == ["sms_moved"]
    assert _moved(texts()[0].ids, "da", timezone.now())


def test_far_date_is_told_of_by_day_and_a_near_one_at_once():
    at_night = datetime(2026, 11, 21, 22, 30, tzinfo=LOCAL_ZONE)

    assert by_day_from(at_night) == datetime(2026, 11, 22, 8, tzinfo=LOCAL_ZONE)
    assert by_day_from(at_night.replace(hour=3)) == datetime(2026, 11, 21, 8, tzinfo=LOCAL_ZONE)
    assert by_day_from(at_night.replace(hour=12)) == at_night.replace(hour=12)


def test_number_goes_with_the_contact_and_when_the_booking_is_handed_over(on):
    gone, handed = booked(SessionFactory(evening=True)), booked(SessionFactory(evening=True))

    empty_contacts([gone.pk], now=timezone.now())
    offer_handover(booking_id=handed.pk, name="K", email="k@post.example", actor=LINK, now=timezone.now())
    accept_handover(booking_id=handed.pk, phone_on_day="", actor=LINK, now=timezone.now())

    assert set(Booking.objects.values_list("sms_phone", flat=True)) == {""}


def test_failed_text_does_not_say_that_the_mail_address_is_wrong(on, staff_client):
    session = SessionFactory(evening=True)
    booking = booked(session)
    queue_reminders(the_day_before(session))
    Message.objects.exclude(to_phone="").update(state="failed")

    page = staff_client("Sagsbehandler").get(reverse("booking_admin_detail", args=[booking.pk]))

    assert "22 34 56 78" in page.content.decode()
    assert "tager ikke imod" not in page.content.decode()
    assert page.context["lost_addresses"] == []
    assert (
        close_undelivered(
            to=booking.contact_email, about=f"booking:{booking.pk}", actor=SYSTEM, now=timezone.now()
        )
        == 0
    )


def test_person_is_found_by_the_number_for_text_messages(on):
    booking = booked(SessionFactory(evening=True))

    assert list(Booking.objects.filter(_of_contact(Person(phone="22345678")))) == [booking]
