"""Retraining step by step: what becomes of a challenger, and that a step cut short or done again changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis.classify.models import ModelError, Models
from analysis.classify.tagger import Tag
from analysis.fact import Skill
from analysis.learn import promotion, retraining
from analysis.learn.outcomes import Outcome, find_outcome, keep_outcome, name_run, outcomes, version_history
from analysis.learn.retraining import has_own_facts, measure_growth, roll_back, settle, train_challenger, validate
from analysis.learn.trainers import TooLittleError
from analysis.learn.training import Trained
from analysis.learn.versions import Versions
from scrapers.posting import Posting, Section
from scrapers.store import Store, StoreError

Writer = Callable[..., str]
Trains = Callable[..., None]
A, B, C = "2024-01-aaaaaaaaaa", "2025-01-bbbbbbbbbb", "2026-01-cccccccccc"
POOR = {"quota": "data_engineer", "pipelines": "other"}
KNOWS_MORE = {"pipelines": "data_engineer", "quota": "other", "dashboard": "bi_analyst"}
GOLD: list[dict[str, Any]] = [
    {
        **{"id": str(i), "title": "", "text": text, "roles": [[role]], "stratum": "en"},
        **{"sections": (), "skills": {"airflow": "required"}, "ambiguous": []},
    }
    for i, (role, text) in enumerate([("data_engineer", "pipelines"), ("other", "quota")] * 20)
]


class WordTagger:
    """Tags with a version's role model alone: fast, and different for different models."""

    def __init__(self, models: Models | None = None) -> None:
        self._roles = models.roles if models else None
        self.version = models.version if models else "rules"

    def tag(self, title: str | None, text: str, sections: Sequence[Section]) -> Tag:
        scores = self._roles.score([text])[0] if self._roles else None
        role = "other" if scores is None or self._roles is None else self._roles.roles[int(scores.argmax())]
        return Tag((role,), "model", 0.5, (Skill("airflow", "required", "heading"),), (), False)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotion, "tagger_of", WordTagger)
    monkeypatch.setattr(promotion, "rules_alone", WordTagger)
    monkeypatch.setattr(retraining, "read_labelled", lambda: GOLD)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(str(tmp_path))


@pytest.fixture
def trains(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, write_version: Writer) -> Trains:
    """Say which version the next training ends in."""

    def set_next(version: str, words: dict[str, str] | None = None, **more: Any) -> None:
        def train(store: Store, versions: Versions, **_: Any) -> Trained:
            if not versions.has(version):
                write_version(tmp_path, version, words, **more)
            return Trained(version, versions.manifest(version), {})

        monkeypatch.setattr(retraining, "train", train)

    return set_next


def put(store: Store, run: str, n: int) -> None:
    with store.begin(run) as writer:
        writer.add(Posting(posting_id=f"{run}-{i}", source="a", text=f"We bake {i} loaves.") for i in range(n))
        writer.commit()


def retrain(store: Store, versions: Versions, day: str, *, is_reviewed: bool = False) -> Outcome:
    run = name_run(store, day, asked=day)
    train_challenger(store, versions, run, asked=day)
    validate(store, versions, run, is_reviewed=is_reviewed)
    return settle(store, versions, run, is_reviewed=is_reviewed, by="kim")


def promote_in_turn(store: Store, versions: Versions, trains: Trains, *names: str) -> None:
    """Train and promote versions, one a month from October on."""
    for month, version in enumerate(names, 10):
        trains(version)
        assert retrain(store, versions, f"2026-{month}-01").kind == "promoted"


def champion(versions: Versions) -> str | None:
    pointer = versions.champion()
    return pointer.version if pointer else None


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_facts_are_those_of_the_champion_or_of_another(store: Store, versions: Versions, trains: Trains) -> None:
    assert has_own_facts(store, versions)
    promote_in_turn(store, versions, trains, A)
    assert has_own_facts(store, versions)
    for tagger, is_own in ((f"7+abc+{B}", False), (f"7+abc+{A}", True), ("7+abc", False)):
        with store.lock():
            store.write_facts(f"tag-{len(store.commits())}", iter(()), covers=[], tagger_version=tagger)
        assert has_own_facts(store, versions) is is_own


def test_a_better_challenger_is_promoted_a_worse_one_refused_and_both_are_remembered(
    store: Store, versions: Versions, trains: Trains
) -> None:
    trains(A)
    first = retrain(store, versions, "2026-10-01")
    assert (first.kind, first.challenger, first.champion, first.n_postings) == ("promoted", A, None, 9)
    trains(B, POOR)
    worse = retrain(store, versions, "2026-11-01")
    assert (worse.kind, champion(versions)) == ("refused", A)
    assert worse.refusal == f"worse than {A} in main role accuracy, role f1"
    trains(C, figures=(("forward role f1", 0.9, 0.88, 0.92, 900),))
    better = retrain(store, versions, "2026-12-01")
    assert (better.kind, better.champion, champion(versions)) == ("promoted", A, C)
    assert {c["name"]: round(c["difference"], 2) for c in better.compared}["forward role f1"] == 0.2
    assert outcomes(store) == [first, worse, better]
    assert worse.words["en"] == f"{A} stays the champion; {B} was refused: {worse.refusal}"
    assert A in worse.words["ko"]


