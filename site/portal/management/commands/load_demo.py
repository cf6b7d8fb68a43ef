"""portal load_demo: one realistic school year around today, in an empty database."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.demo.year import is_loaded, load_year


class Command(BaseCommand):
    help = "Loads the demo year into an empty database. Only where PORTAL_IS_DEMO is on."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it once; a second run leaves what is there."""
        if not settings.PORTAL_IS_DEMO:
            raise CommandError("This is not a demo: set DJANGO_SETTINGS_MODULE=portal.settings.demo.")
        if is_loaded():
            self.stdout.write("The demo year is there already.")
            return
        # Before anything is signed: the demo's documents carry the demo's seal.
        call_command("charter", "make-demo-seal", stdout=self.stdout)
        load_year(now=timezone.now())
        self.stdout.write("The demo year is loaded.")
