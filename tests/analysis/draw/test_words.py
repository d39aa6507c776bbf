"""What figures of claims, skills, ways of counting and sources say, in both languages, is what their data hold."""

import importlib
from dataclasses import replace
from typing import Any

import pytest

from analysis.draw.figure import figures
from analysis.draw.labels import EN, KO, labels_for
from analysis.draw.options import Options
from analysis.draw.spec import FigureData, Words

NAMES = ("fig_4_6", "fig_4_10", "fig_4_11", "fig_4_13")
CASES = {name: importlib.import_module(f"tests.analysis.draw.extremes.{name}").CASES for name in NAMES}


def said(name: str, case: str, lang: str) -> Words:
    data, options = CASES[name][case]
    return figures()[name].words(data, labels_for(lang), Options(**options))


def cut(name: str, case: str, **changes: Any) -> FigureData:
    """Return the data of a case with some columns replaced."""
    data: FigureData = CASES[name][case][0]
    return replace(data, frame=data.frame.assign(**changes))


@pytest.mark.parametrize("name", NAMES)
def test_languages_know_the_same_words(name: str) -> None:
    module = importlib.import_module(f"analysis.draw.{name}")
    assert module.KO.keys() == module.EN.keys()


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(("name", "case"), [(name, case) for name in NAMES for case in CASES[name]])
def test_alt_text_is_sentences_without_holes(name: str, case: str, lang: str) -> None:
    alt = said(name, case, lang).alt
    assert alt.endswith(".")
    assert not any(hole in alt for hole in ("nan", "{", "None", "()", ".."))


@pytest.mark.parametrize("name", NAMES)
def test_titles_state_no_finding(name: str) -> None:
    """Whatever the numbers are, the title of the same question is the same."""
    for lang in ("ko", "en"):
        titles = {said(name, case, lang).title for case, (_, options) in CASES[name].items() if not options}
        assert len(titles) == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_english_note_can_stand_as_a_sentence(name: str) -> None:
    notes = [note for case in CASES[name] for note in said(name, case, "en").notes]
    assert not [note for note in notes if note[0].islower()]


def test_claims_are_counted_by_verdict_on_all_postings() -> None:
    alt = said("fig_4_6", "usual", "en").alt
    assert "4 claims" in alt
    assert "“measured lower” for 2 (" in alt
    assert "“measured higher” for 1 (" in alt
    assert "“cannot be judged” for 1 (" in alt
    assert "too little" not in alt
    assert "‘측정값이 더 낮음’ 2개(" in said("fig_4_6", "usual", "ko").alt


def test_growth_is_told_of_only_where_it_is_claimed() -> None:
    assert any("points per year" in note for note in said("fig_4_6", "usual", "en").notes)
    assert not any("points per year" in note for note in said("fig_4_6", "full", "en").notes)


def test_skills_are_named_with_their_intervals() -> None:
    data = cut("fig_4_10", "usual")
    data.frame.loc[0, ["odds_ratio", "low", "high"]] = [9.94, 0.5, 12.34]
    alt = figures()["fig_4_10"].words(data, EN, Options()).alt
    assert "Highest are Oven 0 9.9 (0.50–12)" in alt
    n_above = int((data.frame["low"] > 1).sum())
    assert f"{n_above} of the 20 shown lie above 1" in alt
    assert "20 highest of 141 skills" in figures()["fig_4_10"].words(data, EN, Options()).notes


def test_the_range_of_ways_is_theirs() -> None:
    alt = said("fig_4_11", "default lowest", "en").alt
    n = len(CASES["fig_4_11"]["default lowest"][0].frame)
    assert f"The default gives 0% (0–2); the {n} ways shown range from 0% to {n - 1}%" in alt
    assert "보류했고" in said("fig_4_11", "default withheld", "ko").alt


def test_sources_outside_are_counted() -> None:
    data, _ = CASES["fig_4_13"]["usual"]
    n = data.meta["n_outside"]["998"]
    assert (
        f"{n} of 9 sources lie outside the 99.8% limits; they range from 0% to 13.0%"
        in said("fig_4_13", "usual", "en").alt
    )
    notes = figures()["fig_4_13"].words(data, KO, Options()).notes
    assert f"출처 9곳 중 95% 한계 밖 3곳, 99.8% 한계 밖 {n}곳" in notes
    assert "출처 간 분산은 우연의 4.2배(회사 군집만으로는 1.7배)" in notes
