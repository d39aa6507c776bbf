"""Evaluate: how well a tagger reads labelled postings, each figure with its n and a bootstrap interval."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from analysis.bootstrap import Counts, Figure, Measure, brier, calibration_error, draw, f1, figure, precision, recall
from analysis.fact import HOWS, LEVELS
from analysis.gold import read_gold
from analysis.scoring import APART, CLOSED_SKILLS, COMMON_ROLES, Scores, TagLike
from scrapers.posting import Section

__all__ = ["CLOSED_SKILLS", "Evaluation", "Figure", "evaluate", "read_gold"]

HEADLINE: Final = (
    Measure("airflow precision", "airflow", precision),
    Measure("airflow recall", "airflow", recall),
    Measure("airflow f1", "airflow", f1),
    Measure("airflow level f1", "airflow level", f1),
    Measure("skill precision", "skills", precision),
    Measure("skill recall", "skills", recall),
    Measure("skill level f1", "skill level", f1),
    Measure("main role accuracy", "main role", recall),
    Measure("role f1", "role", f1),
    Measure(f"{APART} f1", APART, f1),
)

_PARTS: Final = (("precision", precision), ("recall", recall), ("f1", f1))
_CLASSES: Final = (("skill level", LEVELS), ("airflow level", LEVELS), ("role", COMMON_ROLES))
DETAILS: Final = (
    *(
        Measure(f"{key} {name} {part}", key, statistic, i)
        for key, names in _CLASSES
        for i, name in enumerate(names)
        for part, statistic in _PARTS
    ),
    *(Measure(f"role {APART} {part}", APART, statistic) for part, statistic in _PARTS[:2]),
    *(Measure(f"level accuracy by {how}", "how", recall, i) for i, how in enumerate(HOWS)),
    Measure("role brier", "role brier", brier),
    Measure("role ece", "role ece", calibration_error),
)
"""By level, role and how a level was decided; and how far confidence in the main role is from its accuracy."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures by group (all, ko, en, hn), confusion counts {wanted: {got: n}} and every difference.

    `details` are figures by level, role and how in each group, and the figures of each stratum.
    """

    figures: tuple[Figure, ...]
    confusion: Mapping[str, Mapping[str, Mapping[str, int]]]
    differences: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    details: tuple[Figure, ...] = field(default=(), repr=False)

    def value(self, name: str, group: str = "all") -> float | None:
        """Return one figure's value; raises KeyError if there is no such figure."""
        for found in (*self.figures, *self.details):
            if (found.name, found.group) == (name, group):
                return found.value
        raise KeyError(f"no figure {name!r} for group {group!r}")

    def to_json(self) -> dict[str, Any]:
        """Return figures, confusion and details as plain data."""
        return {
            "figures": [asdict(f) for f in self.figures],
            "confusion": {k: dict(v) for k, v in self.confusion.items()},
            "details": [asdict(f) for f in self.details],
        }

    def errors(self) -> list[Mapping[str, Any]]:
        """Return every difference: id, kind, skill, wanted, got, how it was decided, evidence (the heading or cue),
        confidence (of a role), line (from 1; 0 is the title) and an excerpt of the line that decided."""
        return list(self.differences)

    def error_lines(self) -> list[str]:
        """Return every difference as a line: posting, what differs, how it was decided and by what, and the line."""
        lines = []
        for e in self.differences:
            what = f"{e['kind']} {e['skill'] or ''}".strip()
            sure = e["evidence"] or ("" if e["confidence"] is None else f"confidence {e['confidence']:.2f}")
            how = f"{e['how']}: {sure}" if sure else str(e["how"])
            place = "" if e["line"] is None else f"line {e['line']}: "
            lines.append(f"{e['id']}  {what}: wanted {e['wanted']}, got {e['got']} ({how})  {place}{e['excerpt']}")
        return lines

    def to_table(self, with_details: bool = False) -> str:
        """Return the figures as text, the confusion counts (wanted down, got across), the details of group all."""
        lines = _figure_lines(self.figures)
        for name, table in ((name, table) for name, table in self.confusion.items() if table):
            columns = sorted({got for row in table.values() for got in row})
            width = max(20, len(name) + 10)
            lines += ["", f"{name + ': wanted':<{width}}" + "".join(f"{got:>19}" for got in columns)]
            lines += [
                f"{wanted:<{width}}" + "".join(f"{row.get(got, 0):>19}" for got in columns)
                for wanted, row in sorted(table.items())
            ]
        if with_details:
            known = [f for f in self.details if f.value is not None]
            shown = [f for f in known if f.group == "all"]
            lines += ["", *_figure_lines(shown)]
            if len(known) > len(shown):
                lines.append(f"{len(known) - len(shown)} more by language and stratum: evaluate --json")
        return "\n".join(lines)


