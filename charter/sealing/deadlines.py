"""Work that a stranger chose the size of, given up when its time is over.

Reading a PDF is pure Python, and a small file can be made that keeps it busy for years. It runs in a thread of its
own, which is stopped from outside when it takes too long: a signal would reach the main thread only.
"""

import ctypes
import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 1.0
_ATTEMPTS = 3


class _Stopped(BaseException):
    """The time is over. No Exception: a reader that catches those must not catch this."""


def within[Result](seconds: float, work: Callable[[], Result], *, otherwise: Result) -> Result:
    """Return what `work` returns, or `otherwise` where it takes longer. It must not use the database.

    An exception of the work's own is raised here.
    """
    done: list[Result] = []
    failed: list[Exception] = []
    is_over = Event()

    def run() -> None:
        try:
            done.append(work())
        except _Stopped:
            _log.warning("Stopped after %s seconds", seconds)
        except Exception as error:
            failed.append(error)
        is_over.set()

    thread = Thread(target=run, name="within", daemon=True)
    thread.start()
    thread.join(seconds)
    for _attempt in range(_ATTEMPTS):
        if is_over.is_set():
            break
        _stop(thread)
        is_over.wait(_GRACE_SECONDS)
    if failed:
        raise failed[0]
    return done[0] if done else otherwise


def _stop(thread: Thread) -> None:
    """Raise in another thread; it takes effect at the next step of Python code there."""
    identity: Any = ctypes.c_ulong(thread.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(_Stopped))
