"""Compares the counters of places and queues with the rows they count."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from booking.checking import wrong_counters


class Command(BaseCommand):
    """Changes nothing. Ends with an error when a counter is wrong, so that a monitor notices."""

    help = "Compare the counters of places and waiting lists with the bookings they count."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each wrong counter."""
        wrong = wrong_counters()
        for one in wrong:
            self.stdout.write(f"session {one.session_id}: {one.counter} says {one.says}, the rows {one.rows}")
        if wrong:
            raise CommandError(f"{len(wrong)} counters are wrong.")
        self.stdout.write("All counters are the sum of their rows.")
