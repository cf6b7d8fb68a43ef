"""Finds the browser of this machine."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of Chromium or Chrome, or None. PORTAL_TEST_CHROMIUM names one outside PATH."""
    named = os.environ.get("PORTAL_TEST_CHROMIUM")
    if named:
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None)
