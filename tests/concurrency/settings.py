"""The portal as server processes for races and the bench: production's behaviour, mail that goes nowhere."""

from portal.settings.base import *  # noqa: F403 - settings modules extend base by design
from portal.settings.base import LOGGING, STORAGES

SECRET_KEY = "tests-only"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
# Every visitor comes with an address of their own, as through a proxy: limits count each.
PORTAL_TRUSTED_PROXIES = 1
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = False
# Two hundred refusals are what is asked for, not worth a line each.
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}  # type: ignore[index]  # a dict of dicts
