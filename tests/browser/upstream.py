"""What axe finds in Wagtail's own parts of the administration, named one by one (FEATURES A1).

A finding that is not here fails; so does an entry that no page shows any more.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Upstream:
    """One finding that is Wagtail's: the rule, a piece of the element it is about, and why."""

    rule: str
    html: str
    why: str

    def is_in(self, finding: str) -> bool:
        """Say whether a line of `checks.axe_findings` is this one."""
        return finding.startswith(f"{self.rule}:") and self.html in finding


FINDINGS = (
    Upstream(
        "landmark-unique",
        '<form role="search" class="w-h-[42px]',
        "the sidebar and a list each have a search form, and Wagtail names neither",
    ),
    Upstream(
        "aria-required-parent",
        'href="#tab-roles"',
        "the button to a user's roles is a tab outside the list of tabs",
    ),
)
