"""Setting type: whatever people have typed, a document comes out, and no text is ever an instruction."""

import json

import pytest
import typst

from core.typesetting import typeset

TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: "da")
= #data.title

#for row in data.rows [
  #row
]
"""


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "page.typ"
    path.write_text(TEMPLATE)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "Dansegruppen \U0001f389",
        "\u738b\u5c0f\u660e",
        "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
        "a\ue000b",
        "a\x00\x07b",
        "a\ud800b",
    ],
    ids=["emoji", "chinese", "thai", "private use", "control", "half a surrogate pair"],
)
def test_a_character_that_the_fonts_lack_stops_no_document(template, text):
    assert typeset(template, {"title": text, "rows": [text, f"Navn: {text}"]}).startswith(b"%PDF-")


def test_only_the_missing_characters_are_written_as_numbers(template):
    facts = {"title": "T", "rows": ["\u738b \u00e6\u00f8\u00e5 \u0141 \u041f"]}

    assert typeset(template, facts) == typeset(
        template, {**facts, "rows": ["[U+738B] \u00e6\u00f8\u00e5 \u0141 \u041f"]}
    )


def test_typed_markup_is_shown_as_it_stands(template):
    typed = '#read("/etc/passwd") *b* $x$ `c` ]] = H'

    written = typeset(template, {"title": "T", "rows": [typed]})

    # Were it markup, the file would not be found and nothing compiled; as text it is as any other.
    assert written.startswith(b"%PDF-")
    assert json.loads(json.dumps(typed)) == typed


def test_what_is_wrong_with_the_template_itself_is_not_hidden(template):
    template.write_text("= T")

    with pytest.raises(typst.TypstError, match="title"):
        typeset(template, {})
