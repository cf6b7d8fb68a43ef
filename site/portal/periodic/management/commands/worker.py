"""`portal worker`: sends what the outbox holds."""

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from core.outbox.operations import send_due
from portal.periodic.loops import Loop
from portal.periodic.operations import WORKER, beat

log = logging.getLogger(__name__)

BATCH = 50
SECONDS_BETWEEN_BEATS = 15


class Command(BaseCommand):
    """Send messages until told to stop (SIGTERM or SIGINT). Any number may run at once."""

    help = "Send queued messages until stopped. Any number of workers may run at once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read how often to look, and whether to stop when the queue is empty."""
        parser.add_argument("--pause", type=float, default=2.0, help="Seconds between two looks (2).")
        parser.add_argument("--once", action="store_true", help="Send what is due, then end.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the loop."""
        beaten_at = float(-SECONDS_BETWEEN_BEATS)

        def step() -> bool:
            nonlocal beaten_at
            now = timezone.now()
            if time.monotonic() - beaten_at >= SECONDS_BETWEEN_BEATS:
                beat(WORKER, now=now)
                beaten_at = time.monotonic()
            dealt_with = send_due(now=now, limit=BATCH, is_stopping=loop.is_stopping)
            if dealt_with:
                log.info("Dealt with %s messages.", dealt_with)
            if options["once"] and dealt_with < BATCH:
                loop.stop()
            return dealt_with >= BATCH

        loop = Loop("The outbox worker", step, pause_seconds=options["pause"])
        loop.run()
