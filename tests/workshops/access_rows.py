"""Who opens what of workshops."""

from tests.access.rows import World, row
from tests.factories.workshop_pages import offer_page


def _published_offer(world: World) -> dict[str, int]:
    return {"offer_id": offer_page().offer_id}


ROWS = [
    row("all_sessions_feed", everyone=200),
    row("offer_feed", _published_offer, everyone=200),
    row("offer_feed", lambda world: {"offer_id": 0}, everyone=404),
]
