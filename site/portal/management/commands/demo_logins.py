"""`portal demo_logins`: make the demo's staff and say how to log in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.demo import logins


class Command(BaseCommand):
    help = "Make the demo's staff users, and print one log-in a role. Works in the demo only."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print."""
        if not settings.PORTAL_IS_DEMO:
            raise CommandError("This portal is not a demo.")
        logins.ensure_staff_logins(now=timezone.now())
        self.stdout.write(f"Log-ins, with codes {settings.PORTAL_BASE_URL}/demo/")
        for login in logins.staff_logins():
            self.stdout.write(f"  {login.role:<16}{login.email:<32}{logins.PASSWORD}")
        for person in logins.person_logins():
            self.stdout.write(f"  {'by code':<16}{person.email:<32}{person.title}")
