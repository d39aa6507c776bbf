"""Trainers: what the trainers tell becomes figures, by hand."""

import pytest

from analysis.learn import forward, silver
from analysis.learn.roles import TRAINED
from analysis.learn.trainers import has_both_times, line_figures, role_figures

F = {"f1": 0.7, "low": 0.65, "high": 0.75, "n": 900}


def test_forward_figures_are_named_by_role_language_and_family() -> None:
    checked = {"all": F, "four": F, "by_role": {"other": F}, "by_lang": {"ko": F}, "by_family": {"hn": F}}
    assert [(f["name"], f["group"]) for f in role_figures(checked)] == [
        ("forward role f1", "forward"),
        ("forward f1 among data jobs", "forward"),
        ("forward other f1", "forward"),
        ("forward role f1", "forward ko"),
        ("forward role f1", "forward hn"),
    ]
    assert role_figures(checked)[0] | {"name": ""} == {
        "name": "",
        "group": "forward",
        "value": 0.7,
        "low": 0.65,
        "high": 0.75,
        "n_postings": 900,
        "n_items": 900,
    }
    assert role_figures({}) == []


def lines(n: int, accuracy: float, mentioned: float, answered: int, right: int) -> dict[str, object]:
    told = {"n": n, "accuracy": accuracy, "accuracy_of_mentioned": mentioned}
    silent = {"n": n, "n_answered": 0, "n_right": 0}
    return {**told, "required": {"n": n, "n_answered": answered, "n_right": right}, "preferred": silent}


def test_line_figures_tell_answers_from_silence() -> None:
    held_out = {
        "all": lines(980, 0.8, 0.7, 100, 82),
        "en native": lines(80, 0.9, 0.75, 0, 0),
        "en heading": lines(800, 0.2, 0.2, 0, 0),
        "ko native": lines(20, 0.5, 0.5, 0, 0),
        "fr native": {"n": 0, "accuracy": None, "accuracy_of_mentioned": None},
    }
    found = {f["name"]: f for f in line_figures({"held_out": held_out})}
    # Wilson: (k + z²/2 ± z sqrt(k (n - k) / n + z²/4)) / (n + z²) with k = 82, n = 100.
    right = found["line answers right"]
    assert (right["value"], right["low"], right["high"], right["n_items"]) == (0.82, 0.7333, 0.883, 100)
    assert (found["line accuracy"]["value"], found["line accuracy"]["n_items"]) == (0.82, 100)
    assert found["line accuracy without a model"]["value"] == 0.7


def test_a_model_that_never_answers_has_no_figure_for_its_answers() -> None:
    silent = lines(90, 0.7, 0.7, 0, 0)
    found = {f["name"]: f for f in line_figures({"held_out": {"all": silent, "ko native": silent}})}
    assert "line answers right" not in found
    assert found["line accuracy"]["value"] == found["line accuracy without a model"]["value"]


@pytest.mark.parametrize(("left_out", "is_enough"), [(None, True), ("2020", False), ("2023", False), ("2025", False)])
def test_a_forward_check_needs_every_role_in_every_period(left_out: str | None, is_enough: bool) -> None:
    assert "2020" < forward.INNER <= "2023" < silver.RECENT <= "2025"
    samples = [
        silver.Sample(f"{role}{year}{i}", role, "text", "employer", year, "en", "job_board")
        for role in TRAINED
        for year in ("2020", "2023", "2025")
        for i in range(2)
        if not (role == "other" and year == left_out)
    ]
    assert has_both_times(samples) == is_enough
