"""Notes: the lines under a figure are complete, short, and right in both languages."""

from collections.abc import Callable

import pytest

from analysis.draw.figure import figures
from analysis.draw.labels import EN, KO, labels_for
from analysis.draw.notes import country_runs, period, source_names
from analysis.draw.options import Options
from analysis.draw.spec import FigureData
from analysis.draw.style import DrawError
from analysis.fact import DATA_ROLES

Make = Callable[..., FigureData]
SHARES = {"standardised": [0.08, 0.09, 0.13], "raw": [0.06, 0.08, 0.16]}
OPTIONS = Options(years=(2020, 2022))


def test_sources_are_ranked_and_the_rest_counted() -> None:
    counts = {"zeta": 5, "hackernews": 4000, "alpha": 5, "beta": 1}
    assert source_names(counts, EN) == "Hacker News 4,000, alpha 5, zeta 5, 1 more"
    assert source_names(counts, KO, 1) == "Hacker News 4,000건 외 3곳"


def test_years_with_one_largest_country_are_joined() -> None:
    largest = {y: {"country": c, "share": 0.5} for y, c in ((2020, "US"), (2021, "US"), (2023, "KR"))}
    assert country_runs(largest) == "2020–2021 US, 2023 KR"
    assert period((2021, 2021)) == "2021"


def test_languages_know_the_same_words() -> None:
    for name in ("roles", "levels", "families", "words"):
        assert getattr(KO, name).keys() == getattr(EN, name).keys()
    with pytest.raises(DrawError, match="lang 'de'"):
        labels_for("de")


def test_notes_of_years(yearly: Make) -> None:
    data = yearly(SHARES, flags={("raw", 2020): "withheld", ("raw", 2021): "small"})
    en, ko = (figures()["fig_4_1"].words(data, labels_for(lang), OPTIONS) for lang in ("en", "ko"))
    for note in (
        "23,420 unique postings, 6,120 companies",
        "Trend: +1.1 points per year (−0.2 to 2.4), direction cannot be judged",
        "Posting date uncertain: 31%",
        "Largest country 2020 US, 2021 KR",
        "Hollow marks: effective n 30–59",
        "Withheld where effective n < 30",
        "Held-fixed cells cover 100%",
        "Data of 2026-07",
    ):
        assert note in en.notes
    assert "추세: 연 +1.1%p (−0.2~2.4), 추세 판단 불가" in ko.notes
    assert "표본 부족(유효 n<30)은 표시 보류" in ko.notes


def test_notes_that_do_not_apply_are_left_out(yearly: Make) -> None:
    calm = yearly(SHARES)
    calm.meta.update(trend=None, vintage=None, largest_country={})
    text = " ".join(figures()["fig_4_1"].words(calm, labels_for("en"), OPTIONS).notes)
    assert not any(word in text for word in ("Trend", "Hollow", "Withheld", "Data of", "Largest", "Caution"))
    calm.meta["tagger_versions"] = ["1", "2"]
    assert "Caution: mixes tagger versions" in figures()["fig_4_1"].words(calm, labels_for("en"), OPTIONS).notes


def test_titles_name_measure_and_period(yearly: Make) -> None:
    data = yearly({k: [*v, 0.1, 0.1] for k, v in SHARES.items()})
    words = figures()["fig_4_1"].words
    assert words(data, labels_for("ko"), Options()).title == "데이터 직무 공고의 Airflow 언급 비율, 2020–2024"
    assert words(data, labels_for("en"), Options()).title == (
        "Job postings for data roles that mention Airflow, 2020–2024"
    )
    assert "require Airflow" in words(data, labels_for("en"), Options(level="required")).title


def test_bars_say_that_years_are_pooled(pooled: Make) -> None:
    data = pooled({"bi_analyst": (0.1, 0.0, 0.0)})
    subtitle = figures()["fig_4_2"].words(data, labels_for("en"), Options()).subtitle
    assert subtitle.startswith("2020–2024 pooled, posting-weighted")


