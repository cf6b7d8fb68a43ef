"""«Det kræver din opmærksomhed» on the admin's front page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from core.worklist.kinds import get
from core.worklist.models import WorkItem


class AttentionPanel(Component):
    """Open tasks by kind, with links. One query, whatever is open."""

    name = "attention"
    template_name = "admin/attention_panel.html"
    order = 10

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Count the open tasks of each kind."""
        counts = WorkItem.objects.all().counts_by_kind(now=timezone.now())
        index = reverse("tasks:index")
        rows = [
            {
                "title": get(kind).title,
                "count": count,
                "late": late,
                "url": f"{index}?{urlencode({'kind': kind, 'is_open': 'open'})}",
            }
            for kind, (count, late) in counts.items()
        ]
        rows.sort(key=lambda row: (-row["late"], -row["count"], str(row["title"])))
        return {"rows": rows, "index_url": index}
