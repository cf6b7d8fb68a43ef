"""portal import_schools FILE: bring a newer copy of the Institutionsregister in."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workshops.operations import import_schools
from workshops.register import RegisterUnreadableError


class Command(BaseCommand):
    help = (
        "Imports schools from the Institutionsregister's JSON or from our CSV. Never deletes; safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whether to report only."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="report only, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and report every change."""
        try:
            content = options["file"].read_bytes()
            report = import_schools(content=content, now=timezone.now(), is_dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be opened: %(error)s") % {"file": options["file"], "error": error.strerror}
            ) from error
        except RegisterUnreadableError as error:
            raise CommandError(_("Nothing was imported. %(error)s") % {"error": error}) from error
        for label in report.created:
            self.stdout.write(_("New: %(school)s") % {"school": label})
        for label, differences in report.changed:
            self.stdout.write(_("Changed: %(school)s") % {"school": label})
            for difference in differences:
                self.stdout.write(f"    {difference.field}: {difference.before or '–'} → {difference.after}")
        for label in report.vanished:
            self.stdout.write(
                _("No longer in the file: %(school)s. Nothing is deleted; close or merge it in the admin.")
                % {"school": label}
            )
        for bad_row in report.errors:
            self.stderr.write(
                _("Line %(line)d left out: %(reason)s") % {"line": bad_row.line, "reason": bad_row.reason}
            )
        self.stdout.write(
            _("Schools: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.")
            % {"created": len(report.created), "changed": len(report.changed), "unchanged": report.unchanged}
        )
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was written."))
