"""`portal build_frontend`: write static/dkfds/ from the installed npm packages."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.frontend import FrontendError, build


class Command(BaseCommand):
    help = "Write the design system's style sheet, script, fonts and icons into static/dkfds/."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Build and print the weight of what was built."""
        try:
            built = build(
                package_dir=settings.ROOT / "node_modules" / "dkfds" / "dist",
                target_dir=settings.PACKAGE_DIR / "static" / "dkfds",
                template_dirs=[settings.TEMPLATE_DIR],
            )
        except FrontendError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"static/dkfds: {len(built.files)} files, {sum(built.files.values()) // 1024} kB")
