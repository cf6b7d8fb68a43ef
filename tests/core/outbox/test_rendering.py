"""Text files, markup, plain text and HTML (N7)."""

from dataclasses import replace
from datetime import date

import pytest

from core.outbox.checks import check_mail_type, check_mail_types
from core.outbox.errors import MailTextError, TypedTextError
from core.outbox.registry import Audience, Content
from core.outbox.rendering import render
from core.outbox.texts import Button, Heading, Items, Paragraph, parse

pytestmark = pytest.mark.django_db
VALUES = {
    "reference": "DP-7",
    "greeting": "Anna <b>",
    "sessions": "tirsdag\nonsdag",
    "place": "",
    "note": "",
    "url": "http://testserver/booking/abc/?a=1&b=2",
}


def rendered(sample_type, language="da", **values):
    return render(sample_type, Content({**VALUES, **values}), language=language, delete_on=date(2027, 2, 20))


def test_parse_reads_the_markup():
    text = parse(
        "Emne: Hej {number}\n\nEt\nto\n\n## Tre\n- fire\n- fem\n  seks\n[Syv]({url})\n\n---\nFordi.\n", "da"
    )

    assert text.subject == "Hej {number}"
    assert text.blocks == (
        Paragraph(("Et", "to")),
        Heading("Tre"),
        Items(("fire", "fem seks")),
        Button("Syv", "url"),
    )
    assert text.why == "Fordi."


@pytest.mark.parametrize(
    "source", ["Hej\n\nx\n\n---\ny\n", "Emne: \n\nx\n\n---\ny\n", "Emne: x\n\ny\n", "Emne: x\n\ny\n\n---\n\n"]
)
def test_parse_refuses_a_text_without_subject_or_reason(source):
    with pytest.raises(MailTextError):
        parse(source, "da")


def test_render_gives_wrapped_plain_text_with_contact_reason_and_deletion(sample_type):
    text = rendered(sample_type).text

    assert text == (
        "Kære Anna <b>\n\n"
        "Vi har noteret jeres booking. Her er en lang sætning, som skal deles\n"
        "over flere linjer i den rene tekst, men ikke midt i et ord.\n\n"
        "Tid og sted\n-----------\n"
        "- tirsdag\n- onsdag\n\n"
        "Se bookingen:\nhttp://testserver/booking/abc/?a=1&b=2\n\n"
        "* * *\n\n"
        "Har du spørgsmål, så skriv til dannelsesportalen@example.dk eller ring\n"
        "på 00 00 00 00, og oplys referencenummer DP-7.\n\n"
        "Du får mailen, fordi du har booket på Dannelsesportalen.\n\n"
        "Vi sletter vores oplysninger om denne mail senest den 20. februar 2027.\n\n"
        "-- \nDannelsesportalen\n"
        "Beskæftigelses-, Integrations- og Erhvervsforvaltningen, Københavns Kommune\n"
        "http://testserver/\n"
    )


def test_render_gives_html_in_its_language_without_anything_loaded(sample_type):
    html = rendered(sample_type, "en").html

    assert '<html lang="en">' in html
    assert "<h1>Booking DP-7 is in place</h1>" in html
    assert "<li>tirsdag</li>" in html
    assert "Anna &lt;b&gt;" in html
    assert 'href="http://testserver/booking/abc/?a=1&amp;b=2"' in html
    for forbidden in ("<img", "src=", "@import", "url(", " style="):
        assert forbidden not in html


def test_render_drops_lines_and_headings_with_nothing_to_say(sample_type):
    without = rendered(sample_type)
    with_note = rendered(sample_type, place="Biblioteket", note="Husk overtøj.")

    assert "Sted" not in without.text.replace("Tid og sted", "")
    assert "Bemærk" not in without.html
    assert "- Sted: Biblioteket" in with_note.text
    assert "Bemærk\n------\nHusk overtøj." in with_note.text


@pytest.fixture
def own_text(settings, tmp_path):
    """Write a text of one's own under a name, in both languages."""

    def write(name: str, body: str) -> None:
        for language, label in (("da", "Emne"), ("en", "Subject")):
            folder = tmp_path / "emails" / language
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.txt").write_text(f"{label}: Booking {{reference}}\n\n{body}\n\n---\ny\n")
        settings.TEMPLATE_DIR = tmp_path

    return write


