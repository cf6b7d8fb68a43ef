"""The floor: the same Django, database and server, with views that do only what must be done."""

from bench.settings import *  # noqa: F403 - settings modules extend others by design

ROOT_URLCONF = "bench.floor"
