"""`portal anonymise_bookings [--dry-run]`: let old contact details go, or say how many would."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from booking.operations import anonymise_bookings, bookings_to_anonymise


class Command(BaseCommand):
    help = "Empty the contact of bookings whose last day of keeping has passed; the numbers stay."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or count."""
        now = timezone.now()
        if options["dry_run"]:
            self.stdout.write(f"{bookings_to_anonymise(now).count()} bookings would be anonymised.")
            return
        self.stdout.write(f"{anonymise_bookings(now)} bookings anonymised.")
