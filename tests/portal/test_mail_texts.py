"""Every mail of the product, in both languages, with values as they are in life (N7)."""

import re
from datetime import date

import pytest
from django.conf import settings

from core.outbox.placeholders import sample_value
from core.outbox.registry import Audience, Content, all_types
from core.outbox.rendering import WIDTH, Rendered, render

pytestmark = pytest.mark.django_db

URL = "http://testserver/booking/eyJib29raW5nIjoxN30-Zm9yLXRlc3Rz-kq3vR8f2mZx9wT1u/"
SAMPLES = {
    "reference": "DP-7K3M-42",
    "title": "Mellem linjerne – om kilder, påstande og fællesskaber på nettet",
    "dates": "tirsdag 1. december 2026, kl. 9.00–10.30\nonsdag 2. december 2026, kl. 9.00–10.30",
    "party": "7.A (7. klasse): 24 elever og 2 voksne\n7.B (7. klasse): 22 elever og 1 voksen",
    "school": "Skolen ved Sundet",
    "place": "Skolen ved Sundet, Samosvej 50, 2300 København S, lokale 2.14",
    "practical": "Indgang: hovedindgangen mod gården\nI gør klar: projektor og højttalere",
    "provider": "Kulturværkstedet Amager",
    "withdrawal_deadline": "tirsdag 24. november kl. 9.00",
    "deadline": "søndag 22. november kl. 13.40",
    "contact": "Anne Prøve\nanne@skole.example\n00 00 00 00",
    "online_url": "http://testserver/moede/abc/",
    "code": "4F7 K2P",
    "minutes": "15",
    "time": "14.05",
    "signer": "Bo Prøve",
    "first_day": "1. januar 2027",
    "last_day": "31. december 2027",
    "date": "1. december 2026",
    "role": "tegningsberettiget",
    "times": "tirsdag 1. december 2026, kl. 9.00–10.30\nonsdag 2. december 2026, kl. 12.00–13.30, Kulturhuset",
    "reason": "Der er ingen ledig tid omkring de datoer, du ønsker",
    "note": "Der er nu 21 elever i stedet for 24.",
    "cause": "Udbyderen er blevet forhindret.",
    "sessions": "tirsdag 8. december 2026, kl. 9.00–10.30: http://testserver/book/7/",
    "rest": "Forældreaften på skolen: onsdag 2. december 2026, kl. 19.00–21.00",
    "position": "3",
    "days": "om 30 dage",
    "count": "2",
    "ending": "Kulturværkstedet Amager: dækket til og med 31. december 2026 (om 30 dage).",
    "lapsed": "Foreningen Sundet: dækket til og med 30. november 2026. 4 tider venter på underskriften.",
    "task": "2 ting ved underskrifterne stemmer ikke (file_changed, seal_broken). Ring til driften.",
    "organisation": "Foreningen Dialog for Alle",
    "roles": "koordinator og underskriver",
    "inviter": "Karl Prøve",
    "name": "Frida Prøve",
    "hotline": "00 00 00 00 (Alle dage kl. 8–22. Du kan være anonym.)",
}
"""By placeholder; those that end in `url` are links."""

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def sample(mail_type, language) -> Rendered:
    values = {
        name: URL if name.endswith("url") and name not in SAMPLES else SAMPLES.get(name) or sample_value(name)
        for name in mail_type.placeholders
    }
    return render(
        mail_type,
        Content(values, delete_on=date(2027, 7, 31)),
        language=language,
        delete_on=date(2027, 12, 31),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mail_type", all_types(), ids=lambda mail_type: mail_type.name)
def test_every_mail_reads_well_in_both_forms(mail_type, language):
    mail = sample(mail_type, language)

    assert not re.search(r"[{}]|None|\*\*|\[.*\]\(", mail.text)
    assert len(mail.subject) <= 70
    too_wide = [line for line in mail.text.splitlines() if len(line) > WIDTH and "http" not in line]
    assert [line for line in too_wide if line != settings.PORTAL_DEPARTMENT] == []
    assert re.search(r"31\.? (juli|July)\s2027", mail.text)
    assert settings.PORTAL_CONTACT_EMAIL in mail.text
    assert f'<html lang="{language}">' in mail.html
    assert "<img" not in mail.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_subject_carries_a_name_or_a_theme(language):
    subjects = " ".join(sample(mail_type, language).subject for mail_type in all_types())

    for name in ("title", "school", "provider", "place", "signer"):
        assert SAMPLES[name] not in subjects


def test_there_are_mails_to_unproven_addresses_and_they_carry_nothing_typed():
    unproven = [mail_type for mail_type in all_types() if mail_type.audience == Audience.UNPROVEN]

    assert unproven
    for mail_type in unproven:
        assert not {"party", "contact", "practical", "signer"} & set(mail_type.placeholders)
