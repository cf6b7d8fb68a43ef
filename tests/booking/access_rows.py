"""Who may open the booking pages: by form, by personal link, by log-in, in the administration, as a provider."""

from django.utils import timezone

from booking.enums import FeedKind
from booking.links import confirm_path, feed_url, handover_path, manage_token
from booking.models import Booking, DateNotice, DateRequest
from booking.operations import FeedOwner, make_feed, offer_handover, withdraw_booking
from booking.operations.noticing import ask_for_notice
from booking.requesting import links as request_links
from core.audit.log import LINK, SYSTEM
from tests.access.rows import LOGIN, forged, row
from tests.factories.booking import a_contact, book, known_school, queue_up
from tests.factories.requests import answer, ask, ask_urgently
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Approval


def own_session(world, **more):
    """A session of the provider of the world."""
    return SessionFactory(offer=OfferFactory(provider=world.provider, **more))


def own_booking(world, **more) -> Booking:
    """The teacher's booking with that provider."""
    return book(own_session(world), contact=a_contact(world.email), **more)


def session(world):
    return {"session_id": own_session(world).pk}


def link(world):
    """The personal link of the teacher's booking: whoever holds it acts for the teacher."""
    return {"token": manage_token(own_booking(world))}


def confirmation(world):
    """The link in the mail that asks to confirm the address."""
    return {"token": confirm_path(own_booking(world, is_proven=False)).rstrip("/").rpartition("/")[2]}


def handover_link(world):
    """The link in the mail to the one who is to take the booking over."""
    booking = own_booking(world)
    offer_handover(
        booking_id=booking.pk, name="Karin", email="karin@skole.example", actor=LINK, now=timezone.now()
    )
    booking.refresh_from_db()
    return {"token": handover_path(booking).rstrip("/").rpartition("/")[2]}


def renewed_link(world):
    """A personal link that a newer one has replaced."""
    booking = own_booking(world)
    token = manage_token(booking)
    Booking.objects.filter(pk=booking.pk).update(link_generation=2)
    return {"token": token}


def forged_link(world):
    """Somebody counts on from the number of their own booking."""
    token = manage_token(own_booking(world))
    return {"token": forged(token)}


def offered_link(world):
    """The personal link of somebody who has been offered a place from the waiting list."""
    full = SessionFactory(offer=OfferFactory(provider=world.provider, evening=True, max_people=1))
    first = book(full, contact=a_contact("first@example.dk"))
    waits = queue_up(full, contact=a_contact(world.email))
    withdraw_booking(booking_id=first.pk, reason="date", actor=LINK, now=timezone.now())
    return {"token": manage_token(waits)}


def one(world):
    return {"pk": own_booking(world).pk}


def action(name):
    return lambda world: {**one(world), "action": name}


def offer(world):
    return {"offer_id": own_session(world).offer_id}


def to_decide(world):
    """A booking that the provider's coordinator may decide."""
    session = own_session(world, approval=Approval.PROVIDER)
    # Where the domain is not known, the administration decides.
    school = known_school(domain=world.email.partition("@")[2])
    booking = book(session, school=school, contact=a_contact(world.email))
    return {"session_id": booking.booked_sessions.get().session_id, "booking_id": booking.pk}


def not_the_providers_to_decide(world):
    """A booking that the administration decides."""
    booking = book(own_session(world, approval=Approval.ADMINISTRATION), contact=a_contact(world.email))
    return {"session_id": booking.booked_sessions.get().session_id, "booking_id": booking.pk}


def own_feed(world):
    """The secret address of the teacher's calendar: whoever holds it reads."""
    owner = FeedOwner(FeedKind.TEACHER, email=world.email)
    feed = make_feed(owner=owner, language="da", actor=SYSTEM, now=world.now)
    return {"token": feed_url(feed).rpartition("/")[2].removesuffix(".ics")}


def providers_slug(world):
    return {"slug": world.provider.slug}


