"""Stopping: the first signal asks a run to end well, the second ends the process at once."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR: Final = b"\x1b[?25h"
AT_ONCE: Final = 130
"""Exit code of a process that was told twice."""


def tell(words: str) -> None:
    """Write words for a person to standard error, in a way that is safe within the handler of a signal."""
    os.write(2, f"{words}\n".encode())


@contextmanager
def stop_on_signal(tell: Callable[[str], None] = tell) -> Iterator[Event]:
    """Give an event that is set by the first Ctrl-C or SIGTERM within the block; only for the main thread.

    `tell` is called with words for a person, within the signal's handler: it must neither wait nor take a lock.
    """
    stop = Event()

    def handle(number: int, frame: Any) -> None:
        if stop.is_set():
            if sys.stderr.isatty():
                os.write(2, _SHOW_CURSOR)
            # Threads wait for their servers: only this does not wait for them. The store stands a kill at any moment.
            os._exit(AT_ONCE)
        stop.set()
        tell("stopping: pages in hand are finished and stored; once more ends at once")

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
