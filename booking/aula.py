"""Text to copy into Aula (S28): one for the class, one for the parents. No names, no personal link."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from booking import wording
from booking.models import Booking
from booking.packages import evening_of, sign_up_url
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
            if one.offer_id == session.offer_id
        ),
        _("Where: %(place)s") % {"place": wording.place_text(booking, session)},
        _("Who comes: %(provider)s") % {"provider": session.provider.name},
        "",
        *_evening(booking),
        _("Read more: %(url)s") % {"url": absolute_url(offer_path)},
    ]
    return "\n".join(lines)


def _evening(booking: Booking) -> list[str]:
    """Return what parents are told of the evening that goes with the visit, and where they sign up."""
    evening = evening_of(booking)
    if evening is None:
        return []
    return [
        _("For the parents: %(evening)s") % {"evening": wording.titled_date_text(evening)},
        _("Sign up here: %(url)s") % {"url": sign_up_url(evening)},
        "",
    ]
