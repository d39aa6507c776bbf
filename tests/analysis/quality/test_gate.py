"""Gate: a store's runs judged from the files they left; the same bytes again, whatever came later."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.classify.tagger import Tagger
from analysis.learn.canary import answers, read_canary
from analysis.learn.versions import Versions
from analysis.quality import QualityError, assess, history
from analysis.quality.verdict import Assessment
from analysis.tag import tag_store
from scrapers.store import StoreError
from tests.analysis.conftest import of_version
from tests.analysis.quality.conftest import GREETING, Garden, advert, day_of, some
from tests.conftest import Run

NEXT = f"weekly-{day_of(6)}"
LAST = f"weekly-{day_of(5)}"
SAME = f"{GREETING}\nRequirements\n- dbt"
TODAY = date.fromisoformat(day_of(6))


def judged(garden: Garden, run: str = NEXT, today: date = TODAY) -> Assessment:
    return assess(garden.store, run, today=today, only_from="store")


def failed(found: Assessment) -> list[str]:
    return [check.key for check in found.failed()]


def collect(garden: Garden, week: int = 6, run: str = "", **more: Any) -> None:
    fresh = {source: some(source, week) for source in ("lever", "ashby") if source not in more.get("dead", ())}
    garden.collect(run or f"weekly-{day_of(week)}", day_of(week), more.pop("fresh", fresh), **more)


def test_an_ordinary_week_passes_and_is_kept(garden: Garden) -> None:
    found = judged(garden, LAST, date.fromisoformat(day_of(5)))
    assert failed(found) == []
    assert not found.is_held
    assert found.sources["lever"] == {"n": 36, "usual": 36.0, "n_rows": 12}
    assert sum(found.roles.values()) == 24
    assert history(garden.store) == [found]
    names = {check.name for check in found.checks if check.outcome == "ok"}
    assert {"schema", "volume", "rejects", "short_texts", "sections", "duplicates", "rate", "mix"} <= names


def test_judging_again_gives_the_same_bytes_also_when_later_runs_exist(garden: Garden) -> None:
    today = date.fromisoformat(day_of(5))
    judged(garden, LAST, today)
    path = f"quality/{LAST}.json"
    before = garden.store.files.read(path)
    rewritten = [advert("lever", 5000 + i, text=f"{GREETING}\nnow told otherwise {i}") for i in range(12)]
    collect(garden, fresh={"lever": rewritten}, dead=("ashby",))
    found = assess(garden.store, LAST, today=today, only_from="store", name="another")
    assert replace(found, run=LAST).to_bytes() == before
    assert garden.store.files.read("quality/another.json") == found.to_bytes()
    assert judged(garden, LAST, today).to_bytes() == before
    assert garden.store.files.read(path) == before
    assert [each.run for each in history(garden.store)] == [LAST]


def test_a_dead_source_is_told_of_and_closes_no_gate(garden: Garden) -> None:
    collect(garden, dead=("ashby",))
    found = judged(garden)
    assert failed(found) == ["volume:ashby"]
    assert not found.is_held
    assert found.sources["ashby"]["n"] is None
    assert "answers 503" in found.failed("this_week")[0].words["en"]


def test_a_run_that_went_on_the_same_day_is_judged_with_the_first(garden: Garden) -> None:
    collect(garden, dead=("ashby",))
    judged(garden)
    collect(garden, run=f"{NEXT}.2", fresh={"ashby": some("ashby", 6)})
    found = judged(garden, f"{NEXT}.2")
    assert failed(found) == []
    assert (found.sources["lever"]["n"], found.sources["ashby"]["n"]) == (36, 36)
    assert [each.run for each in history(garden.store)] == [NEXT, f"{NEXT}.2"]


def test_texts_that_come_empty_are_told_of_once(garden: Garden) -> None:
    stock = [advert("lever", 1000 * week + i, text="-") for week in (4, 5, 6) for i in range(12)]
    collect(garden, fresh={"lever": stock, "ashby": some("ashby", 6)})
    found = judged(garden)
    assert failed(found) == ["short_texts:lever"]
    assert len(found.failed()[0].examples) == 3


def test_dates_ahead_and_a_flood_of_copies_close_the_gate(garden: Garden) -> None:
    ahead = some("ashby", 6, posted_at="2027-01-01")
    copies = [advert("lever", 6000 + i, title="Gardener", company="Flood", board="b0", text=SAME) for i in range(60)]
    collect(garden, fresh={"lever": copies, "ashby": ahead})
    found = judged(garden)
    assert failed(found) == ["dates_future:ashby", "duplicates:lever"]
    assert found.is_held


@pytest.mark.parametrize("end", ["mended", "gone"])
def test_dates_ahead_stay_held_back_until_they_are_mended_or_gone(end: str, garden: Garden) -> None:
    ahead = some("ashby", 6, posted_at="2027-01-01")
    collect(garden, fresh={"lever": some("lever", 6), "ashby": ahead})
    assert failed(judged(garden)) == ["dates_future:ashby"]
    assert failed(next_week(garden, 7)) == ["dates_future:ashby"]
    mended = [replace(p, posted_at="2026-08-01") for p in ahead] if end == "mended" else some("ashby", 8)
    garden.shown["ashby"] = [p for p in garden.shown["ashby"] if p not in ahead]
    collect(garden, 8, fresh={"lever": some("lever", 8), "ashby": mended})
    assert not failed(judged(garden, f"weekly-{day_of(8)}", date.fromisoformat(day_of(8))))
    assert not failed(next_week(garden, 9))


def test_a_board_read_for_the_first_time_is_no_change_of_its_source(garden: Garden) -> None:
    stock = [advert("lever", 9000 + i, board="fresh", text="-") for i in range(60)]
    collect(garden, fresh={"lever": [*some("lever", 6), *stock], "ashby": some("ashby", 6)})
    assert failed(judged(garden)) == []


def test_a_run_that_is_unknown_or_not_tagged_is_refused_in_one_line(garden: Garden) -> None:
    with pytest.raises(QualityError, match="no collecting run nothing"):
        judged(garden, "nothing")
    collect(garden, is_tagged=False)
    with pytest.raises(QualityError, match="not tagged yet"):
        judged(garden)


def test_a_damaged_assessment_is_named(garden: Garden) -> None:
    garden.store.files.write(f"quality/{LAST}.json", b'{"run": 1}')
    with pytest.raises(QualityError, match=f"{LAST}.json is damaged"):
        history(garden.store)


def test_a_new_tagger_that_reads_otherwise_closes_the_gate_and_putting_the_old_one_back_does_not(
    garden: Garden, ruled: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, drifted = Tagger.tag_many, of_version(f"{ruled.version}+drifted", ruled)
    with monkeypatch.context() as patch:
        patch.setattr(Tagger, "load", lambda *_: drifted)
        patch.setattr(
            Tagger, "tag_many", lambda *all_: [replace(t, roles=("other",), role_method="default") for t in read(*all_)]
        )
        collect(garden)
        found = judged(garden)
    assert "retagged" in failed(found)
    assert found.is_held
    collect(garden, 7)
    assert failed(judged(garden, f"weekly-{day_of(7)}", date.fromisoformat(day_of(7)))) == []


def test_facts_put_away_before_the_weeks_that_are_compared_are_not_needed(garden: Garden) -> None:
    files, today = garden.store.files, date.fromisoformat(day_of(5))
    files.write("quality.yaml", b"weeks: 4\n")
    before = judged(garden, LAST, today).to_bytes()
    oldest = next(c for c in garden.store.commits() if c.kind == "facts")
    for name in oldest.files:
        files.remove(name.replace("facts", "facts_history", 1))
    assert judged(garden, LAST, today).to_bytes() == before
    with pytest.raises(StoreError, match=oldest.run):
        judged(garden, f"weekly-{day_of(0)}", today)


def test_canary_answers_that_changed_close_the_gate(
    garden: Garden, ruled: Tagger, write_version: Callable[..., str]
) -> None:
    root = garden.store.files.root
    version, told = write_version(Path(root), "2026-01-0000000000"), answers(ruled, read_canary())
    Versions(root).promote(version, told)
    collect(garden)
    assert failed(judged(garden)) == []
    told["tags"][next(iter(told["tags"]))]["roles"] = ["other", "bi_analyst"]
    garden.store.files.write(f"models/{version}/canary.json", json.dumps(told).encode())
    found = judged(garden)
    assert failed(found) == ["canary"]
    assert found.is_held


def test_what_the_canary_said_stands_once_another_tagger_took_over(
    garden: Garden, ruled: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = date.fromisoformat(day_of(5))
    found = judged(garden, LAST, today)
    other = of_version(f"{ruled.version}+other", ruled)
    monkeypatch.setattr(Tagger, "load", lambda *_: other)
    assert judged(garden, LAST, today) == found


def test_the_command_shows_what_was_found_and_ends_with_one_while_the_gate_is_closed(garden: Garden, run: Run) -> None:
    root = garden.store.files.root
    assert run("quality", "--data", root)[0] == 1
    judged(garden, LAST, date.fromisoformat(day_of(5)))
    code, out, _ = run("quality", "--data", root)
    assert (code, out.splitlines()[0]) == (0, f"{LAST}: no action needed")
    collect(garden, fresh={"lever": some("lever", 6, posted_at="2027-01-01"), "ashby": some("ashby", 6)})
    judged(garden)
    code, out, _ = run("quality", "--data", root)
    assert code == 1
    assert out.startswith(f"{NEXT}: figures held back, 1 thing to do\n  act now  dates ahead (Lever): 12 of 12")
    assert " nan" not in out, "without an address a posting is named by its id"
    code, out, _ = run("quality", "--json", "--data", root)
    assert [each["run"] for each in json.loads(out)] == [LAST, NEXT]


def test_a_tag_run_of_another_week_does_not_move_the_verdict(garden: Garden) -> None:
    collect(garden, is_tagged=False)
    collect(garden, 7, is_tagged=False)
    tag_store(garden.store, with_snapshot=False)
    assert failed(judged(garden)) == []
    assert failed(judged(garden, f"weekly-{day_of(7)}", date.fromisoformat(day_of(7)))) == []


def put_in(patch: pytest.MonkeyPatch, ruled: Tagger, roles: dict[str, str]) -> None:
    """Let another tagger read from now on, which takes roles for others; "" stands for all that are not named."""
    read, drifted = Tagger.tag_many, of_version(f"{ruled.version}+drifted", ruled)
    patch.setattr(Tagger, "load", lambda *_: drifted)

    def tag_many(*asked: Any) -> Any:
        for tags in read(*asked):
            named = tuple(roles.get(role, roles.get("", role)) for role in tags.roles)
            yield replace(tags, roles=named, role_method="default" if "" in roles else tags.role_method)

    patch.setattr(Tagger, "tag_many", lambda *asked: list(tag_many(*asked)))


def next_week(garden: Garden, week: int) -> Assessment:
    collect(garden, week)
    return judged(garden, f"weekly-{day_of(week)}", date.fromisoformat(day_of(week)))


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({"data_engineer": "data_scientist", "data_scientist": "data_engineer"}, {"retagged"}),
        ({"": "other"}, {"retagged", "rate", "roles"}),
    ],
    ids=["swaps two roles", "finds no role"],
)
def test_a_tagger_that_was_held_back_stays_held_back_until_somebody_lets_it_through(
    roles: dict[str, str], expected: set[str], garden: Garden, ruled: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = date.fromisoformat(day_of(5))
    assert not judged(garden, LAST, today).is_held
    put_in(monkeypatch, ruled, roles)
    tag_store(garden.store, with_snapshot=False)
    retrained = assess(garden.store, LAST, today=today, only_from="store", name=f"retrain-{day_of(5)}")
    for found in (retrained, next_week(garden, 6), next_week(garden, 7)):
        assert {check.name for check in found.failed("act_now")} >= expected
    names = ", ".join(f"{name}: {{severity: info}}" for name in sorted(expected))
    garden.store.files.write("quality.yaml", f"checks: {{{names}}}".encode())
    assert not judged(garden, f"weekly-{day_of(7)}", date.fromisoformat(day_of(7))).is_held
    garden.store.files.remove("quality.yaml")
    assert "retagged" not in failed(next_week(garden, 8))


def test_a_new_tagger_is_compared_with_the_facts_that_the_one_let_through_left(
    garden: Garden, ruled: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not judged(garden, LAST, date.fromisoformat(day_of(5))).is_held
    with monkeypatch.context() as patch:
        put_in(patch, ruled, {"": "other"})
        assert "retagged" in failed(next_week(garden, 6))
    good = of_version(f"{ruled.version}+good", ruled)
    monkeypatch.setattr(Tagger, "load", lambda *_: good)
    found = next_week(garden, 7)
    assert failed(found) == []
    (told,) = (check for check in found.checks if check.name == "retagged")
    assert told.value == 0.0
    assert "0%" in told.words["en"]


def test_what_was_held_back_is_never_usual(garden: Garden) -> None:
    for week in (6, 7, 8, 9, 10):
        ahead = {source: some(source, week, posted_at="2027-01-01", text="-") for source in ("lever", "ashby")}
        collect(garden, week, fresh=ahead)
        found = judged(garden, f"weekly-{day_of(week)}", date.fromisoformat(day_of(week)))
        assert {"short_texts:lever", "short_texts:ashby", "dates_future:lever"} <= set(failed(found)), week
