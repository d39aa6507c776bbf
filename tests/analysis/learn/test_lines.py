"""Line training: what may become a feature, what is learnt, and what the thresholds promise."""

import random

import numpy as np
import pytest

from analysis.classify.line_model import SKILL, LineModel
from analysis.fingerprint import company_id
from analysis.learn.lines import AIM, choose_terms, curve, fit_lines
from analysis.learn.silver_lines import Line

WORDS = {
    "required": ["knead", "solid", "fluent"],
    "preferred": ["glaze", "exposure", "fancy"],
    "mentioned": ["deliver", "our", "build"],
}


def line(text: str, level: str, n: int, origin: str = "heading", employer: str = "") -> Line:
    return Line(text, level, origin, "en", employer or f"employer {n % 40}", f"posting {n}", 1)


def invented(n: int = 900, noise: float = 0.1, seed: int = 1) -> list[Line]:
    """Return lines whose words mostly belong to their level, and open ones of which a fifth ask for something."""
    draw = random.Random(seed)
    found = []
    for i in range(n):
        level = draw.choice(list(WORDS))
        wording = draw.choice(list(WORDS)) if draw.random() < noise else level
        found.append(line(f"{draw.choice(WORDS[wording])} {SKILL} {draw.choice(WORDS[wording])}", level, i))
    for i in range(n // 3):
        wording = "required" if draw.random() < 0.2 else "mentioned"
        found.append(line(f"{draw.choice(WORDS[wording])} {SKILL} {draw.choice(WORDS[wording])}", "", i, "open"))
    return found


def test_a_term_needs_twenty_postings_of_ten_employers() -> None:
    few_postings = [line("rye", "required", n) for n in range(19)]
    few_employers = [line("oat", "required", n, employer=f"e{n % 9}") for n in range(40)]
    enough = [line("malt", "required", n, employer=f"e{n % 10}") for n in range(20)]
    terms = choose_terms([*few_postings, *few_employers, *enough])
    assert "malt" in terms
    assert not {"rye", "oat"} & set(terms)


def test_an_employers_name_is_no_term_unless_it_is_a_common_word() -> None:
    mill, bread = company_id("Mill"), company_id("Bread")
    assert mill
    assert bread
    lines = [line("mill bread flour", "required", n, employer=f"e{n % 30}") for n in range(60)]
    lines += [line("bread", "required", n, employer=f"f{n}") for n in range(120)]
    lines += [line("flour", "required", 1, employer=mill), line("flour", "required", 2, employer=bread)]
    terms = choose_terms(lines)
    assert {"bread", "flour"} <= set(terms)
    assert "mill" not in terms


def test_names_of_places_are_no_terms_but_capitals_of_titles_do_not_matter() -> None:
    lines = [line("we bake in Crumbville, then rest", "mentioned", n, employer=f"e{n % 30}") for n in range(60)]
    lines += [line("Chief of Bread", "mentioned", n, "title", f"e{n % 30}") for n in range(60)]
    assert {"bake", "rest", "bread"} <= set(choose_terms(lines))
    assert not [term for term in choose_terms(lines) if "crumbville" in term]


def test_the_model_learns_and_keeps_its_promise_on_new_lines() -> None:
    trained = fit_lines(invented())
    model = LineModel(trained.content)
    readings = model.read([f"knead {SKILL} solid", f"build {SKILL} our"])
    assert [reading and reading.level for reading in readings] == ["required", None]
    told = [one for one in invented(seed=2) if one.level]
    answers = zip(told, model.read([one.text for one in told]), strict=True)
    is_right = [one.level == "required" for one, answer in answers if answer and answer.level == "required"]
    assert len(is_right) > 50
    assert np.mean(is_right) >= AIM - 0.05


def test_noise_raises_the_threshold_until_nothing_is_answered() -> None:
    model = LineModel(fit_lines(invented(noise=1.0)).content)
    assert model.thresholds["required"] > 1
    readings = model.read([one.text for one in invented(noise=1.0, seed=2)])
    assert not [reading for reading in readings if reading and reading.level == "required"]


def test_the_open_lines_tell_how_rare_requirements_are() -> None:
    prior = fit_lines(invented(noise=0.02)).facts["prior"]
    assert sum(prior.values()) == pytest.approx(1, abs=1e-3)
    assert 1 - prior["mentioned"] == pytest.approx(0.2, abs=0.06)


def test_training_twice_gives_the_same_model() -> None:
    first, second = fit_lines(invented()).content, fit_lines(invented()).content
    assert first["terms"] == second["terms"]
    assert np.array_equal(first["weights"], second["weights"])
    assert first["thresholds"] == second["thresholds"]


def test_too_few_employers_are_refused() -> None:
    with pytest.raises(ValueError, match="preferred has too few employers"):
        fit_lines([one for one in invented() if one.level != "preferred"])


def test_curve_counts_answers_by_hand() -> None:
    scores = np.array([[0.9, 0.05, 0.05], [0.6, 0.2, 0.2], [0.1, 0.1, 0.8], [0.5, 0.3, 0.2]])
    rows = {row["threshold"]: row for row in curve(scores, np.array([0, 2, 2, 0]), np.ones(4))}
    assert (rows[0.4]["n_answered"], rows[0.4]["coverage"]) == (3, 0.75)
    assert rows[0.4]["accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert (rows[0.85]["n_answered"], rows[0.85]["accuracy"]) == (1, 1.0)
