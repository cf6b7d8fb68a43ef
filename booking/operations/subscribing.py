"""Personal calendar feeds: making, prolonging, replacing and stopping their addresses (K2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from booking.enums import FeedKind
from booking.models import Feed
from booking.permissions import feed_may_be_read
from charter.models import ProviderMember
from core.audit.log import Actor, record
from core.links.errors import LinkExpiredError, LinkInvalidError, LinkRevokedError
from core.links.tokens import Claim

KEPT = timedelta(days=730)
"""How long an address works without being prolonged on its page."""

STOPPED_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class FeedOwner:
    """Whose feed: an address (teacher), a member at a provider, or a colleague (team)."""

    kind: FeedKind
    email: str = ""
    user_id: int | None = None
    provider_id: int | None = None

    @property
    def key(self) -> dict[str, Any]:
        """The columns that find the one feed of this owner."""
        return {
            "kind": self.kind,
            "email": self.email.strip().lower(),
            "user_id": self.user_id,
            "provider_id": self.provider_id,
        }


def feed_of(owner: FeedOwner, *, now: datetime) -> Feed | None:
    """Return the owner's feed that works today, or None."""
    today = timezone.localdate(now)
    return Feed.objects.filter(**owner.key, revoked_at=None, delete_after__gte=today).first()


def readable_feed(claim: Claim, *, now: datetime) -> Feed:
    """Return the feed a token names, if its owner may still have it.

    Raises:
        LinkRevokedError: stopped, replaced, deleted, or its owner has left the provider or the team.
        LinkExpiredError: not prolonged in time.
    """
    feed = Feed.objects.select_related("user", "provider").filter(pk=claim.object_id).first()
    if feed is None:
        raise LinkRevokedError
    claim.require_generation(feed.link_generation)
    if feed.revoked_at is not None or not feed_may_be_read(feed):
        raise LinkRevokedError
    if feed.delete_after is None or feed.delete_after < timezone.localdate(now):
        raise LinkExpiredError
    return feed


@transaction.atomic
def make_feed(*, owner: FeedOwner, language: str, actor: Actor, now: datetime) -> Feed:
    """Give the owner an address, or prolong the one that works: asking twice changes no address.

    One that was stopped starts again with a new address.
    """
    last_day = timezone.localdate(now) + KEPT
    feed, is_new = Feed.objects.select_for_update().get_or_create(
        **owner.key, defaults={"language": language, "created_at": now, "delete_after": last_day}
    )
    if not is_new:
        is_dead = feed.revoked_at is not None or _has_run_out(feed, now=now)
        feed.link_generation += 1 if is_dead else 0
        feed.language, feed.revoked_at, feed.delete_after = language, None, last_day
        feed.save()
    _record("feed_made", feed, actor=actor, now=now)
    return feed


@transaction.atomic
def replace_feed_address(*, owner: FeedOwner, actor: Actor, now: datetime) -> Feed:
    """Make every address given so far stop working, and give a new one.

    Raises:
        LinkInvalidError: there is no feed to replace.
    """
    feed = Feed.objects.select_for_update().filter(**owner.key, revoked_at=None).first()
    if feed is None:
        raise LinkInvalidError
    feed.link_generation += 1
    feed.delete_after = timezone.localdate(now) + KEPT
    feed.save()
    _record("feed_address_replaced", feed, actor=actor, now=now)
    return feed


@transaction.atomic
def stop_feed(*, owner: FeedOwner, actor: Actor, now: datetime) -> None:
    """Stop the owner's feed; its row goes 30 days later. Twice changes nothing."""
    _stop(Feed.objects.filter(**owner.key), actor=actor, now=now)


@transaction.atomic
def stop_feed_for_another(*, feed_id: int, actor: Actor, now: datetime) -> None:
    """Stop somebody's feed whose address has reached the wrong people, or who phones. Twice changes nothing."""
    _stop(Feed.objects.filter(pk=feed_id), actor=actor, now=now)


def delete_feeds(now: datetime) -> int:
    """Delete feeds whose last day has passed, and those of people who have left. Returns how many (rule 10)."""
    deleted, _per_model = ended_feeds(now).delete()
    return deleted


def ended_feeds(now: datetime) -> QuerySet[Feed]:
    """Return the feeds whose last day has passed, and those of people who have left."""
    membership = ProviderMember.objects.filter(
        user=OuterRef("user_id"), provider=OuterRef("provider_id"), user__is_active=True
    )
    colleagues = Feed.objects.filter(kind=FeedKind.TEAM).select_related("user")
    former = [feed.pk for feed in colleagues if not feed_may_be_read(feed)]
    left = Q(kind=FeedKind.PROVIDER) & ~Exists(membership)
    return Feed.objects.filter(Q(delete_after__lt=timezone.localdate(now)) | left | Q(pk__in=former))


def _stop(feeds: QuerySet[Feed], *, actor: Actor, now: datetime) -> None:
    feed = feeds.select_for_update().filter(revoked_at=None).first()
    if feed is None:
        return
    feed.link_generation += 1
    feed.revoked_at = now
    feed.delete_after = timezone.localdate(now) + STOPPED_KEPT
    feed.save()
    _record("feed_stopped", feed, actor=actor, now=now)


def _has_run_out(feed: Feed, *, now: datetime) -> bool:
    return feed.delete_after is None or feed.delete_after < timezone.localdate(now)


def _record(action: str, feed: Feed, *, actor: Actor, now: datetime) -> None:
    record(
        action,
        f"feed:{feed.pk}",
        actor=actor,
        now=now,
        provider_id=feed.provider_id,
        kind=feed.kind,
        generation=feed.link_generation,
    )