def an_offer(world):
    return {"offer_id": OfferFactory(provider=world.provider).pk}


def asked(world, **more):
    """The teacher's request for a date of that provider."""
    offer = OfferFactory(provider=world.provider)
    return ask(offer, contact=a_contact(world.email), **more)


def request_link(world):
    """The personal link of the teacher's request: whoever holds it acts for the teacher."""
    return {"token": request_links.manage_token(answer(asked(world)))}


def request_confirmation(world):
    return {"token": token_in(request_links.confirm_path(asked(world, is_proven=False)))}


def request_receipt(world):
    return {"token": token_in(request_links.sent_path(asked(world, is_proven=False)))}


def forged_request_link(world):
    token = request_link(world)["token"]
    return {"token": forged(token)}


def renewed_request_link(world):
    """A personal link that a newer one has replaced."""
    request = asked(world)
    token = request_links.manage_token(request)
    DateRequest.objects.filter(pk=request.pk).update(link_generation=2)
    return {"token": token}


def token_in(path):
    return path.rstrip("/").rpartition("/")[2]


def notice_link(world):
    offer = OfferFactory(provider=world.provider)
    ask_for_notice(offer_id=offer.pk, email=world.email, language="da", now=world.now)
    return {"token": token_in(request_links.notice_path(DateNotice.objects.latest("pk")))}


def provider_asked(world):
    return {"request_id": asked(world).pk}


def urgently_asked(world):
    """An urgent request is the team's to answer, whatever offer it is answered with."""
    request = ask_urgently()
    DateRequest.objects.filter(pk=request.pk).update(offer=OfferFactory(provider=world.provider))
    return {"request_id": request.pk}


def one_request(world):
    return {"pk": answer(asked(world)).pk}


PROVIDER = {"anonymous": LOGIN, "logged_in": 404}
ADMIN = {"anonymous": LOGIN, "persons": 302, "providers": 302, "editor": 302}
SEE = {**ADMIN, "caseworker": 200, "auditor": 200, "administration": 200}
CHANGE = {**ADMIN, "caseworker": 200, "auditor": 302, "administration": 200}


def provider_slug(world):
    return {"slug": world.provider.slug}


OWN_DATES = {**PROVIDER, "provider_member_own": 200}
WRONG = {"provider_member_own": 422}
"""A post without answers shows the form again: nothing is changed."""

