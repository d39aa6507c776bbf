"""Publishing and holding back: whole vintages, stamped stand-ins, and what a run done again changes: nothing."""

import json
import os
from pathlib import Path

import matplotlib.image
import pytest

from analysis.publishing import Diff, Published, PublishError, current, diff, hold, is_shown, publish
from analysis.publishing.changes import to_text
from analysis.publishing.difference import nothing_new
from analysis.publishing.drafts import FOLDER as DRAFTS
from analysis.publishing.vintages import FOLDER, read_json, read_manifest
from scrapers.store import Store, StoreError
from tests.analysis.publishing.conftest import (
    FIRST,
    SECOND,
    THIRD,
    WEEK_TWO,
    Copy,
    check_vintage,
    collect_week,
    shown,
    tree,
    write_draft,
)

WHY = ["canary: 2 postings are read otherwise than before"]


def root_of(store: Store) -> Path:
    return Path(store.files.root)


def test_a_published_run_is_whole_shown_and_told_of(published: Store) -> None:
    root = root_of(published)
    assert shown(root) == FIRST
    assert os.readlink(root / "published/current") == FIRST
    manifest = check_vintage(root, FIRST)
    assert manifest["basis"]["facts_commit"] == f"tag-{FIRST}"
    assert manifest["basis"]["tagger_versions"] == ["1"]
    page = (root / "published/current/index.html").read_text(encoding="utf-8")
    for link in ("report.html", "quality.html", "rates/by_year_role.csv", "figures/fig_4_1.ko.pdf", "section4.ko.md"):
        assert f'href="{link}"' in page
        assert (root / FOLDER / FIRST / link).is_file()
    assert "10.0%" in page
    assert "Not made from these data: Figure 4.8, Figure 4.9 (there is no posting" in page
    assert "그림 4.8, 그림 4.9(해당 연도와 출처의 공고가 없음)" in page
    assert 'role="note"' not in page
    assert not (root / DRAFTS).exists()


def test_a_run_published_again_changes_no_byte_and_no_time(second: Store) -> None:
    before = tree(root_of(second))
    assert publish(second, FIRST) == current(second)
    write_draft(second, FIRST, "other words")
    assert publish(second, FIRST).vintage == FIRST
    assert tree(root_of(second)) == before


def test_a_run_done_late_takes_no_reader_back(second: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def count_nothing(store: Store, run: str, before: Published, *rest: object) -> Diff:
        return nothing_new(run, before)

    monkeypatch.setattr("analysis.publishing.release.compare", count_nothing)
    publish(second, SECOND)
    write_draft(second, "weekly-2026-11-20", "late")
    late = publish(second, "weekly-2026-11-20")
    assert (late.vintage, is_shown(second, late)) == ("weekly-2026-11-20", False)
    assert late.before == FIRST, "what came later is not what was before"
    held = hold(second, "weekly-2026-11-20", WHY)
    assert (held.good, held.as_of, is_shown(second, held)) == (FIRST, "2026-11-16", False)
    assert not hold(second, "weekly-2026-11-02", WHY).vintage
    assert is_shown(second, publish(second, SECOND))
    assert shown(root_of(second)) == SECOND


def test_of_one_day_readers_stay_with_what_was_made_of_the_later_facts(second: Store) -> None:
    retrained = "retrain-2026-11-23"
    with second.lock():
        second.write_facts("tag-anew", iter([]), covers=[], tagger_version="2")
    write_draft(second, retrained, "retrained")
    assert is_shown(second, publish(second, retrained))
    # Drawn before, published after: its figures are those of the tagger before.
    with_old = read_json(second.files, f"{DRAFTS}/{SECOND}/rates.made.json")["basis"]["n_commits"]
    foretold = diff(second, SECOND)
    late = publish(second, SECOND)
    assert diff(second, SECOND) == foretold
    assert with_old < read_manifest(second, retrained)["basis"]["n_commits"]
    assert (late.vintage, late.before, is_shown(second, late)) == (SECOND, FIRST, False)
    assert shown(root_of(second)) == retrained
    assert not is_shown(second, publish(second, SECOND))
    assert is_shown(second, hold(second, f"{retrained}.2", WHY)), "a stand-in for later facts is made of them"


def test_a_published_run_that_is_judged_anew_and_held_is_taken_back(second: Store) -> None:
    publish(second, SECOND)
    for made in (hold(second, SECOND, WHY), hold(second, SECOND, WHY)):
        assert (made.vintage, made.good) == (f"{SECOND}.v2", FIRST)
        assert shown(root_of(second)) == made.vintage
    assert is_shown(second, hold(second, SECOND, ["rate"]))
    write_draft(second, SECOND, "let through")
    assert is_shown(second, publish(second, SECOND))


def test_drafts_go_once_shown_or_overtaken_and_that_of_a_run_drawn_anew_stays(second: Store) -> None:
    write_draft(second, "weekly-2026-11-09", "never published")
    write_draft(second, FIRST, "held, and drawn anew")
    hold(second, SECOND, WHY)
    publish(second, FIRST)
    assert {name.split("/")[1] for name in second.files.names(DRAFTS)} == {SECOND}
    publish(second, SECOND)
    assert not second.files.names(DRAFTS)


def test_parts_of_different_data_are_not_published_together(second: Store) -> None:
    collect_week(second, THIRD, WEEK_TWO, 290)
    with pytest.raises(PublishError, match="rates of weekly-2026-11-30 were not"):
        publish(second, THIRD)
    write_draft(second, THIRD)
    made = root_of(second) / DRAFTS / THIRD / "rates.made.json"
    made.write_bytes((root_of(second) / DRAFTS / SECOND / "rates.made.json").read_bytes())
    with pytest.raises(PublishError, match="data changed"):
        publish(second, THIRD)
    write_draft(second, THIRD)
    (root_of(second) / DRAFTS / THIRD / "report.html").write_text("half a p")
    with pytest.raises(PublishError, match=r"report\.html is not as it was written"):
        publish(second, THIRD)
    assert shown(root_of(second)) == FIRST


@pytest.mark.parametrize("run", ["current", "../up", "", ".hidden"])
def test_names_that_would_leave_the_folder_are_refused(published: Store, run: str) -> None:
    with pytest.raises(PublishError):
        publish(published, run)


def test_one_writer_at_a_time(published: Store) -> None:
    with published.lock(), pytest.raises(StoreError, match="another run"):
        publish(published, FIRST)


def test_a_held_vintage_is_the_last_good_one_with_its_day_on_everything(second: Store) -> None:
    root, good = root_of(second), tree(root_of(second))
    made = hold(second, SECOND, WHY)
    assert (made.vintage, made.is_held, made.as_of, made.good) == (SECOND, True, "2026-11-16", FIRST)
    assert shown(root) == SECOND
    folder, old = root / FOLDER / SECOND, root / FOLDER / FIRST
    for name in ("index.html", "report.html", "section4.ko.md", "figures/fig_4_1.en.md", "figures/fig_4_1.ko.svg"):
        assert "2026-11-16" in (folder / name).read_text(encoding="utf-8"), name
    for name in ("index.html", "report.html", "quality.html"):
        assert WHY[0] in (folder / name).read_text(encoding="utf-8")
    assert "<h1>first</h1>" in (folder / "report.html").read_text()
    assert "<h1>second</h1>" in (folder / "quality.html").read_text(), "the page tells of the data held back"
    assert not list(folder.glob("figures/*.pdf"))
    assert json.loads((folder / "manifest.json").read_bytes())["left_out"] == [
        "figures/fig_4_1.en.pdf",
        "figures/fig_4_1.ko.pdf",
    ]
    assert (folder / "rates/overall.csv").read_bytes() == (old / "rates/overall.csv").read_bytes()
    was, now = (matplotlib.image.imread(f / "figures/fig_4_1.ko.png") for f in (old, folder))
    assert now.shape[1] == was.shape[1]
    assert now.shape[0] > was.shape[0]
    assert (now[: len(was)] == was).all()
    assert {name: each for name, each in tree(root).items() if f"/{FIRST}/" in name} == {
        name: each for name, each in good.items() if f"/{FIRST}/" in name
    }
    assert (root / DRAFTS / SECOND / "report.html").is_file(), "what was held back can be looked at"


def test_a_hold_after_a_hold_says_the_last_good_day(second: Store) -> None:
    hold(second, SECOND, WHY)
    before = tree(root_of(second))
    assert hold(second, SECOND, WHY).vintage == SECOND
    assert tree(root_of(second)) == before
    made = hold(second, THIRD, ["future dates"])
    assert (made.as_of, made.good, shown(root_of(second))) == ("2026-11-16", FIRST, THIRD)
    assert hold(second, THIRD, ["other reasons"]).vintage == f"{THIRD}.v2"


def test_a_run_that_was_held_may_be_published_after_all(second: Store) -> None:
    hold(second, SECOND, WHY)
    made = publish(second, SECOND)
    assert (made.vintage, made.is_held, made.before) == (f"{SECOND}.v2", False, FIRST)
    assert shown(root_of(second)) == f"{SECOND}.v2"
    assert diff(second, SECOND).before == FIRST
    assert check_vintage(root_of(second), SECOND)["is_held"], "the held one stays as it was"
    assert not (root_of(second) / DRAFTS).exists()
    assert hold(second, SECOND, WHY).good == FIRST, "a run never stands in for itself"


def test_with_nothing_good_yet_nothing_is_shown(copy: Copy) -> None:
    store = copy("new")
    made = hold(store, FIRST, WHY)
    assert (made.vintage, made.folder, made.is_held, made.why) == ("", "", True, tuple(WHY))
    assert current(store) is None
    assert not (root_of(store) / FOLDER).exists()


def test_the_difference_is_paired_names_employers_and_figures(second: Store) -> None:
    drafted = diff(second, SECOND)
    publish(second, SECOND)
    told = diff(second, SECOND)
    assert told == drafted == Diff.from_dict(json.loads(json.dumps(told.to_dict())))
    row = told.headline
    assert row is not None
    assert (row["k_old"], row["n_old"], row["k_new"], row["n_new"], row["n_both"]) == (30, 300, 80, 360, 300)
    assert row["delta"] == pytest.approx(100 * (80 / 360 - 30 / 300))
    assert row["delta_low"] > 0
    assert row["is_real"]
    assert [r["group"] for r in told.rows if r["table"] == "by_year" and r["delta"]] == [{"year": 2025}]
    assert (told.employers["n_new"], told.employers["n_gone"]) == (12, 0)
    assert len(told.employers["new"]) == 10
    assert told.employers["new"][0] in {f"Fern {i}" for i in range(12)}
    assert told.figures == ("fig_4_1",)
    text = (root_of(second) / FOLDER / SECOND / "diff.md").read_text(encoding="utf-8")
    assert "Beyond noise: all data roles" in text
    assert "새 회사 12곳" in text


def test_an_employer_goes_with_its_last_open_posting(published: Store) -> None:
    collect_week(published, SECOND, WEEK_TWO[:300], 300)
    write_draft(published, SECOND)
    publish(published, SECOND)
    with published.begin(THIRD, read_on="2026-11-30") as writer:
        kept = [row["posting_id"] for i, row in enumerate(WEEK_TWO[:300]) if i % 60 != 7 and i != 8]
        writer.seen("greenhouse", "b", kept, may_vanish=True)
        writer.commit({"boards": []})
    write_draft(published, THIRD)
    found = diff(published, THIRD)
    assert (found.employers["n_gone"], found.employers["gone"]) == (1, ["Moss 7"])
    assert found.figures == ()
    assert not found.changed


def test_earlier_facts_that_are_gone_leave_changes_unjudged(second: Store) -> None:
    for path in (root_of(second) / "facts_history").rglob("*.parquet"):
        path.unlink()
    found = diff(second, SECOND)
    assert not found.is_paired
    row = found.headline
    assert row is not None
    assert row["delta"] == pytest.approx(100 * (80 / 360 - 30 / 300))
    assert (row["delta_low"], row["is_real"]) == (None, None)
    assert ("are not judged" in to_text(found, SECOND), "jackknife" in to_text(found, SECOND)) == (True, False)
