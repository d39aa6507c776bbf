"""Trainers: the two models trained on one corpus, as files to be kept and what is said of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from analysis.classify.models import LINES, ROLES, ModelError
from analysis.classify.titles import TitleRules
from analysis.learn import forward, lines, roles, silver, silver_lines
from analysis.learn.archive import to_bytes
from analysis.learn.corpus import Corpus
from analysis.measure.intervals import wilson

FORWARD: Final = "forward"
NATIVE: Final = "native"
HELD_OUT: Final = "held out"
ANSWERED: Final = ("required", "preferred")
"""Levels that the line model answers; its silence counts as "mentioned"."""
MIN_SAMPLES: Final = 2
"""Of each role in each of the periods that the forward check compares."""


class TooLittleError(ModelError):
    """There is too little text to learn from; the message says of what."""


Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One trained model: its file, examples by class, figures as plain data, and what else its trainer tells."""

    name: str
    content: bytes
    classes: Mapping[str, int]
    figures: list[dict[str, Any]]
    facts: Mapping[str, Any]


def train_parts(corpus: Corpus, seed: int, on_progress: Progress) -> tuple[Part, Part]:
    """Return the role model and the line model of a corpus; the corpus is read once for each.

    `on_progress` is called with postings read and in all. Raises TooLittleError.
    """
    n = len(corpus.ids)
    try:
        return (
            _train_roles(corpus, seed, lambda done, _: on_progress(done, 2 * n)),
            _train_lines(corpus, seed, lambda done, _: on_progress(n + done, 2 * n)),
        )
    except ValueError as error:
        raise TooLittleError(f"{error}: import more, or widen --until and --max-rows") from error


def _train_roles(corpus: Corpus, seed: int, on_progress: Progress) -> Part:
    found = silver.read_silver(corpus.batches(silver.COLUMNS, on_progress), TitleRules.load())
    model, facts = roles.train(found.samples, found.names, roles.Settings(), seed)
    checked = forward.check_forward(found.samples, found.names, seed) if has_both_times(found.samples) else {}
    content = to_bytes(model.to_content())
    return Part(ROLES, content, facts["n_samples"], role_figures(checked), {**facts, "forward": checked})


def _train_lines(corpus: Corpus, seed: int, on_progress: Progress) -> Part:
    trained = lines.train_lines(corpus.batches(silver_lines.COLUMNS, on_progress), seed)
    return Part(LINES, to_bytes(trained.content), trained.facts["n_lines"], line_figures(trained.facts), trained.facts)


def has_both_times(samples: Sequence[silver.Sample]) -> bool:
    """Tell whether every role occurs in each period that the forward check learns from or tests on."""
    edges = ("0", forward.INNER, silver.RECENT, "9999")
    return all(
        sum(s.role == role and start <= s.year < end for s in samples) >= MIN_SAMPLES
        for role in roles.TRAINED
        for start, end in pairwise(edges)
    )


def role_figures(checked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the forward check found as figures: over all roles, data roles, by role, language and family."""
    if not checked:
        return []
    named = [
        ("forward role f1", FORWARD, checked["all"]),
        ("forward f1 among data jobs", FORWARD, checked["four"]),
        *((f"forward {role} f1", FORWARD, f) for role, f in checked["by_role"].items()),
        *(("forward role f1", f"{FORWARD} {name}", f) for name, f in checked["by_lang"].items()),
        *(("forward role f1", f"{FORWARD} {name}", f) for name, f in checked["by_family"].items()),
    ]
    return [_figure(name, group, f["f1"], f["low"], f["high"], f["n"]) for name, group, f in named]


def line_figures(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return figures of held-out lines, with Wilson's intervals; n are lines.

    `line answers right`: of the levels that the model answered, those that are right; none where it answered nothing.
    `line accuracy`: native lines read right, silence read as "mentioned"; beside it the same without a model, for a
    model that never answers has just that.
    """
    held_out = facts["held_out"]
    answers = [held_out["all"][level] for level in ANSWERED]
    native = [f for group, f in held_out.items() if group.endswith(f" {NATIVE}") and f["n"]]
    n = sum(f["n"] for f in native)
    counts = [
        ("line answers right", HELD_OUT, sum(a["n_right"] for a in answers), sum(a["n_answered"] for a in answers)),
        ("line accuracy", NATIVE, sum(round(f["accuracy"] * f["n"]) for f in native), n),
        ("line accuracy without a model", NATIVE, sum(round(f["accuracy_of_mentioned"] * f["n"]) for f in native), n),
    ]
    return [_figure(name, group, right / n, *wilson(right, n), n) for name, group, right, n in counts if n]


def _figure(name: str, group: str, value: float, low: float, high: float, n: int) -> dict[str, Any]:
    figure = {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
    return {"name": name, "group": group, **figure, "n_postings": n, "n_items": n}