ROWS = [
    row("booking_form", session, everyone=200),
    row("booking_form", session, method="post", everyone=422),
    row("booking_review", session, everyone=302),
    row("booking_review", session, method="post", everyone=302),
    row("booking_extend", session, everyone=405),
    row("booking_extend", session, method="post", everyone=302),
    row("booking_give_up", session, everyone=405),
    row("booking_give_up", session, method="post", everyone=302),
    row("booking_receipt", session, everyone=302),
    row("booking_confirm", confirmation, everyone=200),
    row("booking_confirm", confirmation, method="post", everyone=302),
    row("booking_confirm", link, everyone=404),
    row("booking_detail", link, everyone=200),
    row("booking_detail", confirmation, everyone=404),
    row("booking_detail", renewed_link, everyone=404),
    row("booking_detail", forged_link, everyone=404),
    row("booking_withdraw", link, everyone=200),
    row("booking_withdraw", link, method="post", data={"reason": "date"}, everyone=302),
    row("booking_withdraw", forged_link, everyone=404),
    row("booking_withdraw", forged_link, method="post", data={"reason": "date"}, everyone=404),
    row("booking_answer", link, everyone=302),
    row("booking_answer", offered_link, everyone=200),
    row("booking_answer", offered_link, method="post", data={"answer": "yes"}, everyone=302),
    row("booking_answer", forged_link, method="post", data={"answer": "yes"}, everyone=404),
    row("booking_change", link, everyone=200),
    row("booking_change", link, method="post", everyone=422),
    row("booking_change", forged_link, everyone=404),
    row("booking_change", forged_link, method="post", everyone=404),
    row("booking_change", renewed_link, method="post", everyone=404),
    row("booking_hand_over", link, everyone=200),
    row("booking_hand_over", link, method="post", everyone=422),
    row("booking_hand_over", forged_link, everyone=404),
    row("booking_hand_over", forged_link, method="post", everyone=404),
    row("booking_take_over", handover_link, everyone=200),
    row("booking_take_over", handover_link, method="post", everyone=422),
    row("booking_take_over", link, everyone=404),
    row("booking_take_over", link, method="post", everyone=404),
    row("booking_detail", handover_link, everyone=404),
    row("booking_calendar", link, everyone=200),
    row("booking_calendar", forged_link, everyone=404),
    row("booking_list", anonymous=LOGIN, logged_in=200),
    row("personal_feed", own_feed, everyone=200),
    row("personal_feed", link, everyone=404),
    row("personal_feed", forged_link, everyone=404),
    row("teacher_feed", anonymous=LOGIN, logged_in=200),
    row("teacher_feed", method="post", data={"do": "make"}, anonymous=LOGIN, logged_in=302),
    row("provider_feed", providers_slug, **PROVIDER, provider_member_own=200),
    row(
        "provider_feed",
        providers_slug,
        method="post",
        data={"do": "make"},
        **PROVIDER,
        provider_member_own=302,
    ),
    row("fairness_report", **SEE),
    row("team_feed", **SEE),
    row(
        "team_feed",
        method="post",
        data={"do": "make"},
        **ADMIN,
        caseworker=302,
        auditor=302,
        administration=302,
    ),
    row("booking_admin_detail", one, **SEE),
    row("booking_admin_receipt", one, **SEE),
    row("booking_admin_action", action("cancel"), **CHANGE),
    row(
        "booking_admin_action",
        action("cancel"),
        method="post",
        data={},
        **{**CHANGE, "caseworker": 422, "administration": 422},
    ),
    row(
        "booking_admin_action",
        action("resend"),
        method="post",
        **{**CHANGE, "caseworker": 302, "administration": 302},
    ),
    row("booking_admin_hand_over", one, **CHANGE),
    row(
        "booking_admin_hand_over",
        one,
        method="post",
        **{**CHANGE, "caseworker": 422, "administration": 422},
    ),
    row("booking_admin_change", one, **CHANGE),
    row(
        "booking_admin_change",
        one,
        method="post",
        **{**CHANGE, "caseworker": 422, "administration": 422},
    ),
    row("session_admin_invitation", session, anonymous=LOGIN, logged_in=405, persons=302, providers=302),
    row(
        "session_admin_invitation",
        session,
        method="post",
        **{**CHANGE, "caseworker": 302, "administration": 302},
    ),
    row("booking_admin_caller", **CHANGE),
    row("booking_admin_caller_dates", offer, **CHANGE),
    row("booking_admin_caller_form", session, **CHANGE),
    row(
        "booking_admin_caller_form",
        session,
        method="post",
        **{**CHANGE, "caseworker": 422, "administration": 422},
    ),
    row("request_form", an_offer, everyone=200),
    row("request_form", an_offer, method="post", everyone=422),
    row("request_sent", request_receipt, everyone=200),
    row("request_sent", request_link, everyone=404),
    row("urgent_form", everyone=200),
    row("urgent_form", method="post", everyone=422),
    row("request_confirm", request_confirmation, everyone=200),
    row("request_confirm", request_confirmation, method="post", everyone=302),
    row("request_confirm", request_link, everyone=404),
    row("request_detail", request_link, everyone=200),
    row("request_detail", forged_request_link, everyone=404),
    row("request_detail", renewed_request_link, everyone=404),
    row("request_detail", request_receipt, everyone=404),
    row("request_accept", request_link, everyone=405),
    row("request_accept", request_link, method="post", everyone=422),
    row("request_accept", forged_request_link, method="post", everyone=404),
    row("request_none_fits", request_link, everyone=200),
    row("request_none_fits", request_link, method="post", everyone=422),
    row("request_none_fits", forged_request_link, method="post", everyone=404),
    row("request_withdraw", request_link, everyone=200),
    row("request_withdraw", request_link, method="post", everyone=302),
    row("request_withdraw", forged_request_link, method="post", everyone=404),
    row("notice_form", an_offer, everyone=200),
    row("notice_form", an_offer, method="post", everyone=422),
    row("notice_sent", an_offer, everyone=200),
    row("notice_manage", notice_link, everyone=200),
    row("notice_manage", notice_link, method="post", everyone=302),
    row("notice_manage", forged_request_link, everyone=404),
    row("provider_request", provider_asked, **PROVIDER, provider_member_own=200),
    row("provider_request", urgently_asked, **PROVIDER),
    row("provider_request", provider_asked, method="post", **PROVIDER, provider_member_own=422),
    row("provider_request_decline", provider_asked, anonymous=LOGIN, logged_in=405),
    row(
        "provider_request_decline",
        provider_asked,
        method="post",
        data={"reason": "request_capacity"},
        **PROVIDER,
        provider_member_own=302,
    ),
    row("request_admin_detail", one_request, **SEE),
    *(
        row(f"request_admin_{name}", one_request, **CHANGE)
        for name in ("answer", "agree", "decline", "withdraw")
    ),
    row(
        "request_admin_answer",
        one_request,
        method="post",
        **{**CHANGE, "caseworker": 422, "administration": 422},
    ),
    row(
        "request_admin_decline",
        one_request,
        method="post",
        **{**CHANGE, "caseworker": 422, "administration": 422},
    ),
    *(
        row(
            f"request_admin_{name}",
            one_request,
            method="post",
            **{**CHANGE, "caseworker": 302, "administration": 302},
        )
        for name in ("agree", "withdraw")
    ),
    row("booking_move", link, everyone=200),
    row("booking_move", link, method="post", everyone=422),
    row("booking_move", forged_link, everyone=404),
    row("booking_move", forged_link, method="post", everyone=404),
    row("booking_admin_move", one, **CHANGE),
    row(
        "booking_admin_move",
        one,
        method="post",
        **{**CHANGE, "caseworker": 422, "administration": 422},
    ),
    *(
        line
        for name in ("move", "cancel", "limits")
        for line in (
            row(f"session_admin_{name}", session, **CHANGE),
            row(
                f"session_admin_{name}",
                session,
                method="post",
                **{**CHANGE, "caseworker": 422, "administration": 422},
            ),
            row(f"provider_session_{name}", session, **OWN_DATES),
            row(f"provider_session_{name}", session, method="post", **{**OWN_DATES, **WRONG}),
        )
    ),
    row("provider_dates", provider_slug, **OWN_DATES),
    row("provider_session_message", session, **OWN_DATES),
    row("provider_session_message", session, method="post", **{**OWN_DATES, **WRONG}),
    row("session_admin_message", session, **CHANGE),
    row(
        "session_admin_message",
        session,
        method="post",
        **{**CHANGE, "caseworker": 422, "administration": 422},
    ),
    row("provider_session", session, **PROVIDER, provider_member_own=200),
    row("provider_approve", to_decide, anonymous=LOGIN, logged_in=405),
    row("provider_approve", to_decide, method="post", **PROVIDER, provider_member_own=302),
    row("provider_approve", not_the_providers_to_decide, method="post", **PROVIDER),
    row("provider_decline", to_decide, anonymous=LOGIN, logged_in=405),
    row(
        "provider_decline",
        to_decide,
        method="post",
        data={"reason": "capacity"},
        **PROVIDER,
        provider_member_own=302,
    ),
    row("provider_decline", not_the_providers_to_decide, method="post", **PROVIDER),
]
