"""`portal reset_second_factor ADDRESS`: let somebody who lost phone and recovery codes set up a new one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.accounts.models import User
from core.accounts.operations import reset_second_factor
from core.audit.log import SYSTEM


class Command(BaseCommand):
    help = "Remove a person's second factors and end their sessions. Check first who is asking."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset, and say how many were removed."""
        user = User.objects.filter(email=options["address"].strip().lower()).first()
        if user is None:
            raise CommandError("Nobody has this address.")
        removed = reset_second_factor(user_id=user.pk, actor=SYSTEM, now=timezone.now())
        self.stdout.write(f"Removed {removed}. {user.email} sets up a new one at the next log-in.")
