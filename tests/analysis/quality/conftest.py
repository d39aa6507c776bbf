"""A store that grows by a week at a time, as collecting runs would leave it, tagged after each."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from analysis.classify.tagger import Tagger
from analysis.tag import tag_store
from scrapers.posting import Posting, posting_id
from scrapers.store import Store

STOCK = 36
"""Postings that a source shows at most."""
GREETING = "At our greenhouse we water plants by night and count them by day, with care and in good company. " * 4
TRADES = ("Data Engineer", "Software Engineer", "Data Scientist", "Gardener")
TOOLS = ("Airflow", "Spark", "Kafka", "dbt")


def advert(source: str, number: int, **more: Any) -> Posting:
    """Return an invented posting; its number decides what it asks for and who wrote it."""
    tool, trade, board = TOOLS[number % 4], TRADES[number // 3 % 4], f"b{number % 3}"
    text = f"{GREETING}\nRequirements\n- Three years with {tool} in greenhouse {number}\nNice to have\n- SQL"
    values: dict[str, Any] = {
        "source": source,
        "board": board,
        "native_id": str(number),
        "title": f"{trade} {number}",
        "company": f"{source} garden {number % 17}",
        "text": text,
        "family": "ats",
        "posted_at": "2026-06-01",
        "posted_at_kind": "published",
        "lang": "en",
    } | more
    values["posting_id"] = posting_id(source, values["board"], values["native_id"], None, None, "")
    return Posting(**values)


@dataclass
class Garden:
    """A data root and the days of its runs."""

    store: Store
    shown: dict[str, list[Posting]] = field(default_factory=dict)

    def collect(
        self,
        run: str,
        day: str,
        fresh: dict[str, Sequence[Posting]],
        dead: Sequence[str] = (),
        is_tagged: bool = True,
        **report: Any,
    ) -> None:
        """Add a run: `fresh` are the postings that came or changed by source, `dead` sources answer nothing."""
        boards: list[dict[str, Any]] = []
        with self.store.begin(run, read_on=day) as writer:
            for source, postings in fresh.items():
                writer.add(postings)
                new = {p.posting_id for p in postings}
                old = [p for p in self.shown.get(source, []) if p.posting_id not in new]
                mine = [*old, *postings][-STOCK:]
                self.shown[source] = mine
                for board in sorted({p.board for p in mine}):
                    ids = [p.posting_id for p in mine if p.board == board]
                    writer.seen(source, board, ids, may_vanish=True)
                    boards.append(entry(source, board, "ok", len(ids)))
            boards += [entry(source, "b0", "failed", 0, "answers 503") for source in dead]
            writer.commit({"run": run, "at": f"{day}T06:00:00+09:00", "boards": boards, "skipped": [], **report})
        if is_tagged:
            tag_store(self.store, with_snapshot=False)


def entry(source: str, board: str, outcome: str, n: int, reason: str = "") -> dict[str, Any]:
    return {"source": source, "board": board, "outcome": outcome, "n": n, "n_rejected": 0, "reason": reason}


def day_of(week: int) -> str:
    return f"2026-{7 + week // 4:02}-{1 + 7 * (week % 4):02}"


def some(source: str, week: int, n: int = 12, **more: Any) -> list[Posting]:
    """Return the new postings of an ordinary week."""
    return [advert(source, 1000 * week + i, **more) for i in range(n)]


def grow(root: Path, n_weeks: int) -> Garden:
    """Return a garden of ordinary weeks."""
    garden = Garden(Store(root))
    for week in range(n_weeks):
        garden.collect(f"weekly-{day_of(week)}", day_of(week), {s: some(s, week) for s in ("lever", "ashby")})
    return garden


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory, ruled: Tagger) -> Garden:
    """Six ordinary weeks of two sources, tagged by the rules alone."""
    folder = tmp_path_factory.mktemp("garden")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tagger, "load", lambda *_: ruled)
        return grow(folder / "root", 6)


@pytest.fixture
def garden(
    grown: Garden, ruled: Tagger, tmp_path: Path, no_bundled_models: Path, monkeypatch: pytest.MonkeyPatch
) -> Garden:
    """The same, for a test alone, with a tagger that is loaded once for all tests."""
    monkeypatch.setattr(Tagger, "load", lambda *_: ruled)
    shutil.copytree(grown.store.files.root, tmp_path / "root")
    return Garden(Store(tmp_path / "root"), dict(grown.shown))
