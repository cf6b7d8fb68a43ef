"""Running functions at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def at_once(*functions: Callable[[], Any]) -> list[Any]:
    """Start all functions together; return what each returned, or the exception it raised."""
    barrier = threading.Barrier(len(functions))

    def run(function: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=60)
            return function()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(functions)) as pool:
        return list(pool.map(run, functions))


def names(results: Sequence[Any]) -> list[str]:
    """Return the kinds of what came out, sorted: class names of exceptions, "ok" for the rest."""
    return sorted(type(result).__name__ if isinstance(result, Exception) else "ok" for result in results)
