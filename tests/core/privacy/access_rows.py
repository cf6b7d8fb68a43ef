"""Who opens the pages of one's own data (anybody; by the link in a mail) and «Persondata» in the administration."""

from django.utils import timezone

from core.privacy.links import own_data_url
from core.privacy.operations import ask_for_own_data
from tests.access.rows import LOGIN, row
from tests.factories.booking import a_contact, book
from tests.factories.workshops import SessionFactory

OUTSIDE = {"anonymous": LOGIN, "persons": 302, "providers": 302}


def link(world):
    """The link of somebody who has booked and asked."""
    book(SessionFactory(in_days=40), contact=a_contact("spoerger@skole.example"))
    asked = ask_for_own_data(email="spoerger@skole.example", language="da", now=timezone.now())
    return {"token": own_data_url(asked).rstrip("/").rpartition("/")[2]}


ROWS = [
    row("own_data_ask", everyone=200),
    row("own_data_ask", method="post", data={"email": ""}, everyone=422),
    row("own_data_sent", everyone=200),
    row("own_data_erased", everyone=200),
    row("own_data", link, everyone=200),
    row("own_data", lambda world: {"token": "nope"}, everyone=404),
    row("own_data_file", link, everyone=200),
    row("own_data_erase", link, everyone=200),
    row("own_data_erase", link, method="post", everyone=302),
    row("privacy_person", **OUTSIDE, staff=200, editor=302),
    row("privacy_person", method="post", data={"who": ""}, **OUTSIDE, staff=422, editor=302),
    row(
        "privacy_erase",
        method="post",
        data={"who": "ukendt@skole.example"},
        **OUTSIDE,
        staff=302,
        administration=200,
    ),
    row("privacy_left", **OUTSIDE, staff=200, editor=302),
]
