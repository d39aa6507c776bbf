"""Bundles: every file of a figure, the same bytes each time, whole or not at all."""

import csv
import io
import json
import struct
from pathlib import Path

import matplotlib
import pyarrow as pa
import pytest

from analysis.draw.bundle import draw_figures, write
from analysis.draw.caption import Provenance
from analysis.draw.figure import figures
from analysis.draw.options import Options
from analysis.draw.style import DrawError
from analysis.fact import DATA_ROLES

ONLY = ("fig_4_1", "fig_4_2")
KNOWN = Provenance(vintage="2026-07", code_version="1.0.0", licence="CC BY 4.0")


@pytest.fixture(scope="module")
def drawn(facts: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("figures")
    draw_figures(facts, out, only=ONLY, provenance=KNOWN)
    return out


def test_figures_are_found_by_listing_the_folder() -> None:
    names = list(figures())
    assert names[:2] == ["fig_4_1", "fig_4_2"]
    assert names.index("fig_4_9") < names.index("fig_4_10")


def test_default_files(drawn: Path) -> None:
    pictures = [f"{lang}.{kind}" for lang in ("en", "ko") for kind in ("md", "pdf", "png", "svg")]
    for stem in ("fig_4_1", "fig_4_2"):
        assert {f"{stem}.{end}" for end in ("csv", "meta.json", *pictures)} <= {p.name for p in drawn.iterdir()}
    assert not [p for p in drawn.iterdir() if p.name.startswith(".")]


def test_a_slide_is_exactly_1920_by_1080(drawn: Path) -> None:
    head = (drawn / "fig_4_1.ko.png").read_bytes()[:24]
    assert struct.unpack(">II", head[16:24]) == (1920, 1080)


def test_a_second_run_gives_the_same_bytes_whatever_the_readers_settings(
    facts: pa.Table, drawn: Path, tmp_path: Path
) -> None:
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 50}):
        before = dict(matplotlib.rcParams)
        paths = draw_figures(facts, tmp_path, only=ONLY, options=Options(lang="ko"), provenance=KNOWN)
        assert dict(matplotlib.rcParams) == before
    assert len(paths) == 12
    for path in paths:
        assert path.read_bytes() == (drawn / path.name).read_bytes(), path.name


def test_csv_is_what_is_plotted(drawn: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((drawn / "fig_4_1.csv").read_text())))
    assert {"series", "role", "year", "n", "k", "rate", "low", "high", "n_eff", "n_companies", "flag"} <= rows[0].keys()
    raw = [r for r in rows if r["series"] == "raw"]
    assert [r["year"] for r in raw] == ["2020", "2021", "2022", "2023", "2024"]
    for row in raw:
        assert float(row["rate"]) == pytest.approx(int(row["k"]) / int(row["n"]), abs=1e-6)
        assert float(row["low"]) < float(row["rate"]) < float(row["high"])
    hn = [r for r in rows if r["series"] == "hn"]
    assert all(int(h["n"]) < int(r["n"]) for h, r in zip(hn, raw, strict=True))


def test_parts_add_up_to_totals(drawn: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((drawn / "fig_4_2.csv").read_text())))
    for role in DATA_ROLES:
        own = [r for r in rows if r["role"] == role]
        total = [int(r["k"]) for r in own if r["series"] == "total"]
        assert [sum(int(r["k"]) for r in own if r["series"] == "part")] == total
        assert {r["level"] for r in own if r["series"] == "part"} == {"required", "preferred", "mentioned"}


def test_record_is_complete_and_has_no_nan(drawn: Path) -> None:
    meta = json.loads((drawn / "fig_4_1.meta.json").read_text())
    assert meta["n_postings"] == 1800
    assert meta["sources"] == {"board_a": 450, "hackernews": 1350}
    assert meta["vintage"] == "2026-07"
    assert meta["licence"] == "CC BY 4.0"
    assert meta["period"] == [2020, 2024]
    assert set(meta["weighting"]) == {"mix", "none"}
    assert meta["warnings"] == []
    for name in ("title", "subtitle", "alt", "unit", "numerator", "denominator", "cite"):
        assert set(meta[name]) == {"ko", "en"}
    assert {"dedupe_rule", "interval_method", "retrieved", "role_classifier", "skill_extractor", "bibtex"} <= set(meta)


