"""Hearing when an offer gets dates: confirmed by mail, told once, then forgotten (S25)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import DateNotice
from booking.operations.noticing import ask_for_notice, confirm_notice, delete_old_notices, tell_of_dates
from booking.requesting import links
from booking.templatetags.booking_tags import request_links
from core.outbox.models import Message
from core.outbox.operations import send_due
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import SessionAccess

pytestmark = pytest.mark.django_db
EMAIL = "lea@skole.example"


@pytest.fixture(autouse=True)
def _site(portal_site):
    return portal_site


def notice(offer=None, *, is_proven=True, email=EMAIL):
    now = timezone.now()
    offer = offer or OfferFactory()
    ask_for_notice(offer_id=offer.pk, email=email, language="da", now=now)
    found = DateNotice.objects.get(offer=offer, email=email)
    if is_proven:
        confirm_notice(notice_id=found.pk, now=now)
    return found


def told():
    return Message.objects.filter(mail_type="notice_dates_open").count()


def test_an_address_is_left_confirmed_and_stopped_by_link(client, mailoutbox):
    offer = OfferFactory()
    sent = client.post(f"/besked/{offer.pk}/", {"email": EMAIL})
    assert "Kig i din indbakke" in client.get(sent.url).content.decode()
    send_due(now=timezone.now())
    found = DateNotice.objects.get()
    path = links.notice_path(found)
    assert path in mailoutbox[0].body

    client.get(path)
    found.refresh_from_db()
    assert found.proven_at is None, "opening the link changes nothing (rule 15)"
    client.post(path, {"confirm": "1"})
    found.refresh_from_db()
    assert found.proven_at
    assert "Nej tak, slet min adresse" in client.get(path).content.decode()
    client.post(path, {"stop": "1"})

    assert not DateNotice.objects.exists()
    assert "Du står ikke på listen" in client.get(path).content.decode()


def test_an_address_that_is_none_is_refused(client):
    response = client.post(f"/besked/{OfferFactory().pk}/", {"email": "lea"})

    assert response.status_code == 422
    assert "navn@eksempel.dk" in response.content.decode() or "Indtast en e-mail" in response.content.decode()


def test_asking_twice_is_one_row_and_the_same_answer(client):
    offer = OfferFactory()
    first, second = (
        client.post(f"/besked/{offer.pk}/", {"email": email}) for email in (EMAIL, EMAIL.upper())
    )

    assert first.url == second.url
    assert DateNotice.objects.count() == 1
    assert Message.objects.filter(mail_type="notice_confirm").count() == 1, "at most one an hour"


def test_nobody_is_told_before_there_is_a_date_that_can_be_booked():
    offer = OfferFactory()
    notice(offer)
    SessionFactory(offer=offer, full=True)
    SessionFactory(offer=offer, draft=True)
    SessionFactory(offer=offer, access=SessionAccess.INVITATION)
    SessionFactory(offer=OfferFactory())

    assert tell_of_dates(timezone.now()) == 0
    assert (told(), DateNotice.objects.count()) == (0, 1)


def test_each_is_told_once_and_forgotten_however_often_the_job_runs(mailoutbox):
    offer = OfferFactory(title="Mellem linjerne")
    notice(offer)
    notice(offer, email="bo@skole.example")
    notice(offer, email="ubekraeftet@skole.example", is_proven=False)
    session = SessionFactory(offer=offer)

    assert [tell_of_dates(timezone.now()) for _ in range(3)] == [2, 0, 0]

    assert told() == 2
    assert [row.email for row in DateNotice.objects.all()] == ["ubekraeftet@skole.example"]
    send_due(now=timezone.now())
    bodies = [mail.body for mail in mailoutbox if "Nu er der datoer" in mail.subject]
    assert len(bodies) == 2
    assert f"{session.local_date.year}" in bodies[0]


def test_who_asks_again_later_is_told_again():
    offer = OfferFactory()
    SessionFactory(offer=offer)
    for _ in range(2):
        notice(offer)
        tell_of_dates(timezone.now())

    assert told() == 2


def test_unconfirmed_addresses_go_after_a_day_and_the_others_after_a_year():
    notice(is_proven=False)
    notice(email="bo@skole.example")
    now = timezone.now()

    assert delete_old_notices(now + timedelta(days=1)) == 0
    assert delete_old_notices(now + timedelta(days=2)) == 1
    assert delete_old_notices(now + timedelta(days=365)) == 0
    assert delete_old_notices(now + timedelta(days=366)) == 1


def test_the_offers_page_shows_the_way_only_without_free_dates():
    offer = OfferFactory()

    without, with_dates = (request_links(offer, has_free_dates=has) for has in (False, True))

    assert without == {"request_url": f"/spoerg/{offer.pk}/", "notice_url": f"/besked/{offer.pk}/"}
    assert with_dates == {"request_url": f"/spoerg/{offer.pk}/", "notice_url": ""}
