"""`portal retention [--dry-run] [--rule NAME]`: delete by rule now, or list what would go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.audit.retention import all_rules
from core.privacy.reading import due, references
from portal.periodic.operations import run_job
from portal.periodic.retention_job import NAME, RetentionFailedError


class Command(BaseCommand):
    """Run the retention job, or list what it would do."""

    help = "Delete what the retention rules say, or list it without personal data. Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --dry-run and --rule."""
        parser.add_argument("--dry-run", action="store_true", help="Only list the rows that would go.")
        parser.add_argument("--rule", help="With --dry-run: list one rule only.")

    def handle(self, *args: Any, **options: Any) -> None:
        """List or run."""
        if options["dry_run"]:
            self._list(options["rule"])
            return
        try:
            if not run_job(NAME, now=timezone.now()):
                raise CommandError("Another node is deleting right now.")
        except RetentionFailedError as error:
            raise CommandError(f"These parts failed, the rest is done: {error}") from error
        from core.privacy.models import RetentionRun

        run = RetentionRun.objects.latest("at", "pk")
        for rule, count in sorted(run.counts.items()):
            self.stdout.write(f"{rule}: {count}")
        self.stdout.write(f"{run.total} in all.")

    def _list(self, only: str | None) -> None:
        names = [rule.name for rule in all_rules()]
        if only and only not in names:
            raise CommandError(f"No such rule. There are: {', '.join(names)}")
        now, total = timezone.now(), 0
        for name in [only] if only else names:
            for _holding, rows in due(name, now=now):
                for reference in references(rows):
                    self.stdout.write(f"{name} {reference}")
                    total += 1
        self.stdout.write(f"{total} in all would go.")
