"""What a reviewer is told beside a page that a provider has sent: the booking rules it proposes (L3)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Page

from workshops.enums import DraftState
from workshops.models import Offer, OfferDraft
from workshops.operations.drafts import rules_of
from workshops.operations.offers import MANY


def tell_of_proposed_rules(request: HttpRequest, page: Page) -> None:
    """Name the rules that would change when the page is published; nothing where none does."""
    if request.method != "GET":
        return
    draft = (
        OfferDraft.objects.filter(page=page.pk, state=DraftState.SENT)
        .select_related("provider", "page__offer")
        .first()
    )
    if draft is None or draft.page is None:
        return
    text = _("%(provider)s has written this.") % {"provider": draft.provider.name}
    changes = proposed_changes(draft, draft.page.offer)
    if changes:
        text += " " + _("With it, these booking rules are set when the page is published: %(changes)s.") % {
            "changes": "; ".join(changes)
        }
    messages.info(request, text)


def proposed_changes(draft: OfferDraft, offer: Offer) -> list[str]:
    """Return "Længde (minutter): 90 → 120" for each rule that differs from the offer's."""
    found = []
    for name, value in rules_of(draft).items():
        before = list(getattr(offer, name).all()) if name in MANY else getattr(offer, name)
        if _keys(before) != _keys(value):
            label = str(Offer._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # own columns
            found.append(f"{label}: {_words(before)} → {_words(value)}")
    return found


def _keys(value: Any) -> Any:
    return sorted(str(getattr(row, "pk", row)) for row in value) if isinstance(value, list) else value


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(row) for row in value) or "–"
    return "–" if value in (None, "") else str(value)
