"""Many visitors who act at the same moment."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.concurrency.visitor import Answer, Visitor


@dataclass(frozen=True)
class Rush:
    """How it went: an answer for each visitor, in their order, and how long it took."""

    visitors: list[Visitor]
    answers: list[Answer]
    seconds: float

    def with_status(self, status: int) -> list[Visitor]:
        """Return the visitors who got this status."""
        return [
            visitor
            for visitor, answer in zip(self.visitors, self.answers, strict=True)
            if answer.status == status
        ]


@contextmanager
def visitors(base_url: str, count: int, *, first: int = 1) -> Iterator[list[Visitor]]:
    """Yield `count` visitors; hang up at the end."""
    crowd = [Visitor(base_url, first + number) for number in range(count)]
    try:
        yield crowd
    finally:
        for visitor in crowd:
            visitor.close()


def rush(visitors: Sequence[Visitor], act: Callable[[Visitor], Answer]) -> Rush:
    """Let these visitors act at once. What one of them cannot finish is raised here."""
    answers: list[Answer | BaseException | None] = [None] * len(visitors)
    start = threading.Barrier(len(visitors) + 1)

    def run(place: int, visitor: Visitor) -> None:
        start.wait()
        try:
            answers[place] = act(visitor)
        except BaseException as error:
            answers[place] = error

    threads = [
        threading.Thread(target=run, args=(place, visitor), daemon=True)
        for place, visitor in enumerate(visitors)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    started = time.monotonic()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - started
    finished: list[Answer] = []
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
        assert answer is not None
        finished.append(answer)
    return Rush(list(visitors), finished, seconds)
