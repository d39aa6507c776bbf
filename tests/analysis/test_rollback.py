"""Going back to an earlier tagger brings back its facts and figures byte for byte, whatever happened in between."""

import os
import uuid
from collections.abc import Sequence
from pathlib import Path

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.classify.tagger import Tagger
from analysis.classify.vocabulary import load_vocabulary
from analysis.draw.bundle import draw_figures
from analysis.draw.options import Options
from analysis.loading import load
from analysis.provenance import provenance, vintage
from analysis.tag import TagSummary, tag_store
from scrapers.posting import Posting
from scrapers.store import Store
from tests.analysis.conftest import of_version

TOOLS = ("Airflow", "Spark", "Kafka", "dbt")
OWN = "extends: bundled\nskills:\n  oven:\n    label: Oven\n    kind: business\n    aliases: [requirements]\n"
SOURCES = ("a", "b")
Step = tuple[str, int]
Bytes = dict[str, bytes]


class PowerCut(BaseException):
    """Stands for the end of the process: nothing in the project catches it."""


@pytest.fixture(scope="module")
def taggers(ruled: Tagger, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tagger, Tagger]:
    """The champion of now, and one that takes over and finds something else."""
    path = tmp_path_factory.mktemp("vocabulary") / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    return of_version("old", ruled), of_version("new", Tagger(load_vocabulary(path)))


def put(store: Store, source: str, number: int) -> None:
    """A run of postings of one source: an edited one and two new ones."""
    with store.begin(f"run-{number}", read_on="2024-05-01") as writer:
        writer.add(
            Posting(
                posting_id=f"{source}-{number if i else 0}-{i}",
                source=source,
                family="job_board",
                title="Data Engineer",
                company=f"House {i}",
                lang="en",
                posted_at="2024-03-04",
                posted_at_kind="published",
                text=f"Requirements\n- {TOOLS[(number + i) % 4]}\n" + f"We bake loaf {number} of {i}. " * 12,
                is_truncated=False,
            )
            for i in range(3)
        )
        writer.commit()


def tag(store: Store, tagger: Tagger) -> TagSummary:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tagger, "load", lambda *_: tagger)
        return tag_store(store, with_snapshot=False)


def contents(store: Store, folder: str = "") -> Bytes:
    return {name: store.files.read(name) for name in store.files.names(folder)}


def play(store: Store, taggers: Sequence[Tagger], steps: Sequence[Step], cuts: Sequence[int] = ()) -> list[Bytes]:
    """Do the steps; a tag run is first cut short where `cuts` say. Returns facts/ and the vintage after each."""
    seen: list[Bytes] = []
    left = list(cuts)
    for number, (what, which) in enumerate(steps):
        if what == "put":
            put(store, SOURCES[which], number)
        else:
            if left:
                cut_short(store, taggers[which], left.pop())
            tag(store, taggers[which])
        seen.append(contents(store, "facts") | {"vintage": (vintage(store, "store") or "").encode()})
    return seen


def cut_short(store: Store, tagger: Tagger, at: int) -> None:
    """End a tag run before it puts its file number `at` in place; then every fact that a commit names still reads."""
    replace, left = os.replace, at

    def cut(source: str, target: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise PowerCut
        replace(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", cut)
        try:
            tag(store, tagger)
        except PowerCut:
            for name in store.fact_files().values():
                store.read_facts(name)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(("put", "tag", "tag")), st.integers(0, 1)), min_size=3, max_size=9),
    cuts=st.lists(st.integers(0, 6), max_size=3),
)
def test_a_tagger_that_returns_finds_its_facts_as_it_left_them(
    taggers: tuple[Tagger, Tagger], tmp_path: Path, steps: list[Step], cuts: list[int]
) -> None:
    store = Store(tmp_path / uuid.uuid4().hex)
    seen = play(store, taggers, steps)
    left: dict[tuple[int, int], Bytes] = {}
    for number, ((what, which), now) in enumerate(zip(steps, seen, strict=True)):
        n_runs = sum(step[0] == "put" for step in steps[:number])
        if what == "tag" and n_runs:
            assert left.setdefault((which, n_runs), now) == now
    cut = Store(tmp_path / uuid.uuid4().hex)
    play(cut, taggers, steps, cuts)
    assert contents(cut) == contents(store)
    assert set(store.files.names("facts")) == set(store.fact_files().values())


def test_what_came_since_is_all_that_is_tagged(taggers: tuple[Tagger, Tagger], tmp_path: Path) -> None:
    old, new = taggers
    store, loyal = Store(tmp_path / "store"), Store(tmp_path / "loyal")
    for each in (store, loyal):
        put(each, "a", 0)
        first = tag(each, old)
    tag(store, new)
    for each in (store, loyal):
        put(each, "b", 1)
    tag(store, new)
    assert {c.tagger_version for c in store.commits()[-1:]} == {"new"}
    done, plain = tag(store, old), tag(loyal, old)
    assert (done.restored, done.n_tagged, plain.n_tagged) == (first.run, 3, 3)
    assert not done.is_repeat
    assert load(store.files.root, "store").equals(load(loyal.files.root, "store"))
    assert tag(store, old).is_repeat


def test_without_the_old_files_everything_is_tagged_again(taggers: tuple[Tagger, Tagger], tmp_path: Path) -> None:
    old, new = taggers
    store = Store(tmp_path)
    put(store, "a", 0)
    tag(store, old)
    facts = load(tmp_path, "store")
    tag(store, new)
    for name in store.files.names("facts_history"):
        store.files.remove(name)
    done = tag(store, old)
    assert (done.restored, done.n_tagged) == ("", 3)
    assert load(tmp_path, "store").equals(facts)


def test_figures_come_out_with_the_bytes_of_before(taggers: tuple[Tagger, Tagger], tmp_path: Path) -> None:
    old, new = taggers
    store = Store(tmp_path / "root")
    for number in range(20):
        put(store, "a", number)

    def draw(name: str) -> Bytes:
        style = Options(lang="en", years=(2024, 2024), only_from="store")
        paths = draw_figures(
            load(store.files.root, "store"),
            tmp_path / name,
            only=("fig_4_2",),
            options=style,
            provenance=provenance(store, "store"),
            workers=1,
        )
        return {path.name: path.read_bytes() for path in paths}

    first = tag(store, old).run
    before = draw("before")
    tag(store, new)
    assert vintage(store, "store") != first
    tag(store, old)
    assert draw("after") == before
    assert any(first.encode() in content for content in before.values())


def test_a_move_of_object_storage_that_was_cut_in_two_is_finished(
    taggers: tuple[Tagger, Tagger], tmp_path: Path
) -> None:
    old, new = taggers
    plain, cut = (Store(f"memory://{uuid.uuid4().hex}") for _ in range(2))
    for store in (plain, cut):
        put(store, "a", 0)
        tag(store, old)
        tag(store, new)
    tag(plain, old)
    fs = type(fsspec.filesystem("memory"))

    def cut_off(*_: object) -> None:
        raise PowerCut

    for _ in range(2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fs, "rm_file", cut_off)
            with pytest.raises(PowerCut):
                tag(cut, old)
        assert [f.num_rows for f in map(cut.read_facts, cut.fact_files().values())] == [3]
    tag(cut, old)
    assert contents(cut) == contents(plain)
