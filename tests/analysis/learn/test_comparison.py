"""Comparison: what counts as worse, by hand and by simulation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from analysis.fact import Skill
from analysis.learn.comparison import FEW, MARGIN, Compared, compare_labelled, compare_trained
from scrapers.posting import Section


@dataclass(frozen=True)
class Said:
    roles: tuple[str, ...]
    skills: tuple[Skill, ...] = ()
    mentions: tuple[Any, ...] = ()


def labelled(n: int) -> list[dict[str, Any]]:
    shape: dict[str, Any] = {"stratum": "en", "sections": (), "ambiguous": [], "is_partial": False}
    return [
        {
            "id": str(i),
            "title": "",
            "text": str(i),
            "roles": [["data_engineer"]],
            "skills": {"airflow": "required"},
            **shape,
        }
        for i in range(n)
    ]


class Reader:
    """Reads every posting right but those of the given numbers."""

    def __init__(self, wrong: set[int]) -> None:
        self._wrong = {str(i) for i in wrong}

    def tag(self, title: str | None, text: str, sections: Sequence[Section]) -> Said:
        is_wrong = text in self._wrong
        level = "mentioned" if is_wrong else "required"
        return Said(("other" if is_wrong else "data_engineer",), (Skill("airflow", level, "heading"),))


def compared(n: int, wrong_new: set[int], wrong_old: set[int]) -> dict[str, Compared]:
    found = compare_labelled(labelled(n), Reader(wrong_new).tag, Reader(wrong_old).tag)
    return {c.name: c for c in found}


def test_the_same_answers_differ_by_nothing() -> None:
    for c in compared(50, {1, 2}, {1, 2}).values():
        assert (c.difference, c.low, c.high, c.is_worse) == (0, 0, 0, False)


def test_differences_are_counted_by_posting() -> None:
    found = compared(400, set(range(40)), set(range(20)))
    main = found["main role accuracy"]
    assert (main.challenger, main.champion, main.n_postings) == (0.9, 0.95, 400)
    assert main.difference == pytest.approx(-0.05)
    # 20 of 400 differ: the standard error is sqrt(.05 * .95 / 400) = .0109.
    assert main.low == pytest.approx(-0.05 - 1.96 * 0.0109, abs=0.006)
    assert main.high == pytest.approx(-0.05 + 1.96 * 0.0109, abs=0.006)
    assert main.is_worse
    assert not found["skill precision"].is_worse
    assert found["skill precision"].challenger == 1


def test_losses_that_gains_make_up_for_are_noise() -> None:
    found = compared(400, set(range(0, 20)), set(range(20, 38)))
    assert not found["main role accuracy"].is_worse


def test_of_few_postings_the_loss_itself_counts() -> None:
    one_of_forty = compared(40, {0}, set())["main role accuracy"]
    assert one_of_forty.high >= 0
    assert one_of_forty.is_worse
    assert not compared(60, {0}, set())["main role accuracy"].is_worse
    many = Compared("x", 0.5 - MARGIN - 0.01, 0.5, -0.05, 0.01, FEW)
    assert not many.is_worse
    assert replace(many, n_postings=FEW - 1).is_worse


def test_a_model_as_good_as_the_champion_is_rarely_called_worse() -> None:
    draws = np.random.default_rng(7)
    called = 0
    for _ in range(20):
        sides = [set(np.flatnonzero(draws.random(300) < 0.1).tolist()) for _ in range(2)]
        called += compared(300, *sides)["main role accuracy"].is_worse
    assert called <= 3


def trained(value: float, low: float, high: float, n: int = 1000) -> dict[str, Any]:
    figure = {"name": "forward role f1", "group": "forward", "value": value, "low": low, "high": high, "n_postings": n}
    return {"figures": [figure, {**figure, "name": "line accuracy", "value": None}]}


def test_figures_of_training_are_compared_with_the_noise_of_both() -> None:
    (c,) = compare_trained(trained(0.71, 0.68, 0.74), trained(0.75, 0.71, 0.79))
    # Half widths .03 and .04 add up to .05.
    assert [c.low, c.high] == pytest.approx([-0.09, 0.01])
    assert not c.is_worse
    (d,) = compare_trained(trained(0.69, 0.66, 0.72), trained(0.75, 0.71, 0.79))
    assert d.is_worse
    assert compare_trained({"figures": []}, trained(0.7, 0.6, 0.8)) == []
