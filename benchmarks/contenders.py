"""Contenders: this project's three depths of reading, the peers, and what reads the vocabulary's probes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import yaml

from analysis.classify.matching import Matcher
from analysis.classify.models import load_models
from analysis.classify.tagger import Posting, Tagger
from analysis.classify.vocabulary import Vocabulary
from analysis.tag import BATCH
from benchmarks.peers import PEERS, SLOW, Finder, names_of, ripgrep
from benchmarks.speed import Contender, Row
from scrapers.store import bundled

MATCHING: Final = "ours: matching"
RULES: Final = "ours: rules"
WHOLE: Final = "ours: whole tagger"
RIPGREP: Final = "ripgrep -c (counts lines)"


@contextmanager
def contenders(vocabulary: Vocabulary, rows: Sequence[Row]) -> Iterator[list[Contender]]:
    """Give every contender, built once; `rows` are the texts that ripgrep will be asked to read."""
    names = names_of(vocabulary)
    found = _ours(vocabulary)
    found += [Contender(name, _reader(build(names)), name in SLOW) for name, build in PEERS.items()]
    with ripgrep(names, [row["text"] for row in rows]) as run:
        if run is not None:
            found.append(Contender(RIPGREP, _counter(run)))
        yield found


def _ours(vocabulary: Vocabulary) -> list[Contender]:
    matcher = Matcher(vocabulary)
    return [
        Contender(MATCHING, _reader(lambda text: {match.skill for match in matcher.find(text)})),
        Contender(RULES, _tagging(Tagger(vocabulary))),
        Contender(WHOLE, _tagging(Tagger(vocabulary, load_models()))),
    ]


def _reader(find: Finder) -> Callable[[Sequence[Row]], list[set[str]]]:
    return lambda rows: [find(row["text"]) for row in rows]


def _counter(run: Callable[[], object]) -> Callable[[Sequence[Row]], None]:
    def count(rows: Sequence[Row]) -> None:
        run()

    return count


def _tagging(tagger: Tagger) -> Callable[[Sequence[Row]], list[set[str]]]:
    def tag(rows: Sequence[Row]) -> list[set[str]]:
        found = []
        for start in range(0, len(rows), BATCH):
            postings = [Posting(row["title"], row["text"]) for row in rows[start : start + BATCH]]
            found += [{skill.skill for skill in tag.skills} for tag in tagger.tag_many(postings)]
        return found

    return tag


def probes() -> list[tuple[str, set[str]]]:
    """Return the vocabulary's probes: invented wording and the skills it names."""
    listed: list[list[Any]] = yaml.safe_load(bundled("vocabulary/probes.yaml").read_text(encoding="utf-8"))
    return [(text, set(skills)) for text, skills in listed]