def test_a_heading_goes_with_what_it_announces_and_never_stands_over_something_else(sample_type, own_text):
    own_text("headed", "## Kontakt\n- {note}\n\n[Se jeres tider]({url})\n\n## Tid\n{place}")
    mail = replace(sample_type, name="headed")

    without = rendered(mail, note="", place="Kl. 9", url="http://testserver/x/").html
    with_note = rendered(mail, note="Anne", place="Kl. 9", url="http://testserver/x/").html

    assert "<h2>Kontakt</h2>" not in without
    assert "<h2>Tid</h2>" in without
    assert "<h2>Kontakt</h2>" in with_note


def test_no_line_of_the_html_breaks_a_reference_or_an_hour(sample_type, own_text):
    own_text("whole", "Tid: {place}\n{url}")
    mail = replace(sample_type, name="whole")

    html = rendered(
        mail,
        reference="DP-7K3M-42",
        place="tirsdag, kl. 9.00–10.30 <b>",
        url="http://testserver/kvittering/CH-ABCD2345/",
    ).html

    assert '<h1>Booking <span class="whole">DP-7K3M-42</span></h1>' in html
    assert 'kl. <span class="whole">9.00–10.30</span> &lt;b&gt;' in html
    assert 'href="http://testserver/kvittering/CH-ABCD2345/"' in html


def test_render_reads_no_markup_in_values(sample_type):
    html = rendered(sample_type, note="## Overskrift {reference} [x](http://evil.example)").html

    assert "## Overskrift {reference} [x](http://evil.example)" in html
    assert 'href="http://evil.example' not in html


def test_render_makes_a_line_between_stars_stand_out(sample_type, settings, tmp_path):
    for language, label in (("da", "Emne"), ("en", "Subject")):
        (tmp_path / "emails" / language).mkdir(parents=True)
        (tmp_path / "emails" / language / "strong.txt").write_text(
            f"{label}: x\n\n**{{greeting}}**\n{{note}}\n\n---\ny\n"
        )
    settings.TEMPLATE_DIR = tmp_path

    mail = rendered(replace(sample_type, name="strong"), greeting="Vis & hør", note="**ikke fed**")

    assert "<p><strong>Vis &amp; hør</strong><br>**ikke fed**</p>" in mail.html
    assert mail.text.startswith("Vis & hør\n**ikke fed**\n")


def test_render_names_the_date_of_the_data_where_the_content_does(sample_type):
    content = Content(VALUES, delete_on=date(2026, 12, 31))

    text = render(sample_type, content, language="da", delete_on=date(2027, 2, 20)).text

    assert "senest den 31. december 2026." in text
    assert "20. februar 2027" not in text


@pytest.mark.parametrize(
    "value", ["se https://evil.example/x", "WWW.evil.example", "http://testserver.evil.example/"]
)
def test_render_refuses_a_foreign_address_to_an_unproven_reader(sample_type, value):
    unproven = replace(sample_type, audience=Audience.UNPROVEN)

    with pytest.raises(TypedTextError):
        rendered(unproven, note=value)
    assert "Bemærk" not in rendered(unproven).text


def test_every_registered_mail_type_passes_its_checks():
    assert check_mail_types(None) == []


def test_check_accepts_the_sample(sample_type):
    assert list(check_mail_type(sample_type)) == []


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        ({"placeholders": ("reference",)}, ["outbox.E002", "outbox.E002"]),
        (
            {"placeholders": ("reference", "greeting", "sessions", "place", "note", "url", "x")},
            ["outbox.E003"] * 2,
        ),
        ({"name": "missing"}, ["outbox.E001", "outbox.E001"]),
        ({"audience": "everybody"}, ["outbox.E005"]),
        ({"audience": Audience.UNPROVEN}, ["outbox.E006"]),
    ],
    ids=[
        "unknown placeholder",
        "unused placeholder",
        "no text",
        "unknown audience",
        "typed text to an unproven address",
    ],
)
def test_check_reports(sample_type, change, ids):
    assert [error.id for error in check_mail_type(replace(sample_type, **change))] == ids


def test_check_refuses_a_name_in_the_subject(sample_type, settings, tmp_path):
    for language, label in (("da", "Emne"), ("en", "Subject")):
        folder = tmp_path / "emails" / language
        folder.mkdir(parents=True)
        (folder / "named.txt").write_text(f"{label}: Til {{greeting}}\n\nx\n\n---\ny\n")
    settings.TEMPLATE_DIR = tmp_path

    errors = list(check_mail_type(replace(sample_type, name="named", placeholders=("greeting",))))

    assert [error.id for error in errors] == ["outbox.E004", "outbox.E004"]
