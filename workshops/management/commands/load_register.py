"""portal load_register: the shipped schools, districts, domains and days off."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from workshops.operations import load_shipped_register


class Command(BaseCommand):
    help = "Loads the shipped districts, schools, e-mail domains, holiday plans and public holidays. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what changed."""
        report = load_shipped_register(now=timezone.now())
        self.stdout.write(
            _("Schools: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.")
            % {
                "created": len(report.created),
                "changed": len(report.changed),
                "unchanged": report.unchanged,
            }
        )
