"""Long-running processes: they end between two pieces of work when told to (SIGTERM, SIGINT)."""

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from django.db import DatabaseError, close_old_connections

log = logging.getLogger(__name__)


class Loop:
    """Calls `step` again and again. `step` returns whether it wants to go on at once."""

    def __init__(self, name: str, step: Callable[[], bool], *, pause_seconds: float) -> None:
        self.name = name
        self.step = step
        self.pause_seconds = pause_seconds
        self._stop = threading.Event()

    def is_stopping(self) -> bool:
        """Whether the process was told to end."""
        return self._stop.is_set()

    def stop(self, signum: int | None = None, frame: FrameType | None = None) -> None:
        """End after the piece of work at hand."""
        self._stop.set()

    def run(self) -> None:
        """Work until told to stop. A database that is away is waited for."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        log.info("%s starts.", self.name)
        while not self.is_stopping():
            is_busy = False
            close_old_connections()
            try:
                is_busy = self.step()
            except DatabaseError:
                log.exception("%s cannot use the database; it tries again.", self.name)
            if not is_busy:
                self._stop.wait(self.pause_seconds)
        close_old_connections()
        log.info("%s has stopped.", self.name)
