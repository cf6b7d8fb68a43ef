"""Keeps the Danish catalogue complete: what code and templates ask for is in it, and translated.

Entries that our own sources do not ask for are kept while a package we build on does: Wagtail's Danish covers a
sixth of its admin, and our catalogue fills in what our roles meet. Everything else goes.
"""

import contextlib
import importlib.util
import io
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib
from django.core.management import call_command
from django.core.management.commands import makemessages
from django.test.utils import override_settings

SOURCE_FOLDERS = ("site", "workshops", "booking", "charter", "templates")
UPSTREAM_PACKAGES = ("wagtail", "allauth", "django", "modelsearch", "taggit", "recurrence")

type Key = tuple[str | None, str, str | None]


@dataclass(frozen=True)
class Findings:
    """What is wrong with a catalogue: message ids, sorted."""

    missing: list[str]
    untranslated: list[str]
    fuzzy: list[str]
    unused: list[str]

    def __bool__(self) -> bool:
        """Whether a visitor could meet English. An unused entry only waits to be cleared away."""
        return bool(self.missing or self.untranslated or self.fuzzy)


def extract(root: Path) -> polib.POFile:
    """Return every message our Python and templates ask for, without locations. Needs xgettext."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in SOURCE_FOLDERS:
            for path in (root / folder).rglob("*"):
                if path.suffix in {".py", ".html", ".txt"} and not {"static", "migrations"} & set(path.parts):
                    target = copy / path.relative_to(root)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, target)
        locale = copy / "catalogue"
        locale.mkdir()
        with contextlib.chdir(copy), override_settings(LOCALE_PATHS=[locale]):
            command = makemessages.Command()
            # Where a module needs both kinds, the lazy one is imported as `_lazy`.
            command.xgettext_options = [*command.xgettext_options, "--keyword=_lazy"]
            call_command(
                command,
                locale=["da"],
                keep_pot=True,
                no_location=True,
                no_wrap=True,
                verbosity=0,
                stdout=io.StringIO(),
            )
        return polib.pofile(str(locale / "django.pot"), wrapwidth=0)


def check(catalogue: polib.POFile, extracted: polib.POFile) -> Findings:
    """Compare a catalogue with what the sources ask for."""
    asked = {_key(entry) for entry in extracted}
    entries = {_key(entry): entry for entry in catalogue if not entry.obsolete}
    spare = set(entries) - asked
    return Findings(
        missing=sorted(key[1] for key in asked - set(entries)),
        untranslated=sorted(key[1] for key, entry in entries.items() if _is_untranslated(entry)),
        fuzzy=sorted(key[1] for key, entry in entries.items() if entry.fuzzy),
        unused=sorted(key[1] for key in (spare - upstream_keys() if spare else spare)),
    )


def update(catalogue: polib.POFile, extracted: polib.POFile) -> None:
    """Add what is asked for, drop what nobody asks for, sort: one order, so that branches merge."""
    asked = {_key(entry): entry for entry in extracted}
    entries = {_key(entry): entry for entry in catalogue if not entry.obsolete}
    upstream = upstream_keys() if entries.keys() - asked.keys() else set()
    kept = [entry for key, entry in entries.items() if key in asked or key in upstream]
    for entry in kept:
        source = asked.get(_key(entry))
        entry.occurrences = []
        if source is not None:
            entry.comment, entry.flags = source.comment, [*source.flags, *(["fuzzy"] if entry.fuzzy else [])]
    added = [_blank(entry) for key, entry in asked.items() if key not in entries]
    catalogue[:] = sorted([*kept, *added], key=lambda entry: (entry.msgid, entry.msgctxt or ""))


def compile_catalogues(locale_dir: Path) -> list[Path]:
    """Write the .mo beside every .po and return what was written."""
    written = []
    for source in sorted(locale_dir.rglob("*.po")):
        target = source.with_suffix(".mo")
        polib.pofile(str(source)).save_as_mofile(str(target))
        written.append(target)
    return written


def upstream_keys() -> set[Key]:
    """Return the messages that the packages we build on ask for."""
    keys: set[Key] = set()
    for package in UPSTREAM_PACKAGES:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for path in Path(folder).rglob("locale/en/LC_MESSAGES/django*.[pm]o"):
                read: Any = polib.pofile if path.suffix == ".po" else polib.mofile
                keys |= {_key(entry) for entry in read(str(path))}
            # Packages that ship no English catalogue: any language holds the same ids.
            for path in Path(folder).rglob("locale/da/LC_MESSAGES/django*.po"):
                keys |= {_key(entry) for entry in polib.pofile(str(path))}
    return keys


def _key(entry: Any) -> Key:
    # polib gives "" for no context in .po files and None in .mo files.
    return (entry.msgctxt or None, entry.msgid, entry.msgid_plural or None)


def _is_untranslated(entry: polib.POEntry) -> bool:
    if entry.msgid_plural:
        return not entry.msgstr_plural or not all(entry.msgstr_plural.values())
    return not entry.msgstr


def _blank(entry: polib.POEntry) -> polib.POEntry:
    return polib.POEntry(
        msgid=entry.msgid,
        msgctxt=entry.msgctxt,
        msgid_plural=entry.msgid_plural,
        msgstr_plural={0: "", 1: ""} if entry.msgid_plural else {},
        comment=entry.comment,
        flags=list(entry.flags),
    )
