"""Tests of the forward check: what it learns from, what it reads, and its figures by hand."""

import random

import numpy as np
import pytest

from analysis.learn.forward import FOUR, check_forward, choose
from analysis.learn.roles import TRAINED, Settings
from analysis.learn.silver import Sample

CUES = {role: [f"{role[:2]}{role[-4:]}{chr(97 + i)}" for i in range(12)] for role in TRAINED}


def _samples(years: dict[str, str], n: int = 60) -> list[Sample]:
    """Return samples whose words say their role; in `years` a year maps to the role whose words all its texts carry."""
    rng = random.Random(4)
    return [
        Sample(
            f"{year}{role}{i}",
            role,
            " ".join(rng.choices(CUES[years[year] or role], k=30)),
            f"{year}{role}{i}",
            year,
            "ko" if i % 2 else "en",
            "ats",
        )
        for year in years
        for role in TRAINED
        for i in range(n)
    ]


def test_later_years_are_read_by_a_model_of_the_earlier_ones() -> None:
    found = check_forward(_samples({"2020": "", "2022": "", "2024": ""}), ())
    assert found["n_earlier"] == 2 * 60 * len(TRAINED)
    assert found["four"] == {"f1": 1.0, "low": 1.0, "high": 1.0, "n": 60 * len(FOUR)}
    assert found["all"]["n"] == 60 * len(TRAINED)
    assert set(found["by_role"]) == set(TRAINED)
    assert set(found["by_lang"]) == {"en", "ko"}


def test_texts_that_all_read_alike_are_called_one_role() -> None:
    found = check_forward(_samples({"2020": "", "2022": "", "2024": "ml_engineer"}), ())
    # All are called ML engineers: precision 1/6, recall 1, F1 2/7; the others have none.
    assert found["by_role"]["ml_engineer"]["f1"] == pytest.approx(2 / 7, abs=1e-3)
    assert found["all"]["f1"] == pytest.approx(2 / 7 / len(TRAINED), abs=1e-3)
    assert found["four"]["f1"] == pytest.approx(2 / 5 / len(FOUR), abs=1e-3)
    assert found["all"]["low"] < found["all"]["f1"] < found["all"]["high"]


def test_texts_without_a_year_take_no_part() -> None:
    samples = _samples({"2020": "", "2022": "", "2024": ""})
    undated = [Sample(f"x{i}", "other", "nothing", f"x{i}", "", "en", "hn") for i in range(100)]
    assert check_forward([*samples, *undated], ()) == check_forward(samples, ())


def test_the_better_settings_are_chosen_on_the_later_of_the_earlier_years() -> None:
    samples = _samples({"2020": "", "2022": ""})
    poor = Settings(c=1e-9, is_balanced=False)
    lopsided = [
        s for s in samples if not (s.year == "2020" and s.role != "data_engineer" and int(s.posting_id[-1]) % 2)
    ]
    assert choose(lopsided, (), (poor, Settings())) == Settings()
    assert np.isfinite(Settings().c)
