"""Subscribing to one's bookings in one's own calendar: the feed, and the pages that give its address (K2)."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking import links
from booking.enums import FeedKind
from booking.feeds import content_of, subscription_links
from booking.operations import (
    FeedOwner,
    feed_of,
    make_feed,
    readable_feed,
    replace_feed_address,
    stop_feed,
)
from booking.permissions import user_can_have_team_feed
from charter.models import Provider
from charter.permissions import user_is_member
from core.audit.log import Actor
from core.cms.staff_pages import StaffPage
from core.limits.limits import limited
from core.links.errors import LinkError, LinkExpiredError, LinkRevokedError
from core.links.tokens import read_token
from workshops.calendar_response import calendar_response


@limited("token_page_ip", methods=("GET", "HEAD"))
@require_safe
def personal_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Serve /kalender/min/<token>.ics to whoever holds the address; nobody else finds it."""
    now = timezone.now()
    try:
        feed = readable_feed(read_token(token, purpose=links.FEED, now=now), now=now)
    except LinkError as error:
        response = _dead_feed(request, error)
    else:
        content = content_of(feed, now=now)
        response = calendar_response(
            request, content.body, changed_at=content.changed_at, cache_control="private, no-cache"
        )
    response["X-Robots-Tag"] = "noindex"
    return response


def _dead_feed(request: HttpRequest, error: LinkError) -> HttpResponse:
    """Answer a dead address: a page to people, a short text to programs; 410 tells them to stop asking."""
    status = 410 if isinstance(error, LinkExpiredError | LinkRevokedError) else 404
    if "text/html" in request.headers.get("Accept", ""):
        response = render(request, "booking/dead_feed.html", status=status)
    else:
        text = _("This calendar address no longer works. Log in and make a new one: %(url)s") % {
            "url": links.absolute_url(reverse("teacher_feed"))
        }
        response = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Vary"] = "Accept"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def teacher_feed(request: HttpRequest) -> HttpResponse:
    """Give the feed of the bookings made with the address one is logged in with."""
    email: str = request.user.email  # type: ignore[union-attr]  # login_required
    owner = FeedOwner(FeedKind.TEACHER, email=email)
    if request.method == "POST":
        _change(request, owner, now=timezone.now())
        return redirect("teacher_feed")
    context = {"email": email, "list_url": reverse("booking_list")}
    return render(request, "booking/teacher_feed.html", {**_feed_context(owner), **context})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def provider_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a member the feed of its provider's sessions; to others the provider does not exist (rule 12)."""
    provider = get_object_or_404(Provider, slug=slug)
    if not user_is_member(request.user, provider.pk):
        raise Http404
    owner = FeedOwner(FeedKind.PROVIDER, user_id=request.user.pk, provider_id=provider.pk)
    if request.method == "POST":
        _change(request, owner, now=timezone.now())
        return redirect("provider_feed", slug=slug)
    return render(request, "booking/provider_feed.html", {**_feed_context(owner), "provider": provider})


class TeamFeedView(StaffPage):
    """Gives staff the feed of the whole programme."""

    template_name = "booking/admin/team_feed.html"
    page_title = gettext_lazy("Subscribe in your calendar")
    header_icon = "calendar-alt"
    parents = (("bookings:index", gettext_lazy("Bookings")),)

    def may(self, user: Any) -> bool:
        """Let in those who may see bookings."""
        return user_can_have_team_feed(user)

    @property
    def owner(self) -> FeedOwner:
        """Whose feed it is."""
        return FeedOwner(FeedKind.TEAM, user_id=self.request.user.pk)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the address."""
        return self.show(**_feed_context(self.owner))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make, prolong, replace or stop it."""
        _change(request, self.owner, now=self.now)
        return redirect("team_feed")


def _feed_context(owner: FeedOwner) -> dict[str, Any]:
    feed = feed_of(owner, now=timezone.now())
    if feed is None:
        return {"feed": None}
    return {"feed": feed, **subscription_links(links.feed_url(feed))}


def _change(request: HttpRequest, owner: FeedOwner, *, now: datetime) -> None:
    """Do what the button says, and tell that it is done."""
    actor = Actor.of(request.user)
    match request.POST.get("do"):
        case "make":
            make_feed(owner=owner, language=get_language() or "da", actor=actor, now=now)
            messages.success(request, _("Your calendar address is ready."))
        case "replace":
            try:
                replace_feed_address(owner=owner, actor=actor, now=now)
            except LinkError:
                messages.error(request, _("The address had been stopped. Make a new one."))
            else:
                messages.success(
                    request, _("You have a new address. The old one no longer works: put in the new one.")
                )
        case "stop":
            stop_feed(owner=owner, actor=actor, now=now)
            messages.success(request, _("The subscription has ended. The address no longer works."))
        case _:
            messages.error(request, _("Choose one of the buttons."))
