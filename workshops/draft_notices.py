"""The mails about a provider's draft of an offer: to the team, and to the provider at each answer (L3, rule 5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from charter.contacts import provider_addresses
from core.cms.frame import current_frame
from core.links.tokens import absolute_url
from core.outbox.operations import queue_message
from core.outbox.registry import Audience, Build, Content, MailType, register
from workshops.enums import DraftState
from workshops.models import OfferDraft

RETENTION_DAYS = 400


def tell_sent(draft: OfferDraft, *, now: datetime) -> None:
    """Queue that a draft waits for approval: to the team, and as a receipt to the provider."""
    _queue("offer_draft_received", draft, to=current_frame("da").email, language="da", now=now)
    _tell_provider("offer_draft_sent", draft, now=now)


def tell_returned(draft: OfferDraft, *, now: datetime) -> None:
    """Queue to the provider that its draft came back, with the comment."""
    _tell_provider("offer_draft_returned", draft, now=now)


def tell_published(draft: OfferDraft, *, now: datetime) -> None:
    """Queue to the provider that its offer is public."""
    _tell_provider("offer_draft_published", draft, now=now)


def register_draft_mails() -> None:
    """Register the mails (called when Django is ready)."""
    for name, audience, title, placeholders, build in _TYPES:
        register(
            MailType(
                name=name,
                audience=audience,
                title=title,
                placeholders=placeholders,
                retention_days=RETENTION_DAYS,
                build=build,
            )
        )


def _tell_provider(mail_type: str, draft: OfferDraft, *, now: datetime) -> None:
    for address, language in provider_addresses(draft.provider):
        _queue(mail_type, draft, to=address, language=language, now=now)


def _queue(mail_type: str, draft: OfferDraft, *, to: str, language: str, now: datetime) -> None:
    if to:
        queue_message(
            mail_type=mail_type,
            to=to,
            ids={"draft": draft.pk},
            language=language,
            key=f"{mail_type}:{draft.pk}:{now:%Y%m%dT%H%M%S.%f}:{to}",
            about=f"offer_draft:{draft.pk}",
            now=now,
        )


def _in_state(state: DraftState, url: Any) -> Build:
    """Return a builder that says nothing once the draft is somewhere else."""

    def build(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
        draft = OfferDraft.objects.select_related("provider", "page").filter(pk=ids["draft"]).first()
        if draft is None or draft.state != state or draft.page is None:
            return None
        return Content(url(draft))

    return build


def _team(draft: OfferDraft) -> dict[str, str]:
    path = reverse("wagtailadmin_pages:edit", args=[draft.page_id])
    return {"title": draft.title, "provider": draft.provider.name, "staff_url": absolute_url(path)}


def _own(draft: OfferDraft) -> dict[str, str]:
    path = reverse("provider_offer_draft", args=[draft.provider.slug, draft.pk])
    return {"title": draft.title, "url": absolute_url(path)}


def _returned(draft: OfferDraft) -> dict[str, str]:
    return {**_own(draft), "comment": draft.comment}


def _public(draft: OfferDraft) -> dict[str, str]:
    page = draft.page
    plans = reverse("provider_plans", args=[draft.provider.slug])
    return {
        "title": page.title if page else draft.title,
        "offer_url": absolute_url(page.get_url() or "/") if page else "",
        "url": absolute_url(plans),
    }


_TYPES: tuple[tuple[str, str, Any, tuple[str, ...], Build], ...] = (
    (
        "offer_draft_received",
        Audience.STAFF,
        _("Offer to approve (to the team)"),
        ("title", "provider", "staff_url"),
        _in_state(DraftState.SENT, _team),
    ),
    (
        "offer_draft_sent",
        Audience.PROVIDER,
        _("Offer sent for approval (to the provider)"),
        ("title", "url"),
        _in_state(DraftState.SENT, _own),
    ),
    (
        "offer_draft_returned",
        Audience.PROVIDER,
        _("Offer sent back with a comment (to the provider)"),
        ("title", "comment", "url"),
        _in_state(DraftState.RETURNED, _returned),
    ),
    (
        "offer_draft_published",
        Audience.PROVIDER,
        _("Offer published (to the provider)"),
        ("title", "offer_url", "url"),
        _in_state(DraftState.PUBLISHED, _public),
    ),
)
