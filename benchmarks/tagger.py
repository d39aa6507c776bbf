"""Times the tagger on postings of a store in one run: matching alone, the whole tagger, a naive loop as yardstick.

Usage: python benchmarks/tagger.py [--data DIR] [--rows N]. Only ratios mean something; seconds depend on the machine.
"""

import argparse
import itertools
import re
import time
from collections.abc import Callable, Iterator

from analysis.classify.matching import Matcher
from analysis.classify.tagger import Tagger
from analysis.classify.vocabulary import load_vocabulary
from scrapers.store import Store, default_root

Row = tuple[str | None, str]


def rows_of(store: Store) -> Iterator[Row]:
    """Yield (title, text) of all current postings."""
    for source in store.sources():
        for batch in store.postings(source, ["posting_id", "title", "text"]):
            columns = batch.to_pydict()
            yield from zip(columns["title"], columns["text"], strict=True)


def seconds(work: Callable[[Row], object], rows: list[Row]) -> float:
    """Return how long the work takes over all rows."""
    start = time.perf_counter()
    for row in rows:
        work(row)
    return time.perf_counter() - start


def main() -> None:
    """Print one line per contender, relative to the whole tagger."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=default_root())
    parser.add_argument("--rows", type=int, default=3_000)
    options = parser.parse_args()
    rows = list(itertools.islice(rows_of(Store(options.data)), options.rows))
    if not rows:
        raise SystemExit("the store has no postings: import or collect some first")
    vocabulary = load_vocabulary()
    tagger, matcher = Tagger(vocabulary), Matcher(vocabulary)
    naive = [re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE) for name in vocabulary.forms]
    few = rows[: max(1, len(rows) // 20)]
    timings = {
        "whole tagger": seconds(lambda r: tagger.tag(r[0], r[1]), rows),
        "matching alone": seconds(lambda r: matcher.find(r[1]), rows),
        "one regex per name (a twentieth of the rows, scaled)": 20
        * seconds(lambda r: [n.search(r[1]) for n in naive], few),
    }
    base = timings["whole tagger"]
    n_chars = sum(len(text) for _, text in rows)
    print(f"{len(rows):,} postings, {n_chars:,} characters; the whole tagger took {base:.1f} s here")
    for name, taken in timings.items():
        print(f"  {taken / base:6.2f} x  {name}")


if __name__ == "__main__":
    main()