def test_captions_carry_alt_text_table_and_citation(drawn: Path) -> None:
    ko, en = ((drawn / f"fig_4_2.{lang}.md").read_text() for lang in ("ko", "en"))
    assert "fig_4_2.ko.png" in ko
    assert "그림 4.2" in ko
    assert "## 대체 텍스트" in ko
    assert en.count("| total |") == len(DATA_ROLES)
    assert "airflow-demand, Figure 4.2: Airflow by role: required, preferred or mentioned (2026-07, 1.0.0)." in en


def test_pictures_carry_their_alt_text_and_no_date(drawn: Path) -> None:
    svg = (drawn / "fig_4_1.en.svg").read_text()
    assert "Line chart of the share" in svg
    assert "<dc:date>" not in svg
    assert "font-family" not in svg
    assert b"CreationDate" not in (drawn / "fig_4_1.en.pdf").read_bytes()


def test_variants_lie_beside_each_other(facts: pa.Table, tmp_path: Path) -> None:
    options = Options(by=("role",), size="half", lang="ko")
    names = {p.name for p in draw_figures(facts, tmp_path, only=["fig_4_1"], options=options)}
    assert {"fig_4_1.by_role.half.ko.png", "fig_4_1.by_role.half.csv"} <= names
    assert not [n for n in names if ".en." in n]
    assert options.keep(figures()["fig_4_2"].takes).stem("fig_4_2") == "fig_4_2.half"


def test_an_option_that_a_named_figure_does_not_take_is_refused(facts: pa.Table, tmp_path: Path) -> None:
    with pytest.raises(DrawError, match="--level does not apply to fig_4_2, which takes --years, --family"):
        draw_figures(facts, tmp_path, only=["fig_4_2"], options=Options(level="required"))


def test_one_family_has_no_line_of_hacker_news(facts: pa.Table) -> None:
    data = figures()["fig_4_1"].data(facts, Options(families=("job_board",)))
    assert set(data.frame["series"]) == {"standardised", "raw"}
    assert data.meta["sources"] == {"board_a": 450}


def test_one_year_has_no_trend(facts: pa.Table) -> None:
    assert figures()["fig_4_1"].data(facts, Options(years=(2022, 2022))).meta["trend"] is None


def test_unknown_figure_is_refused_before_anything_is_written(facts: pa.Table, tmp_path: Path) -> None:
    with pytest.raises(DrawError, match=r"figure 'fig_9_9' is not one of: fig_4_1, fig_4_2, "):
        draw_figures(facts, tmp_path / "out", only=["fig_4_1", "fig_9_9"])
    assert not (tmp_path / "out").exists()


def test_an_unchanged_file_is_left_alone(tmp_path: Path) -> None:
    (path,) = write({"a.csv": b"1"}, tmp_path)
    before = path.stat()
    write({"a.csv": b"1"}, tmp_path)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    write({"a.csv": b"2"}, tmp_path)
    assert path.read_bytes() == b"2"


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DrawError, match="cannot write figures to"):
        write({"a.csv": b"1"}, tmp_path / "file")


def test_an_interrupted_replacement_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"a.csv": b"old"}, tmp_path)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(DrawError, match="No space left"):
        write({"a.csv": b"new"}, tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.csv": b"old"}


def test_several_processes_draw_the_same_bytes(facts: pa.Table, drawn: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    paths = draw_figures(
        facts,
        tmp_path,
        only=ONLY,
        options=Options(lang="ko"),
        provenance=KNOWN,
        workers=2,
        on_figure=lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 2), (2, 2)]
    for path in paths:
        assert path.read_bytes() == (drawn / path.name).read_bytes(), path.name
