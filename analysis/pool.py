"""Maps a function over items in several processes, in order and in bounded memory."""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from types import ModuleType
from typing import Any, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

_work: list[Callable[[Any], Any]] = []


def map_in_order(work: Callable[[In], Out], items: Iterator[In], workers: int) -> Iterator[Out]:
    """Yield work(item) for each item, in order, with few items in flight; serially for one worker.

    `work` must pickle and belong to a module that can be imported; it is sent to each process once, since the tagger's
    vocabulary is far larger than an item.
    """
    if workers <= 1:
        yield from map(work, items)
        return
    # spawn: forking a process that holds Arrow's threads can deadlock.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start, initargs=(work,)) as pool:
        flying: deque[Future[Out]] = deque()
        for item in items:
            with _without_main():
                flying.append(pool.submit(_run, item))
            if len(flying) > 3 * workers:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep a process that starts now from running the caller's program again, which may not be run twice.

    Inside a task of Airflow that program is Airflow, which refuses to load there, and the pool would wait for ever.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _start(work: Callable[[Any], Any]) -> None:
    _work.append(work)


def _run(item: Any) -> Any:
    return _work[0](item)
