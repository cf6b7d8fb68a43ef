"""How the visitor stands with a date: has booked, is number 3 in the queue, has an offer until Thursday at 12.

Known from the addresses proven in this browser, the log-in, and the browser's own key; nobody sees another's (rule 12).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from booking import links, visitor, wording
from booking.enums import ACTIVE_STATES, BookingState
from booking.models import BookedSession
from core.prepared import prepared


@dataclass(frozen=True)
class Standing:
    """What a page says to its visitor about a date, and where to go on."""

    text: str
    kind: str
    url: str
    label: str


def standings(request: HttpRequest, session_ids: Collection[int], *, now: datetime) -> dict[int, Standing]:
    """Return how the visitor stands with each of some sessions; one query, none for a visitor we do not know."""
    key, emails = visitor.browser_key(request), visitor.proven_emails(request)
    if not (key or emails) or not session_ids:
        return {}
    entries = _entries(browser_key=key or None, emails=list(emails) or None, session_ids=list(session_ids))
    found: dict[int, Standing] = {}
    for entry in entries:
        if standing := _standing(entry, is_proven=entry.booking.contact_email in emails, now=now):
            found[entry.session_id] = standing
    return found


@prepared
def _entries(
    *, browser_key: str | None, emails: list[str] | None, session_ids: list[int]
) -> QuerySet[BookedSession]:
    mine = Q()
    if browser_key is not None:
        mine |= Q(booking__browser_key=browser_key)
    if emails is not None:
        mine |= Q(booking__contact_email__in=emails)
    return (
        BookedSession.objects.filter(mine, session_id__in=session_ids, state__in=ACTIVE_STATES)
        .select_related("booking", "session")
        .annotate(ahead=Coalesce(Subquery(_ahead()), 0))
        .order_by("pk")
    )


def _ahead() -> Any:
    """Count those who rank before an entry, as a subquery."""
    before = BookedSession.objects.ranked_before(OuterRef("queued_at"), OuterRef("pk"))
    others = before.filter(session_id=OuterRef("session_id"))
    return others.order_by().values("session").annotate(total=Count("pk")).values("total")


def _standing(entry: Any, *, is_proven: bool, now: datetime) -> Standing | None:
    booking = entry.booking
    receipt = reverse("booking_receipt", args=[entry.session_id])
    own_page = links.manage_path(booking, ends_at=entry.session.ends_at) if is_proven else receipt
    if booking.submitted_at is None:
        if entry.held_until is not None and entry.held_until <= now:
            return None
        review = reverse("booking_review", args=[entry.session_id])
        return Standing(_("You have started"), "info", review, _("Go on"))
    if entry.state == BookingState.OFFERED and entry.held_until and entry.held_until > now:
        ends_at = entry.session.ends_at
        answer = links.answer_path(booking, ends_at=ends_at) if is_proven else receipt
        until = _("A place for you until %(moment)s") % {"moment": wording.moment_text(entry.held_until)}
        return Standing(until, "warning", answer, _("Answer"))
    if entry.state == BookingState.WAITING:
        if entry.queued_at is None:
            return Standing(_("Confirm your e-mail"), "warning", receipt, _("See how"))
        text = _("You are number %(number)s in the queue") % {"number": entry.ahead + 1}
        return Standing(text, "info", own_page, _("See"))
    if entry.state == BookingState.HELD:
        if entry.held_until is not None and entry.held_until <= now:
            return None
        return Standing(_("Confirm your e-mail"), "warning", receipt, _("See how"))
    if entry.state == BookingState.AWAITING_APPROVAL:
        return Standing(_("Awaits a yes from us"), "warning", own_page, _("See"))
    if entry.state == BookingState.CONFIRMED:
        is_school = booking.kind == "school"
        text = _("You have booked this date") if is_school else _("You are signed up for this date")
        return Standing(text, "success", own_page, _("See"))
    return None
