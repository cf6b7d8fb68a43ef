"""What the browser tests look for on a page."""

import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from playwright.sync_api import Page

_RULE_SETS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# With scripting off the parser takes what is inside <noscript> for elements.
_SCRIPTING_IS_OFF = """() => {
    const holder = document.createElement("div");
    holder.innerHTML = "<noscript><b></b></noscript>";
    return holder.querySelector("b") !== null;
}"""


# What moves is moved to its end: a badge that pulses five times would be waited for on every page.
_SETTLED = """() => new Promise(done => setTimeout(done, 150)).then(() => {
    for (const animation of document.getAnimations()) {
        if (animation.effect.getComputedTiming().iterations !== Infinity) animation.finish();
    }
})"""


@cache
def _axe() -> str:
    return (settings.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()


def axe_findings(page: Page) -> list[str]:
    """Return what axe finds on the page as it is now, one line a finding."""
    assert not page.evaluate(_SCRIPTING_IS_OFF), (
        "axe needs a page that runs JavaScript: it would never answer"
    )
    # A page still loading has no main landmark yet, and a message fading in has no contrast yet.
    page.wait_for_load_state("load")
    page.evaluate(_SETTLED)
    # Evaluated, not added as a script element: the page's Content-Security-Policy stays in force.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(f"() => {{ {_axe()} }}")
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        _RULE_SETS,
    )
    return [
        f"{violation['id']}: {violation['help']} at {node['target']}: {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def assert_no_axe_findings(page: Page) -> None:
    """Fail with every finding when axe finds anything (DESIGN.md 8)."""
    findings = axe_findings(page)
    assert findings == [], "\n".join(findings)


def assert_fits_the_width(page: Page) -> None:
    """Fail when the page scrolls sideways (rule 13: 320 px and 400 % zoom)."""
    # A word in the fallback font may be wider than in the page's own.
    page.evaluate("() => document.fonts.ready.then(() => true)")
    width = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width[0] <= width[1]


def eventually[T](question: Callable[[], T], *, seconds: float = 10) -> T:
    """Return the answer as soon as it is truthy; fail when it is not in time.

    For what happens outside the browser (a mail in the outbox). Pages wait by Playwright's `expect`.
    """
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
    return answer