def test_alt_text_is_two_sentences_from_the_data(yearly: Make, pooled: Make) -> None:
    en = figures()["fig_4_1"].words(yearly(SHARES), labels_for("en"), OPTIONS).alt
    assert en.count(". ") == 1
    assert en.endswith(".")
    assert "8.0% (6.0–10.0) in 2020 and 13.0% (11.0–15.0) in 2022, and the raw rate was 16.0% in 2022" in en
    bars = pooled({"data_engineer": (0.13, 0.03, 0.02), "bi_analyst": (0.01, 0.01, 0.01)})
    ko = figures()["fig_4_2"].words(bars, labels_for("ko"), Options()).alt
    assert ko.count(". ") == 1
    assert "데이터 엔지니어 공고가 18.0% (16.0–20.0)로 가장 높고(필수 13.0%)" in ko


def test_every_english_note_can_stand_as_a_sentence_of_the_caption(yearly: Make, pooled: Make) -> None:
    by_role = {key: [0.1, 0.1, 0.1] for key in DATA_ROLES}
    flags = {("raw", 2020): "withheld", ("data_engineer", 2020): "withheld;low cover"}
    data = yearly(SHARES, flags=flags, by_role=by_role)
    bars = pooled({"data_engineer": (0.1, 0.0, 0.0)}, {"data_engineer": "small"})
    notes = [
        *figures()["fig_4_1"].words(data, EN, Options(years=(2020, 2022), families=("hn",))).notes,
        *figures()["fig_4_2"].words(bars, EN, Options()).notes,
    ]
    assert not [note for note in notes if note[0].islower()]


def test_a_claim_is_in_the_alt_text_and_under_the_title_of_panels(yearly: Make) -> None:
    data = yearly(SHARES, by_role={key: [0.1, 0.1, 0.2] for key in DATA_ROLES})
    words = figures()["fig_4_1"].words
    one = words(data, EN, Options(years=(2020, 2022), claim=0.68))
    assert one.alt.endswith(" A dotted line marks the slide’s claim of 68%.")
    assert "claim" not in one.subtitle
    for lang, said in (("en", "dotted: the slide’s claim of 68%"), ("ko", "점선: 발표 자료 주장 68%")):
        panels = words(data, labels_for(lang), Options(years=(2020, 2022), by=("role",), claim=0.68))
        assert panels.subtitle.endswith(said)
        assert panels.alt.count("68%") == 1
    assert "claim" not in words(data, EN, OPTIONS).alt


def test_alt_text_of_panels_tells_what_the_panels_show(yearly: Make) -> None:
    flags = {("bi_analyst", y): "withheld" for y in (2020, 2021, 2022)} | {("ml_engineer", 2022): "withheld"}
    data = yearly(SHARES, flags=flags, by_role={key: [0.1, 0.11, 0.2] for key in DATA_ROLES})
    alt = figures()["fig_4_1"].words(data, EN, Options(years=(2020, 2022), by=("role",))).alt
    assert "All data roles 13% (2022), Data engineer 20% (2022)" in alt
    assert "ML engineer 11% (2021)" in alt
    assert "BI" not in alt
    assert "raw" not in alt


def test_one_type_of_source_is_not_said_to_be_held_fixed(yearly: Make) -> None:
    data = yearly(SHARES)
    one = Options(years=(2020, 2022), families=("hn",))
    two = Options(years=(2020, 2022), families=("hn", "ats"))
    words = figures()["fig_4_1"].words
    assert "With role held fixed" in words(data, EN, one).alt
    assert "With role and source type held fixed" in words(data, EN, two).alt
    assert "Source types: Hacker News" in words(data, EN, one).notes


def test_withheld_says_so_in_the_alt_text(yearly: Make) -> None:
    flags = {("standardised", y): "withheld" for y in (2020, 2021, 2022)}
    alt = figures()["fig_4_1"].words(yearly(SHARES, flags=flags), labels_for("en"), OPTIONS).alt
    assert "withheld" in alt
    assert "8%" not in alt


def test_withheld_roles_are_named_with_their_counts(pooled: Make) -> None:
    data = pooled({"data_engineer": (0.1, 0.0, 0.0), "bi_analyst": (0.1, 0.0, 0.0)}, {"bi_analyst": "withheld"}, n=12)
    notes = figures()["fig_4_2"].words(data, labels_for("ko"), Options()).notes
    assert notes[0] == "표본 부족으로 보류: BI·데이터 분석가 (n=12)"
