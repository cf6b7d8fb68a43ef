"""`portal messages`: keep the Danish catalogue complete (development only: polib and gettext needed)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Bring the Danish catalogue up to date with code and templates, or check it, and compile it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose between updating (default), checking and only compiling."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--check", action="store_true", help="change nothing; fail unless Danish is at 100 %%"
        )
        choice.add_argument("--compile", action="store_true", help="only write the .mo files")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the chosen part."""
        try:
            import polib

            from portal import messages
        except ImportError as error:
            raise CommandError("Install the development packages: this command needs polib.") from error
        locale_dir: Path = settings.LOCALE_PATHS[0]
        path = locale_dir / "da" / "LC_MESSAGES" / "django.po"
        if options["compile"]:
            for written in messages.compile_catalogues(locale_dir):
                self.stdout.write(f"compiled {written.relative_to(settings.ROOT)}")
            return
        catalogue = polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)
        extracted = messages.extract(settings.ROOT)
        if not options["check"]:
            messages.update(catalogue, extracted)
            catalogue.metadata.setdefault("Content-Type", "text/plain; charset=UTF-8")
            catalogue.metadata.setdefault("Plural-Forms", "nplurals=2; plural=(n != 1);")
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue.save(str(path))
            messages.compile_catalogues(locale_dir)
        findings = messages.check(catalogue, extracted)
        for title, ids in (
            ("not in the catalogue (run ./run messages)", findings.missing),
            ("without Danish", findings.untranslated),
            ("fuzzy", findings.fuzzy),
            ("asked for by nobody (run ./run messages)", findings.unused),
        ):
            for message_id in ids:
                self.stderr.write(f"{title}: {message_id!r}")
        done = len(catalogue) - len(findings.untranslated) - len(findings.fuzzy)
        self.stdout.write(
            f"{path.relative_to(settings.ROOT)}: {len(catalogue)} messages, {done} in Danish, "
            f"{len(findings.missing)} missing"
        )
        if findings and options["check"]:
            raise CommandError("The Danish catalogue is not complete.")
