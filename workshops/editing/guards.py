"""What may not be deleted: a page, or one above it, whose offer has sessions (DESIGN.md 5).

Wagtail looks at references to the page itself, not to the pages below it, and sessions refer to the offer:
so nothing would stop it. Unpublishing is always possible; personal pages and mails go on without the page.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.models import Page

from workshops.models import OfferPage, Session


def protected_pages(pages: Iterable[Page]) -> list[OfferPage]:
    """Return the offer pages among these pages and all below them whose offer has sessions.

    Translations are counted in: Wagtail may delete them along with the page.
    """
    found: dict[int, OfferPage] = {}
    for page in pages:
        for version in [page, *page.get_translations()]:
            below = OfferPage.objects.descendant_of(version, inclusive=True).filter(
                Exists(Session.objects.filter(offer_id=OuterRef("offer_id")))
            )
            found.update({row.pk: row for row in below})
    return sorted(found.values(), key=lambda row: row.title)


def _refuse(request: HttpRequest, pages: list[OfferPage], back_to: int) -> HttpResponse:
    titles = ", ".join(f"«{page.title}»" for page in pages[:5])
    if len(pages) > 5:
        titles += " …"
    messages.error(
        request,
        _(
            "This cannot be deleted: %(titles)s has dates, and somebody may have booked them. "
            "Unpublish the page instead; bookings and mails go on without it."
        )
        % {"titles": titles},
    )
    return redirect("wagtailadmin_explore", back_to)


def refuse_page_deletion(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Stop the deletion of one page and what lies below it."""
    protected = protected_pages([page])
    if not protected:
        return None
    return _refuse(request, protected, page.get_parent().pk if page.depth > 1 else page.pk)


def refuse_bulk_deletion(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    """Stop a bulk deletion that one of the chosen pages does not allow."""
    pages = [row for row in objects if isinstance(row, Page)]
    if action_type != "delete" or not pages:
        return None
    protected = protected_pages(pages)
    return _refuse(request, protected, pages[0].get_parent().pk) if protected else None


def refuse_copies_of_live_offers(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Stop a copy that would publish a second page for an offer; a copy as draft is fine."""
    if request.method != "POST" or not request.POST.get("publish_copies"):
        return None
    includes_below = bool(request.POST.get("copy_subpages"))
    copied = (
        OfferPage.objects.descendant_of(page, inclusive=True)
        if includes_below
        else OfferPage.objects.filter(pk=page.pk)
    )
    if not copied.live().exists():
        return None
    messages.error(
        request,
        _(
            "An offer has one page in each language. Copy without publishing, and choose another offer on the copy."
        ),
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)
