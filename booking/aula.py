"""Text to copy into Aula (S28): one for the class, one for the parents. No names, no personal link."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from booking import wording
from booking.models import Booking
from core.links.tokens import absolute_url
from workshops.models import Session


def aula_text(booking: Booking, sessions: Sequence[Session], *, language: str, offer_path: str) -> str:
    """Return the text a teacher can copy for pupils and parents: what, when, where, and where to read more."""
    session = sessions[0]
    classes = wording.names_text([item.name for item in booking.classes.all()])
    lines = [
        _("%(classes)s takes part in «%(title)s»")
        % {"classes": classes, "title": session.title_in(language)},
        "",
        *(
            _("When: %(date)s, %(time)s")
            % {
                "date": wording.date_text(one.starts_at),
                "time": wording.time_text(one.starts_at, one.ends_at),
            }
            for one in sessions
        ),
        _("Where: %(place)s") % {"place": wording.places_of(booking, sessions).replace("\n", "; ")},
        _("Who comes: %(provider)s") % {"provider": session.provider.name},
        "",
        _("Read more: %(url)s") % {"url": absolute_url(offer_path)},
    ]
    return "\n".join(lines)
