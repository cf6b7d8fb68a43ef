"""The floor for pages: Wagtail serving its plainest page, through the portal's own middleware."""

from pathlib import Path

from bench.settings import *  # noqa: F403 - settings modules extend others by design
from bench.settings import TEMPLATES

ROOT_URLCONF = "bench.floor"
TEMPLATES = [
    {**TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"], "OPTIONS": {"context_processors": []}}
]
