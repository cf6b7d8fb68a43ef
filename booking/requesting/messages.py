"""Which mails a request brings, and to whom: queued in the transaction of the change, once (rule 5)."""

from datetime import datetime

from booking.enums import RequestKind, RequestState
from booking.models import DateNotice, DateRequest
from charter.contacts import provider_addresses
from core.cms.frame import current_frame
from core.outbox.operations import queue_message

_MAIL_OF_STATE = {
    RequestState.UNPROVEN: "request_confirm_address",
    RequestState.SENT: "request_received",
    RequestState.ANSWERED: "request_answered",
    RequestState.DECLINED: "request_declined",
    RequestState.EXPIRED: "request_expired",
}


def tell_asker(request: DateRequest, *, now: datetime) -> None:
    """Queue what the request's present state tells the one who asked; each answer once."""
    state = RequestState(request.state)
    if not request.contact_email or state not in _MAIL_OF_STATE:
        return
    name = _MAIL_OF_STATE[state]
    if request.kind == RequestKind.URGENT and state == RequestState.SENT:
        name = "request_urgent_received"
    _queue(name, request, to=request.contact_email, language=request.language, now=now)


def remind_asker(request: DateRequest, *, now: datetime) -> None:
    """Queue the reminder that proposed times await an answer; once for each answer."""
    if request.contact_email:
        _queue("request_reminder", request, to=request.contact_email, language=request.language, now=now)


def tell_answerer(request: DateRequest, *, now: datetime) -> None:
    """Queue that a request awaits an answer: to the provider; an urgent one to the team (V5)."""
    if request.kind == RequestKind.URGENT:
        _queue("request_urgent", request, to=current_frame("da").email, language="da", now=now)
    elif request.offer:
        for address, language in provider_addresses(request.offer.provider):
            _queue("request_new", request, to=address, language=language, now=now)


def tell_answerer_it_ended(request: DateRequest, *, now: datetime) -> None:
    """Queue that a request needs no answer any more."""
    if request.offer and request.kind != RequestKind.URGENT:
        for address, language in provider_addresses(request.offer.provider):
            _queue("request_withdrawn", request, to=address, language=language, now=now)


def tell_notice(notice: DateNotice, *, mail_type: str, key: str, now: datetime) -> None:
    """Queue a mail of a notice."""
    queue_message(
        mail_type=mail_type,
        to=notice.email,
        ids={"notice": notice.pk, "offer": notice.offer_id},
        language=notice.language,
        key=key,
        about=f"notice:{notice.pk}",
        now=now,
    )


def _queue(mail_type: str, request: DateRequest, *, to: str, language: str, now: datetime) -> None:
    turn = request.answered_at if request.state == RequestState.ANSWERED else request.awaits_since
    queue_message(
        mail_type=mail_type,
        to=to,
        ids={"request": request.pk, "to": to},
        language=language,
        key=f"{mail_type}:{request.pk}:{to}:{turn:%Y%m%dT%H%M%S%f}"
        if turn
        else f"{mail_type}:{request.pk}:{to}",
        about=f"request:{request.pk}",
        now=now,
    )
