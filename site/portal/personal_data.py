"""What the top packages hold of persons: the choice of digests; and what of theirs holds nothing."""

from core.privacy.people import has_email
from core.privacy.registry import Holding, dated, delete_rows, exempt, register


def register_all() -> None:
    """Register what portal holds."""
    from portal.digest.models import DigestChoice

    register(
        Holding(
            name="digest_choices",
            rule="dormant_accounts",
            model="digest.DigestChoice",
            fields=("last_period",),
            shown=("cadence",),
            rows=lambda: dated(DigestChoice.objects.all(), since="user__date_joined"),
            of=lambda person: has_email(person, "user__email"),
            erase=delete_rows,
        )
    )
    for model, reason in {
        "home.HomePage": "published texts",
        "home.ContentPage": "published texts",
        "periodic.JobRun": "names of jobs and of errors",
        "reporting.AnnualGoal": "texts of goals",
        "reporting.SchoolGroup": "names of groups of schools",
        "reporting.AnnualReport": "figures; who closed a year stands in the locked record, as the office’s act",
        "reporting.AnnualReportDocument": "the locked report: figures, no participants",
        "reporting.SchoolTypeMapping": "types of schools, and why they were grouped so",
    }.items():
        exempt(model, reason=reason)
