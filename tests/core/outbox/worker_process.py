"""A worker of the outbox in a process of its own, with a place where it stops and waits to be killed.

The stop points are patched in here: the product has no switch for them. Run by test_killed_worker.py:
python worker_process.py '{"database": ..., "smtp_port": ..., "stop": ..., "minutes_later": ..., "arguments": [...]}'
"""

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]


def tell(word: str) -> None:
    """Say to the test how far this process has come."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(options: dict) -> None:
    """Set Django up against the test's database and mail sink, patch, and run the command."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.test"
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = options["database"]
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": options["smtp_port"], "timeout": 20},
        }
    }
    import django

    django.setup()

    from django.core.management import call_command
    from django.utils import timezone

    from core.outbox import delivery, operations, registry
    from core.outbox.querysets import MessageQuerySet
    from tests.core.outbox.sample import SAMPLE, TEMPLATE_DIR

    settings.TEMPLATE_DIR = TEMPLATE_DIR
    registry.register(SAMPLE)

    real_now, later = timezone.now, timedelta(minutes=options.get("minutes_later", 0))
    timezone.now = lambda: real_now() + later

    def wait_to_be_killed() -> None:
        tell("reached")
        time.sleep(60)

    real_transmit, real_mark = delivery.transmit, operations._mark_sent
    match options.get("stop"):
        case "before sending":
            delivery.transmit = lambda email: wait_to_be_killed()
        case "before commit":

            def transmit(email):
                real_transmit(email)
                wait_to_be_killed()

            delivery.transmit = transmit
        case "after commit":

            def mark_sent(*args, **kwargs):
                real_mark(*args, **kwargs)
                wait_to_be_killed()

            operations._mark_sent = mark_sent
        case "no claim":
            # The negative control of the race: everybody believes to own every message.
            MessageQuerySet.claim = lambda self, message_id, *, now, until: bool(
                self.filter(pk=message_id).update(leased_until=until)
            )
    if options.get("wait_for_go"):
        tell("ready")
        sys.stdin.readline()
    call_command("worker", "--pause", "0.1", *options.get("arguments", []))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
