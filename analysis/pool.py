"""Maps a function over items in several processes, in order and in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

_work: list[Callable[[Any], Any]] = []


def map_in_order(work: Callable[[In], Out], items: Iterator[In], workers: int) -> Iterator[Out]:
    """Yield work(item) for each item, in order, with few items in flight; serially for one worker.

    `work` must pickle; it is sent to each process once, since the tagger's vocabulary is far larger than an item.
    """
    if workers <= 1:
        yield from map(work, items)
        return
    # spawn: forking a process that holds Arrow's threads can deadlock.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start, initargs=(work,)) as pool:
        flying: deque[Future[Out]] = deque()
        for item in items:
            flying.append(pool.submit(_run, item))
            if len(flying) > 3 * workers:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()


def _start(work: Callable[[Any], Any]) -> None:
    _work.append(work)


def _run(item: Any) -> Any:
    return _work[0](item)
