"""Who opens what of workshops."""

from uuid import uuid4

from charter.models import Provider
from tests.access.rows import LOGIN, World, row
from tests.factories.workshop_pages import offer_page
from tests.factories.workshops import OfferFactory, ScheduleFactory
from workshops.models import OfferDraft


def _published_offer(world: World) -> dict[str, int]:
    return {"offer_id": offer_page().offer_id}


def _slug(world: World) -> dict[str, str]:
    return {"slug": world.provider.slug}


def _plan(world: World) -> dict[str, object]:
    """A plan of the provider of the world."""
    schedule = ScheduleFactory(offer=OfferFactory(provider=world.provider))
    return {"slug": world.provider.slug, "schedule_id": schedule.pk}


def _anothers_plan(world: World) -> dict[str, object]:
    """Another provider's plan below one's own address."""
    schedule = ScheduleFactory(offer=OfferFactory(provider=world.other_provider))
    return {"slug": world.provider.slug, "schedule_id": schedule.pk}


def _draft(world: World) -> dict[str, object]:
    """A draft of the provider of the world."""
    return {"slug": world.provider.slug, "draft_id": _draft_of(world, world.provider).pk}


def _anothers_draft(world: World) -> dict[str, object]:
    """Another provider's draft below one's own address."""
    return {"slug": world.provider.slug, "draft_id": _draft_of(world, world.other_provider).pk}


def _draft_of(world: World, provider: Provider) -> OfferDraft:
    return OfferDraft.objects.create(
        provider=provider, key=uuid4(), created_at=world.now, changed_at=world.now
    )


def _own_offer(world: World) -> dict[str, object]:
    """A public offer of the provider of the world."""
    offer = OfferFactory(provider=world.provider)
    offer_page(offer)
    return {"slug": world.provider.slug, "offer_id": offer.pk}


def _anothers_offer(world: World) -> dict[str, object]:
    """Another provider's public offer below one's own address."""
    offer = OfferFactory(provider=world.other_provider)
    offer_page(offer)
    return {"slug": world.provider.slug, "offer_id": offer.pk}


OWN: dict[str, int | str] = {"anonymous": LOGIN, "logged_in": 404, "provider_member_own": 200}
NOBODYS: dict[str, int | str] = {"anonymous": LOGIN, "logged_in": 404}
WRONG: dict[str, int | str] = {**OWN, "provider_member_own": 422}

ROWS = [
    row("provider_offers", _slug, **OWN),
    row("provider_offer_new", _slug, **OWN),
    row("provider_offer_new", _slug, method="post", **WRONG),
    row("provider_offer_draft", _draft, **OWN),
    row("provider_offer_draft", _draft, method="post", **WRONG),
    row("provider_offer_draft", _anothers_draft, **NOBODYS),
    row("provider_offer_draft", _anothers_draft, method="post", **NOBODYS),
    row("provider_offer_change", _own_offer, **{**NOBODYS, "provider_member_own": 405}),
    row("provider_offer_change", _own_offer, method="post", **{**OWN, "provider_member_own": 302}),
    row("provider_offer_change", _anothers_offer, method="post", **NOBODYS),
    row("provider_offer_copy", _own_offer, **{**NOBODYS, "provider_member_own": 405}),
    row("provider_offer_copy", _own_offer, method="post", **{**OWN, "provider_member_own": 302}),
    row("provider_offer_copy", _anothers_offer, method="post", **NOBODYS),
    row("provider_plans", _slug, **OWN),
    row("provider_plan_new", _slug, **OWN),
    row("provider_plan_new", _slug, method="post", **WRONG),
    row("provider_plan", _plan, **OWN),
    row("provider_plan", _plan, method="post", **WRONG),
    row("provider_plan", _anothers_plan, **NOBODYS),
    row("provider_plan", _anothers_plan, method="post", **NOBODYS),
    row("provider_season", _slug, **OWN),
    row("provider_season", _slug, method="post", **WRONG),
    row("all_sessions_feed", everyone=200),
    row("offer_feed", _published_offer, everyone=200),
    row("offer_feed", lambda world: {"offer_id": 0}, everyone=404),
]
