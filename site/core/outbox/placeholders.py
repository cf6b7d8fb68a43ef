"""What the placeholders of mails mean, and what stands for them where there is no real mail to show (N7)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.outbox.registry import Content, MailType
from core.outbox.texts import COMMON_PLACEHOLDERS


@dataclass(frozen=True)
class Placeholder:
    """One placeholder, for whoever edits a mail."""

    meaning: Any
    """A lazy translation."""

    sample: str
    """Invented. Danish, as most that is filled in."""


PLACEHOLDERS: dict[str, Placeholder] = {
    "accept_url": Placeholder(_("Link: take it over"), "/overtag/eksempel/"),
    "answer_url": Placeholder(_("Link: answer the offer of a place"), "/svar/eksempel/"),
    "booked": Placeholder(_("What was booked: classes or seats"), "7.A: 24 elever, 2 voksne"),
    "cause": Placeholder(_("Why a date was cancelled, in a fixed sentence"), "Oplægsholderen er blevet syg."),
    "certificate_url": Placeholder(
        _("Link: the certificate of participation; empty where there is none"),
        "/booking/eksempel/deltagerbevis.pdf",
    ),
    "code": Placeholder(_("The one-time code"), "4F7 K2P"),
    "comment": Placeholder(
        _("What the administration wrote when it sent an offer back"),
        "Skriv kortere om det, der sker i klassen.",
    ),
    "confirm_url": Placeholder(_("Link: confirm the e-mail address"), "/bekraeft/eksempel/"),
    "contact": Placeholder(
        _("The contact: name, e-mail and phone, a line each"),
        "Anne Eksempel\nanne@skole.example\n00 00 00 00",
    ),
    "count": Placeholder(_("How many there are"), "2"),
    "date": Placeholder(_("A date"), "1. december 2026"),
    "dates": Placeholder(
        _("Day and time; several dates on a line each"), "tirsdag 1. december 2026, kl. 9.00–10.30"
    ),
    "days": Placeholder(_("How many days are left, in words"), "om 30 dage"),
    "deadline": Placeholder(_("The deadline, with its hour"), "søndag 22. november kl. 13.40"),
    "ending": Placeholder(
        _("Providers whose charter ends, a line each"),
        "Kulturværkstedet Amager: dækket til og med 31. december 2026 (om 30 dage).",
    ),
    "evaluation_url": Placeholder(_("Link: the questions, without log-in"), "/evaluering/eksempel/"),
    "first_day": Placeholder(_("The first day that the signature covers"), "1. januar 2027"),
    "hotline": Placeholder(_("The hotline of the page for urgent help"), "00 00 00 00 (Alle dage kl. 8–22)"),
    "invite_url": Placeholder(_("Link: apply as a provider"), "/bliv-udbyder/eksempel/"),
    "inviter": Placeholder(_("Who has invited"), "Anne Eksempel"),
    "lapsed": Placeholder(
        _("Providers whose charter has ended, a line each"),
        "Foreningen Sundet: dækket til og med 30. november 2026. 4 tider venter på underskriften.",
    ),
    "last_day": Placeholder(_("The last day that the signature covers"), "31. december 2027"),
    "manage_url": Placeholder(_("Link: see, change or withdraw"), "/booking/eksempel/"),
    "message": Placeholder(
        _("What the provider or the administration has written"),
        "Vi mødes ved hovedindgangen. Ring til Kaja på 00 00 00 00, hvis I ikke kan finde os.",
    ),
    "minutes": Placeholder(_("For how many minutes the code can be used"), "15"),
    "name": Placeholder(_("The person’s name"), "Bo Eksempel"),
    "note": Placeholder(_("A sentence of our own about what happens now"), "Ændringen skal godkendes først."),
    "notice_url": Placeholder(_("Link: yes, tell me when there are dates"), "/besked/eksempel/"),
    "offer_url": Placeholder(_("Link: the offer’s page"), "/tilbud/eksempel/"),
    "offers_url": Placeholder(_("Link: all offers"), "/tilbud/"),
    "online_url": Placeholder(_("Link: the online meeting; empty where people meet"), "/moede/eksempel/"),
    "opt_out_url": Placeholder(_("Link: no more of these e-mails"), "/evaluering/eksempel/nej-tak/"),
    "organisation": Placeholder(_("The organisation’s name"), "Kulturværkstedet Amager"),
    "own": Placeholder(_("How many tasks are the reader’s own; empty when none is"), "1 af dem er din."),
    "party": Placeholder(
        _("Who comes: classes with pupils and adults, or the number of seats"),
        "7.A (7. klasse): 24 elever og 2 voksne",
    ),
    "place": Placeholder(_("The place with its address"), "Skolen ved Sundet, Samosvej 50, 2300 København S"),
    "position": Placeholder(_("The place on the waiting list"), "Du er nr. 3 på ventelisten."),
    "practical": Placeholder(
        _("Practical information, a line each"), "Indgang: hovedindgangen mod gården\nI gør klar: projektor"
    ),
    "provider": Placeholder(_("The provider’s name"), "Kulturværkstedet Amager"),
    "provider_url": Placeholder(_("Link: the provider’s own pages"), "/udbyder/"),
    "pupils_code": Placeholder(_("The code for the board; empty where there is none"), "K7M2PX"),
    "pupils_deadline": Placeholder(_("The last day of the code"), "15. december 2026"),
    "pupils_url": Placeholder(_("Link: the pupils’ questions"), "/e/K7M2PX/"),
    "reason": Placeholder(
        _("Why it was turned down"), "Der er ingen ledig tid omkring de datoer, du ønsker."
    ),
    "reference": Placeholder(_("The reference number"), "DP-7K3M-42"),
    "report_url": Placeholder(_("Link: the report, without log-in"), "/indberet/eksempel/"),
    "rest": Placeholder(
        _("What is still booked"), "Forældreaften på skolen: onsdag 2. december 2026, kl. 19.00–21.00"
    ),
    "role": Placeholder(_("The role at the provider"), "koordinator"),
    "roles": Placeholder(_("The roles at the provider"), "koordinator og underskriver"),
    "school": Placeholder(_("The school’s name"), "Skolen ved Sundet"),
    "session_url": Placeholder(_("Link: the date on the provider’s pages"), "/udbyder/tider/eksempel/"),
    "sender": Placeholder(_("Who writes: the provider, or the administration"), "Kulturværkstedet Amager"),
    "sessions": Placeholder(
        _("The next free dates, a line each"), "tirsdag 8. december 2026, kl. 9.00–10.30"
    ),
    "settings_url": Placeholder(_("Link: one’s own page in the administration"), "/admin/account/"),
    "signer": Placeholder(_("Who has signed"), "Bo Eksempel"),
    "staff_url": Placeholder(_("Link: the page of the administration"), "/admin/"),
    "status_url": Placeholder(_("Link: how the application stands"), "/bliv-udbyder/status/eksempel/"),
    "task": Placeholder(
        _("What is wrong, and what to do"), "2 ting ved underskrifterne stemmer ikke. Ring til driften."
    ),
    "tasks": Placeholder(
        _("The kinds of open tasks with their number, a line each"),
        "Mailen kom ikke frem: 3, heraf 1 over tiden.",
    ),
    "time": Placeholder(_("Until when the code can be used"), "14.05"),
    "times": Placeholder(_("The proposed times, a line each"), "tirsdag 1. december 2026, kl. 9.00–10.30"),
    "title": Placeholder(
        _("The title of what is booked"), "Mellem linjerne – om kilder og påstande på nettet"
    ),
    "url": Placeholder(_("Link: the page where one goes on"), "/udbyder/eksempel/"),
    "withdrawal_deadline": Placeholder(_("Until when one can withdraw"), "tirsdag 24. november kl. 9.00"),
    "contact_email": Placeholder(_("Our e-mail address"), ""),
    "contact_phone": Placeholder(_("Our phone number"), ""),
    "department": Placeholder(_("The department that sends the e-mail"), ""),
    "site_name": Placeholder(_("The portal’s name"), ""),
    "site_url": Placeholder(_("Link: the portal’s front page"), ""),
}
"""By name. The last five are filled in every mail from the settings."""


def is_secret(name: str) -> bool:
    """Whether a value opens something: links and codes are never shown to anybody but their reader."""
    return name.endswith("url") or name == "code"


def sample_value(name: str) -> str:
    """Return what stands for a placeholder in an example."""
    known = PLACEHOLDERS.get(name)
    if name.endswith("url"):
        return settings.PORTAL_BASE_URL + (known.sample if known else "/eksempel/")
    return known.sample if known else name


def sample_content(mail_type: MailType) -> Content:
    """Return an invented mail of a type, without attachments."""
    return Content({name: sample_value(name) for name in mail_type.placeholders})


def explained(mail_type: MailType) -> list[tuple[str, Any, bool]]:
    """Return name and meaning of what a mail may say, and whether every mail may; its own first."""
    own = [(name, False) for name in mail_type.placeholders]
    common = [(name, True) for name in sorted(COMMON_PLACEHOLDERS - set(mail_type.placeholders))]
    return [
        (name, PLACEHOLDERS[name].meaning if name in PLACEHOLDERS else "", is_common)
        for name, is_common in [*own, *common]
    ]
