"""Ctrl-C between two updates, never within one."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interrupts", "interrupts"]


class Interrupts:
    """Whether the run has been asked to end.

    Attributes:
        asked: Set by the first signal.
    """

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Remember the first signal; the second one ends at once."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Hold back SIGINT and SIGTERM while a run lasts; outside the main thread do nothing."""
    caught = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(n, caught) for n in numbers]
    try:
        yield caught
    finally:
        for n, handler in zip(numbers, before, strict=True):
            signal.signal(n, handler)