def evaluate(
    gold: Iterable[Mapping[str, Any]],
    tag: Callable[[str | None, str, Sequence[Section]], TagLike],
    is_partial: bool = False,
    seed: int = 0,
) -> Evaluation:
    """Return how well `tag` reads labelled postings (as `read_gold` gives them).

    Found: precision, recall and F1 over (posting, skill). Level: F1 by level over the skills found on both sides whose
    level is not ambiguous, averaged over the levels that occur. Role: the first role is right if an accepted list
    begins with it; role F1 compares with the closest accepted list, averaged over the roles that occur. Intervals:
    percentile bootstrap over postings, `N_DRAWS` draws. With `is_partial` only listed skills are scored. Where tags
    give role_confidence, the details say how far it is from the accuracy of the main role (Brier score, and expected
    calibration error over ten bins).
    """
    rows: list[dict[str, Counts]] = []
    strata: list[str] = []
    differences: list[dict[str, Any]] = []
    confusion: dict[str, dict[str, Counter[str]]] = {"level": {}, "role": {}, "airflow level": {}}
    for posting in gold:
        scores = Scores(posting, tag(posting["title"], posting["text"], posting.get("sections") or ()), is_partial)
        rows.append(scores.counts)
        strata.append(str(posting.get("stratum") or ""))
        differences += scores.differences
        for table, wanted, got in scores.pairs:
            confusion[table].setdefault(wanted, Counter())[got] += 1
    if not rows:
        raise ValueError("nothing to evaluate: no labelled postings")
    tensors = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    figures, details = _all_figures(tensors, strata, seed)
    return Evaluation(figures, confusion, tuple(differences), details)


def _all_figures(
    tensors: Mapping[str, Counts], strata: Sequence[str], seed: int
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    figures: list[Figure] = []
    details: list[Figure] = []
    names = np.array(strata)
    languages = np.array([_language(stratum) for stratum in strata])
    for group in ("all", *sorted(set(languages) - {""})):
        is_in = np.ones(len(names), bool) if group == "all" else languages == group
        figures += _figures(HEADLINE, tensors, is_in, group, seed)
        details += _figures(DETAILS, tensors, is_in, group, seed)
    for stratum in sorted(set(strata) - set(languages) - {""}):
        details += _figures(HEADLINE, tensors, names == stratum, stratum, seed)
    return tuple(figures), tuple(details)


def _figures(
    measures: Sequence[Measure],
    tensors: Mapping[str, Counts],
    is_in: "np.typing.NDArray[np.bool_]",
    group: str,
    seed: int,
) -> list[Figure]:
    chosen = {name: counts[is_in] for name, counts in tensors.items()}
    draws = draw(int(is_in.sum()), seed)
    return [figure(measure, group, chosen, draws) for measure in measures]


def _language(stratum: str) -> str:
    prefix = stratum.partition("_")[0]
    return prefix if prefix in ("ko", "en", "hn") else ""


def _figure_lines(figures: Iterable[Figure]) -> list[str]:
    shown = list(figures)
    name_width, group_width = (max([least, *(len(getattr(f, a)) + 2 for f in shown)]) for a, least in _WIDTHS)
    lines = [
        f"{'figure':<{name_width}}{'group':<{group_width}}{'value':>7}  {'95% interval':<15}{'postings':>9}{'items':>7}"
    ]
    for f in shown:
        value, span = ("-", "-") if f.value is None else (f"{f.value:.3f}", f"[{f.low:.3f}, {f.high:.3f}]")
        lines.append(
            f"{f.name:<{name_width}}{f.group:<{group_width}}{value:>7}  {span:<15}{f.n_postings:>9}{f.n_items:>7}"
        )
    return lines


_WIDTHS: Final = (("name", 22), ("group", 6))
