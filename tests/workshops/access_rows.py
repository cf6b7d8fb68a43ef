"""Who opens what of workshops."""

from tests.access.rows import LOGIN, World, row
from tests.factories.workshop_pages import offer_page
from tests.factories.workshops import OfferFactory, ScheduleFactory


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


OWN: dict[str, int | str] = {"anonymous": LOGIN, "logged_in": 404, "provider_member_own": 200}
NOBODYS: dict[str, int | str] = {"anonymous": LOGIN, "logged_in": 404}
WRONG: dict[str, int | str] = {**OWN, "provider_member_own": 422}

ROWS = [
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
