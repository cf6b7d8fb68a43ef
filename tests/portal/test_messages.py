"""The catalogue check finds what has no Danish, and updating keeps what was written."""

import re
from pathlib import Path

import django
import polib
import pytest
import wagtail.users
from django.apps import apps
from django.conf import settings

from portal.messages import check, extract, update, upstream_keys


def _catalogue(**danish: str) -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=0)
    for msgid, msgstr in danish.items():
        catalogue.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
    return catalogue


def test_a_text_that_is_asked_for_and_not_there_is_missing():
    findings = check(_catalogue(Book="Book"), _catalogue(Book="", Leave=""))

    assert findings.missing == ["Leave"]
    assert findings


def test_an_empty_and_a_fuzzy_entry_are_findings():
    catalogue = _catalogue(Book="", Leave="Forlad")
    catalogue[1].flags.append("fuzzy")

    findings = check(catalogue, _catalogue(Book="", Leave=""))

    assert (findings.untranslated, findings.fuzzy) == (["Book"], ["Leave"])
    assert findings


def test_a_plural_with_one_form_missing_is_untranslated():
    catalogue = polib.POFile()
    catalogue.append(
        polib.POEntry(msgid="one place", msgid_plural="places", msgstr_plural={0: "en plads", 1: ""})
    )

    assert check(catalogue, catalogue).untranslated == ["one place"]


def test_an_unused_entry_is_told_and_is_no_failure():
    findings = check(_catalogue(Gone="Væk"), _catalogue())

    assert findings.unused == ["Gone"]
    assert not findings


def test_updating_keeps_danish_adds_what_is_new_drops_what_is_gone_and_sorts():
    catalogue = _catalogue(Leave="Forlad", Gone="Væk", Dashboard="Overblik")

    update(catalogue, _catalogue(Leave="", Book=""))

    # "Dashboard" is Wagtail's: our catalogue says it in Danish because Wagtail's does not.
    assert [(entry.msgid, entry.msgstr) for entry in catalogue] == [
        ("Book", ""),
        ("Dashboard", "Overblik"),
        ("Leave", "Forlad"),
    ]


def test_a_text_of_wagtail_counts_as_asked_for():
    assert (None, "Dashboard", None) in upstream_keys()


@pytest.mark.slow
def test_texts_in_code_and_in_templates_are_collected(tmp_path: Path):
    for folder in ("site", "workshops", "booking", "charter", "templates"):
        (tmp_path / folder).mkdir()
    (tmp_path / "booking" / "forms.py").write_text('_("In code")\n')
    (tmp_path / "templates" / "page.html").write_text("{% load i18n %}{% translate 'In a page' %}")

    found = {entry.msgid for entry in extract(tmp_path)}

    assert found == {"In code", "In a page"}


def test_the_shipped_catalogue_has_no_empty_and_no_fuzzy_entry():
    catalogue = polib.pofile(str(settings.LOCALE_PATHS[0] / "da" / "LC_MESSAGES" / "django.po"))

    findings = check(catalogue, catalogue)

    assert (findings.untranslated, findings.fuzzy) == ([], [])


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_text_of_the_parts_of_wagtail_we_use_is_in_danish(domain: str):
    ours = settings.LOCALE_PATHS[0] / "da" / "LC_MESSAGES" / f"{domain}.po"
    texts = {
        (entry.msgctxt, entry.msgid)
        for folder in _wagtail_folders()
        for entry in _entries(folder / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po")
    }
    in_danish = {
        (entry.msgctxt, entry.msgid)
        for path in (
            ours,
            *(folder / "locale" / "da" / "LC_MESSAGES" / f"{domain}.po" for folder in _wagtail_folders()),
        )
        for entry in _entries(path)
        if entry.translated()
    } | {  # short words that Django itself has
        (entry.msgctxt or None, entry.msgid)
        for entry in polib.mofile(str(Path(django.__path__[0], "conf/locale/da/LC_MESSAGES/django.mo")))
        if domain == "django"
    }

    assert len(texts) > 50
    assert sorted(texts - in_danish) == []


def test_our_danish_for_wagtail_has_the_placeholders_of_the_english():
    placeholder = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    catalogue = _entries(settings.LOCALE_PATHS[0] / "da" / "LC_MESSAGES" / "django.po")
    unknown = {
        entry.msgid: sorted(extra)
        for entry in catalogue
        for danish in (entry.msgstr, *entry.msgstr_plural.values())
        if (
            extra := set(placeholder.findall(danish))
            - set(placeholder.findall(entry.msgid + entry.msgid_plural))
        )
    }

    assert unknown == {}  # an unknown one is an error page


def _wagtail_folders() -> list[Path]:
    return [
        Path(app.path) for app in apps.get_app_configs() if app.module.__name__.split(".")[0] == "wagtail"
    ] + [
        Path(wagtail.users.__path__[0])  # our own app configuration stands in for it
    ]


def _entries(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []
