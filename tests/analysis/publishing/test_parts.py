"""Parts of a draft: rates as the command prints them, figures that cannot be drawn, and nothing without facts."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from analysis.cli import app
from analysis.draw.bundle import Drawing
from analysis.draw.style import DrawError
from analysis.publishing import PublishError, name_facts, publish, write_figures, write_rates, write_report
from analysis.publishing import parts as parts_of
from analysis.quality import QualityError
from scrapers.store import Store
from tests.analysis.publishing.conftest import FIRST, SECOND, THIRD, WEEK_ONE, WEEK_TWO, Copy, check_vintage, to_table

RUN = "weekly-2026-12-07"


def test_rates_are_those_of_the_command_and_stay_when_written_again(second: Store) -> None:
    root = Path(second.files.root)
    assert write_rates(second, RUN, "store") == {"n_files": 10, "n_changed": 10, "missing": {}}
    folder = root / "drafts" / RUN / "rates"
    words = ["rates", "--by", "year", "--format", "csv", "--only-from", "store", "--data", str(root)]
    assert (folder / "by_year.csv").read_text() == CliRunner().invoke(app, words).stdout
    (row,) = json.loads((folder / "overall.json").read_bytes())
    assert (row["k"], row["n"], row["vintage"]) == (80, 360, f"tag-{SECOND}")
    columns = set((folder / "by_year_role.csv").read_text().splitlines()[0].split(","))
    assert {"year", "role", "k", "n", "n_companies", "n_eff", "low", "high", "vintage"} <= columns
    times = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    assert write_rates(second, RUN, "store")["n_changed"] == 0
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*")} == times


def test_a_published_run_is_not_made_again(published: Store) -> None:
    found = write_rates(published, "weekly-2026-11-16", "store")
    assert found == {"n_files": 10, "n_changed": 0, "missing": {}}
    assert write_figures(published, "weekly-2026-11-16", only_from="store")["n_files"] == 10
    assert write_report(published, "weekly-2026-11-16", only_from="store")["n_files"] == 4
    assert not (Path(published.files.root) / "drafts").exists()


def test_a_figure_that_cannot_be_drawn_is_told_of_and_costs_no_other(
    second: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(drawing: Drawing, id: str) -> dict[str, bytes]:
        assert drawing.provenance.vintage == f"tag-{SECOND}"
        if id == "fig_4_1":
            raise DrawError("there is no posting of these years")
        return {f"{id}.csv": b"n"}

    monkeypatch.setattr(Drawing, "__call__", draw)
    found = write_figures(second, THIRD, only=["fig_4_1", "fig_4_2"], only_from="store", workers=1)
    assert found == {"n_files": 1, "n_changed": 1, "missing": {"fig_4_1": "there is no posting of these years"}}
    assert [p.name for p in (Path(second.files.root) / "drafts" / THIRD / "figures").iterdir()] == ["fig_4_2.csv"]


def test_the_report_is_written_with_what_it_lacks(second: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(store: Store, facts: pa.Table) -> tuple[None, str]:
        return None, f"{len(facts)} facts tell nothing"

    monkeypatch.setattr(parts_of, "judge_claims", judge)
    monkeypatch.setattr(parts_of, "find_evidence", lambda *_: "seen")
    monkeypatch.setattr(parts_of, "make_report", lambda facts, evidence, workers: {"report.html": evidence.encode()})
    monkeypatch.setattr("analysis.report.explorer.is_installed", lambda: False)
    found = write_report(second, THIRD, "store")
    assert (found["n_files"], found["missing"]["claims"]) == (1, "360 facts tell nothing")
    assert "explorer" in found["missing"]
    again = write_report(second, FIRST, "store", is_held=True)
    assert again == found, "published before, and judged anew"
    assert second.files.read(f"drafts/{FIRST}/report.html") == b"seen"


def test_all_parts_are_drawn_from_the_facts_that_were_named_though_others_came(
    second: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Drawing, "__call__", lambda d, id: {f"{id}.txt": f"{d.provenance.vintage} {len(d.facts)}".encode()}
    )
    monkeypatch.setattr(parts_of, "judge_claims", lambda *_: (None, ""))
    monkeypatch.setattr(
        parts_of,
        "make_report",
        lambda _, e, workers: {"report.html": f"{e.provenance.vintage} {e.by_source.sum().sum()}".encode()},
    )
    named, root = name_facts(second), Path(second.files.root)
    assert named == f"tag-{SECOND}"
    write_rates(second, THIRD, "store", after=named)
    with second.lock():
        second.write_facts("tag-other", iter([("greenhouse", to_table(WEEK_ONE))]), covers=[FIRST], tagger_version="2")
    assert name_facts(second) == "tag-other"
    write_figures(second, THIRD, only=["fig_4_2"], only_from="store", workers=1, after=named)
    write_report(second, THIRD, "store", after=named)
    made = publish(second, THIRD)
    manifest = check_vintage(root, made.vintage)
    assert (manifest["basis"]["facts_commit"], manifest["basis"]["data"]) == (named, named)
    folder = root / "published" / made.vintage
    assert {(folder / name).read_text() for name in ("figures/fig_4_2.txt", "report.html")} == {f"{named} 360"}
    (row,) = json.loads((folder / "rates" / "overall.json").read_bytes())
    assert (row["n"], row["vintage"]) == (360, named)


def test_a_run_is_drawn_from_the_facts_of_its_own_week_though_a_later_one_came(second: Store) -> None:
    for run in (FIRST, SECOND):
        report = {"run": run, "at": f"{run[-10:]}T06:00:00+09:00", "boards": []}
        second.files.write(f"runs/{run}.json", json.dumps(report).encode())
    assert (name_facts(second, FIRST), name_facts(second, SECOND)) == (f"tag-{FIRST}", f"tag-{SECOND}")
    with second.lock():
        other = iter([("greenhouse", to_table(WEEK_TWO))])
        second.write_facts("tag-other", other, covers=[FIRST, SECOND], tagger_version="2")
    assert (name_facts(second, FIRST), name_facts(second, SECOND)) == (f"tag-{FIRST}", "tag-other")
    with pytest.raises(QualityError, match="no collecting run"):
        name_facts(second, THIRD)


def test_facts_that_the_store_does_not_have_are_not_drawn(second: Store) -> None:
    with pytest.raises(PublishError, match="no facts of tag-lost"):
        write_rates(second, THIRD, "store", after="tag-lost")


def test_nothing_is_made_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="collect and tag"):
        write_rates(Store(tmp_path), RUN, "store")
    assert not list(tmp_path.iterdir())


def test_a_file_that_a_part_no_longer_has_goes(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    store = copy("two")
    folder = Path(store.files.root) / "drafts" / SECOND / "rates"
    monkeypatch.setattr(parts_of, "TABLES", {"overall": ()})
    write_rates(store, SECOND, "store")
    assert {p.name for p in folder.iterdir()} == {"overall.csv", "overall.json"}
