"""Late jobs on the admin's front page (O2)."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component

from portal.periodic.health import late_jobs


class LateJobsPanel(Component):
    """What runs late. One query; nothing is shown when all is well."""

    name = "late_jobs"
    template_name = "admin/late_jobs_panel.html"
    order = 20

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Name the late jobs."""
        return {"jobs": late_jobs(now=timezone.now())}
