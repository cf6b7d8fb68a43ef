"""The portal as measured: production's behaviour; mail is rendered and sent to nowhere."""

from tests.concurrency.settings import *  # noqa: F403 - settings modules extend others by design
