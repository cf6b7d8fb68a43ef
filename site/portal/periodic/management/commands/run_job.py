"""`portal run_job NAME`: runs one periodic job now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.periodic.jobs import all_jobs
from portal.periodic.operations import run_job


class Command(BaseCommand):
    """Run one periodic job now, due or not."""

    help = "Run one periodic job now, due or not. Without a name: list the jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the job's name."""
        parser.add_argument("name", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the job, or list all."""
        name = options["name"]
        jobs = {job.name: job for job in all_jobs()}
        if not name:
            for job in jobs.values():
                self.stdout.write(f"{job.name}  ({job.every})  {job.title}")
            return
        if name not in jobs:
            raise CommandError(f"No job is named {name!r}. The jobs: {', '.join(jobs) or 'none'}.")
        if run_job(name, now=timezone.now()):
            self.stdout.write(f"{name} is done.")
        else:
            self.stdout.write(f"{name} is being run elsewhere; nothing was done.")
