"""How the provider's front page shows booking's data: the next sessions with what is booked."""

from collections.abc import Collection
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.enums import RequestState
from booking.models import DateRequest
from booking.provider_pages import sessions_of, summary_of
from booking.provider_work import Waiting, waiting_for
from booking.requesting import wording
from charter.enums import MemberRole
from charter.models import Provider
from charter.rules import CAN_SIGN_IN
from core.paging import page_of

register = template.Library()
PER_PAGE = 10


@register.inclusion_tag("booking/provider_sessions.html", takes_context=True)
def provider_sessions(context: Context, provider: Provider) -> dict[str, Any]:
    """List a provider's next sessions with counts, classes and needs; a fixed number of queries a page.

    The page that holds it lets in the provider's members only (rule 12).
    """
    request = context.get("request")
    sessions = sessions_of(provider.pk, now=timezone.now())
    page = page_of(sessions, request.GET.get("tider", "1") if request else "1", per_page=PER_PAGE)
    rows = [
        {
            "session": session,
            "summary": summary_of(session),
            "place": session.venue.name if session.venue else "",
            "url": reverse("provider_session", args=[session.pk]),
        }
        for session in page
    ]
    return {"rows": rows, "page": page, "provider": provider}


@register.inclusion_tag("booking/requests/provider_requests.html", takes_context=True)
def provider_requests(context: Context, provider: Provider) -> dict[str, Any]:
    """List a provider's open requests, those that wait longest first; a fixed number of queries a page.

    The page that holds it lets in the provider's members only (rule 12).
    """
    http_request = context.get("request")
    asked = DateRequest.objects.of_provider(provider.pk).open().order_by("awaits_since", "pk")
    page = page_of(
        asked.select_related("offer", "school").prefetch_related("wishes"),
        http_request.GET.get("anmodninger", "1") if http_request else "1",
        per_page=PER_PAGE,
    )
    rows = [
        {
            "text": f"{wording.who_text(row)}: {wording.title_text(row, 'da')}",
            "wishes": wording.wishes_text(row),
            "state": wording.state_text(row),
            "state_kind": wording.STATE_KINDS.get(RequestState(row.state), "neutral"),
            "url": reverse("provider_request", args=[row.pk]),
        }
        for row in page
    ]
    return {"rows": rows, "page": page}


@register.inclusion_tag("booking/provider_work.html", takes_context=True)
def provider_work(context: Context, provider: Provider, roles: Collection[str]) -> dict[str, Any]:
    """Say what waits for a member with these roles, and lead to the provider's pages; a fixed number of queries.

    The page that holds it lets in the provider's members only (rule 12).
    """
    notice = context.get("notice")
    found = waiting_for(provider, roles=roles, now=timezone.now())
    if notice is not None and notice.can_sign:
        url = reverse("charter_sign", args=[provider.slug])
        found.insert(0, Waiting(_("Sign the charter"), url))
    return {
        "provider": provider,
        "waiting": found,
        "can_plan": MemberRole.COORDINATOR in roles and provider.state in CAN_SIGN_IN,
    }
