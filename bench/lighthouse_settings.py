"""The portal as a browser meets it in production: static files collected, compressed and named by their content."""

from bench.settings import *  # noqa: F403 - settings modules extend others by design
from bench.settings import STORAGES
from portal.settings.base import ROOT

STATIC_ROOT = ROOT / "var" / "bench-static"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
