"""«Det kræver din opmærksomhed» on the admin's front page."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component

from core.worklist.kinds import get
from core.worklist.models import WorkItem
from core.worklist.views import age_text, attention_url, sleep_text, urgency
from core.worklist.watches import waiting


class AttentionPanel(Component):
    """Open tasks by kind, and figures that wait; each count leads to its list. A fixed number of queries."""

    name = "attention"
    template_name = "admin/attention_panel.html"
    order = 10

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Count the open tasks of each kind."""
        now = timezone.now()
        user = (parent_context or {})["request"].user
        counts = WorkItem.objects.all().counts_by_kind(now=now, user_id=user.pk)
        rows = [
            {
                "title": get(kind).title,
                "count": counted.open,
                "late": counted.late,
                "age": age_text(counted.oldest, now=now) if counted.oldest else "",
                "url": attention_url(kind=kind),
            }
            for kind, counted in sorted(counts.items(), key=urgency)
            if counted.open
        ]
        asleep = sum(counted.asleep for counted in counts.values())
        return {
            "rows": rows,
            "watches": waiting(user=user, now=now),
            "sleep_text": sleep_text(asleep) if asleep else "",
            "asleep_url": attention_url(asleep="1"),
            "mine": sum(counted.mine for counted in counts.values()),
            "mine_url": attention_url(who="mine"),
            "all_url": attention_url(),
        }
