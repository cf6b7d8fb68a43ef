"""`portal jobs`: runs the periodic jobs when they are due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portal.periodic.loops import Loop
from portal.periodic.operations import run_due_jobs


class Command(BaseCommand):
    """Run periodic jobs until told to stop (SIGTERM or SIGINT). Every node may run this."""

    help = "Run the periodic jobs when they are due, until stopped. Every node may run this."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read how often to look, and whether to end after one round."""
        parser.add_argument("--pause", type=float, default=20.0, help="Seconds between two looks (20).")
        parser.add_argument("--once", action="store_true", help="Run what is due, then end.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the loop."""

        def step() -> bool:
            run_due_jobs(now=timezone.now())
            if options["once"]:
                loop.stop()
            return False

        loop = Loop("The loop of periodic jobs", step, pause_seconds=options["pause"])
        loop.run()
