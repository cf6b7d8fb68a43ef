"""Words for what figures are by."""

from django.utils.translation import gettext as _

from workshops.enums import STAGES


def stage_label(stage: str) -> str:
    """Name a stage with its grades."""
    if stage not in STAGES:
        return _("Not known")
    first, last = STAGES[stage]
    return _("%(stage)s (grades %(first)s-%(last)s)") % {
        "stage": stage.capitalize(),
        "first": first,
        "last": last,
    }