def test_changed_canary_answers_need_a_review(store: Store, versions: Versions, trains: Trains) -> None:
    promote_in_turn(store, versions, trains, A)
    trains(B, KNOWS_MORE)
    doubted = retrain(store, versions, "2026-11-01")
    assert (doubted.kind, "canary postings" in (doubted.refusal or "")) == ("refused", True)
    assert doubted.canary_changes
    assert retrain(store, versions, "2026-11-02", is_reviewed=True).kind == "promoted"


def test_where_training_gives_the_champion_again_its_reviewed_answers_count_from_then_on(
    tmp_path: Path, store: Store, versions: Versions, trains: Trains, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote_in_turn(store, versions, trains, A)
    assert retrain(store, versions, "2026-10-02", is_reviewed=True).kind == "same", "nothing was there to review"

    class Mended(WordTagger):
        def tag(self, title: str | None, text: str, sections: Sequence[Section]) -> Tag:
            return replace(super().tag(title, text, sections), skills=(Skill("airflow", "preferred", "heading"),))

    monkeypatch.setattr(promotion, "tagger_of", Mended)
    assert retrain(store, versions, "2026-11-01").kind == "same"
    assert promotion.judge(versions, A, GOLD).changed
    run = "retrain-2026-11-02"
    read = retrain(store, versions, "2026-11-02", is_reviewed=True)
    assert (read.kind, read.champion, champion(versions), read.has_news) == ("reviewed", A, A, True)
    assert A in read.words["en"]
    assert A in read.words["ko"]
    assert not promotion.judge(versions, A, GOLD).changed
    pointer = versions.champion()
    assert pointer
    assert [step.get("reviewed_by") for step in pointer.history] == [None, "kim"]
    assert [fate["kind"] for fate in version_history(versions, outcomes(store))[0]["fates"]] == ["promoted", "reviewed"]
    before = tree(tmp_path)
    assert settle(store, versions, run, is_reviewed=True) == read
    keep_outcome(store, read, kind="")
    assert settle(store, versions, run, is_reviewed=True, by="kim") == read, "cut short behind the step"
    assert tree(tmp_path) == before


@pytest.mark.parametrize("is_reviewed", [False, True])
def test_a_challenger_promoted_by_hand_meanwhile_is_not_called_reviewed(
    store: Store, versions: Versions, trains: Trains, is_reviewed: bool
) -> None:
    promote_in_turn(store, versions, trains, A)
    trains(B)
    train_challenger(store, versions, "retrain-2026-11-01", asked="one")
    promotion.promote(versions, B, GOLD, is_reviewed=False, by="kim")
    validate(store, versions, "retrain-2026-11-01", is_reviewed=is_reviewed)
    done = settle(store, versions, "retrain-2026-11-01", is_reviewed=is_reviewed)
    assert (done.kind, done.champion, champion(versions)) == ("same", B, B)


def test_too_little_text_is_an_outcome_and_so_is_nothing_new(
    store: Store, versions: Versions, trains: Trains, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "first", 3)
    little = retrain(store, versions, "2026-10-01")
    assert (little.kind, little.n_postings, little.challenger) == ("too_little", 3, None)
    assert "too few" in (little.refusal or "")
    trains(A)
    retrain(store, versions, "2026-11-01")
    before = champion(versions), len(versions.names())
    assert retrain(store, versions, "2026-12-01").kind == "same"
    assert (champion(versions), len(versions.names())) == before

    def broken(*_: Any, **__: Any) -> None:
        raise ModelError("the vocabulary changed")

    monkeypatch.setattr(retraining, "train", broken)
    with pytest.raises(ModelError, match="vocabulary"):
        retrain(store, versions, "2027-01-01")
    assert find_outcome(store, "retrain-2027-01-01") is None


def test_a_run_is_named_after_its_day_and_its_request(store: Store) -> None:
    assert name_run(store, "2026-12-01", "monthly") == "retrain-2026-12-01"
    keep_outcome(store, Outcome("retrain-2026-12-01", "monthly"))
    assert name_run(store, "2026-12-01", "monthly") == "retrain-2026-12-01"
    assert name_run(store, "2026-12-01", "by hand") == "retrain-2026-12-01.2"
    for n in range(2, 12):
        keep_outcome(store, Outcome(f"retrain-2026-12-01.{n}", str(n)))
    assert [o.run.partition(".")[2] for o in outcomes(store)] == ["", *map(str, range(2, 12))]


@pytest.mark.parametrize("is_promoted_before", [False, True])
def test_a_run_that_was_cut_short_goes_on_and_one_that_is_over_changes_no_byte(
    is_promoted_before: bool, tmp_path: Path, store: Store, versions: Versions, trains: Trains
) -> None:
    promote_in_turn(store, versions, trains, A)
    trains(B)
    run = name_run(store, "2026-11-01", "it")
    train_challenger(store, versions, run, asked="it")
    validate(store, versions, run)
    if is_promoted_before:
        kept = find_outcome(store, run)
        settle(store, versions, run, by="kim")
        assert kept is not None
        keep_outcome(store, kept)
    settle(store, versions, run, by="kim")
    pointer = versions.champion()
    assert pointer is not None
    assert [step["version"] for step in pointer.history] == [A, B]
    before = tree(tmp_path)
    trains(C)
    train_challenger(store, versions, run, asked="it")
    validate(store, versions, run)
    assert settle(store, versions, run, by="lee").kind == "promoted"
    assert tree(tmp_path) == before


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_rollback_goes_back_once_however_often_its_run_is_repeated(
    is_cut: bool, store: Store, versions: Versions, trains: Trains, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote_in_turn(store, versions, trains, A, B, C)
    if is_cut:
        with monkeypatch.context() as patch:
            patch.setattr(Versions, "rollback", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                roll_back(store, versions, "retrain-2026-12-02", asked="it")
        assert champion(versions) == C
    for _ in range(3):
        done = roll_back(store, versions, "retrain-2026-12-02", asked="it")
        assert (done.kind, done.challenger, done.champion, champion(versions)) == ("rolled_back", B, C, B)
    assert roll_back(store, versions, "retrain-2026-12-03", asked="other", to=C).challenger == C
    with Store(store.files.root).lock(), pytest.raises(StoreError, match="another run"):
        roll_back(store, versions, "retrain-2026-12-04", asked="third")


def test_what_was_rolled_back_from_does_not_come_back_by_itself(
    store: Store, versions: Versions, trains: Trains
) -> None:
    promote_in_turn(store, versions, trains, A, B)
    roll_back(store, versions, "retrain-2026-11-02", asked="it")
    again = retrain(store, versions, "2026-12-01")
    assert (again.kind, champion(versions)) == ("refused", A)
    assert "rolled back from" in (again.refusal or "")
    assert retrain(store, versions, "2026-12-02", is_reviewed=True).kind == "promoted"


def test_growth_counts_from_the_last_training_here(
    store: Store, versions: Versions, trains: Trains, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not measure_growth(store, versions).is_enough()
    put(store, "first", 40)
    assert (measure_growth(store, versions).n_before, measure_growth(store, versions).is_enough()) == (0, True)

    def short(*_: Any, **__: Any) -> None:
        raise TooLittleError("too few")

    with monkeypatch.context() as patch:
        patch.setattr(retraining, "train", short)
        retrain(store, versions, "2026-10-01")
    assert measure_growth(store, versions).n_before == 40
    put(store, "second", 3)
    assert not measure_growth(store, versions).is_enough()
    put(store, "third", 1)
    grown = measure_growth(store, versions)
    assert (grown.n_now, grown.is_enough(), grown.is_enough(0.2)) == (44, True, False)


def test_the_history_tells_figures_and_steps_of_each_version(store: Store, versions: Versions, trains: Trains) -> None:
    promote_in_turn(store, versions, trains, A, B)
    roll_back(store, versions, "retrain-2026-11-02", asked="it")
    now, other = version_history(versions, outcomes(store))
    assert [(row["version"], row["is_champion"]) for row in (now, other)] == [(A, True), (B, False)]
    assert [step["kind"] for step in now["steps"]] == ["promote", "rollback"]
    assert now["fates"] == [{"kind": "promoted", "on": "2026-10-01"}, {"kind": "rolled_back", "on": "2026-11-02"}]
    assert version_history(versions)[1]["fates"] == [{"kind": "promoted", "on": ""}]
    assert now["figures"] == {"forward role f1": {"value": 0.7, "low": 0.65, "high": 0.75, "n_postings": 900}}
    assert (now["n_postings"], now["window"]) == (9, ["2024-01", "2025-02"])


def test_a_damaged_outcome_is_told_in_one_line(store: Store) -> None:
    store.files.write("retraining/retrain-2026-12-01.json", b"{")
    with pytest.raises(ModelError, match="damaged") as caught:
        outcomes(store)
    assert "\n" not in str(caught.value)
