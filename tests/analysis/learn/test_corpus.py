"""The corpus: which postings, in numbers that stand for them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.learn.corpus import is_by, survey
from scrapers.posting import Posting
from scrapers.store import Store


def posting(i: int, posted_at: str | None, source: str = "made_up") -> Posting:
    return Posting(
        posting_id=f"{source}{i}", source=source, lang="ko" if i % 3 else "en", posted_at=posted_at, text=f"t{i}"
    )


def store_of(root: Path, *runs: list[Posting]) -> Store:
    store = Store(root)
    for number, postings in enumerate(runs):
        with store.begin(f"run{number}") as writer:
            writer.add(postings)
            writer.commit()
    return store


DATES = ["2022", "2023-01", "2023-06-30", None, "2023-07", "2024-02-29T10:00:00", "2023"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of(tmp_path, [posting(i, day) for i, day in enumerate(DATES)], [posting(0, "2025-03", "second")])


def test_everything_is_read_and_described(store: Store) -> None:
    corpus = survey(store)
    assert corpus.window == ("2022", "2025-03")
    assert corpus.by_source == {"made_up": 7, "second": 1}
    assert corpus.by_lang == {"en": 4, "ko": 4}
    seen: list[tuple[int, int]] = []
    ids = [
        i
        for batch in corpus.batches(["posting_id", "text"], lambda *n: seen.append(n))
        for i in batch["posting_id"].to_pylist()
    ]
    assert sorted(ids) == sorted(corpus.ids)
    assert seen[-1] == (8, 8)


@pytest.mark.parametrize(
    ("until", "kept"),
    [
        ("2022", {"2022"}),
        ("2023-06", {"2022", "2023-01", "2023-06-30"}),
        ("2023-06-29", {"2022", "2023-01"}),
        ("2023-01-31", {"2022", "2023-01"}),
    ],
)
def test_only_what_was_surely_posted_by_then(store: Store, until: str, kept: set[str]) -> None:
    corpus = survey(store, until=until)
    assert {DATES[int(i.removeprefix("made_up"))] for i in corpus.ids} == kept


def test_a_sample_depends_on_the_seed_alone(store: Store, tmp_path: Path) -> None:
    drawn = {seed: survey(store, max_rows=3, seed=seed).ids for seed in range(6)}
    assert all(len(ids) == 3 for ids in drawn.values())
    assert len(set(drawn.values())) > 1
    reordered = store_of(
        tmp_path / "b", [posting(0, "2025-03", "second")], [posting(i, d) for i, d in enumerate(DATES)]
    )
    assert survey(reordered, max_rows=3, seed=4).ids == drawn[4]


def test_the_digests_tell_content_from_order(store: Store, tmp_path: Path) -> None:
    rows = [posting(i, day) for i, day in enumerate(DATES)]
    other = [posting(0, "2025-03", "second")]
    same, swapped = store_of(tmp_path / "a", rows, other), store_of(tmp_path / "b", rows[3:] + rows[:3], other)
    edited = store_of(tmp_path / "c", [*rows[:-1], posting(6, "2024")], other)
    first = survey(store)
    assert (survey(same).data_sha, survey(same).order_sha) == (first.data_sha, first.order_sha)
    assert survey(swapped).data_sha == first.data_sha
    assert survey(swapped).order_sha != first.order_sha
    assert survey(edited).data_sha != first.data_sha


@given(st.dates(), st.dates())
def test_days_compare_as_days(first: date, second: date) -> None:
    assert is_by(str(first), str(second)) == (first <= second)


@given(st.dates(max_value=date(9999, 12, 30)), st.sampled_from([4, 7, 10]))
def test_a_date_is_by_its_last_day(day: date, precision: int) -> None:
    text = str(day)[:precision]
    is_last = not str(day + timedelta(days=1)).startswith(text)
    assert is_by(text, text)
    assert is_by(str(day), text)
    assert is_by(text, str(day)) == is_last
