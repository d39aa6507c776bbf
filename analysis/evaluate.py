"""Evaluate: how well a tagger reads labelled postings, each figure with its n and a bootstrap interval."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from statsmodels.stats.proportion import proportion_confint

from analysis.fact import LEVELS, ROLES, Skill
from analysis.gold import read_gold
from scrapers.posting import Section

__all__ = ["CLOSED_SKILLS", "Evaluation", "Figure", "evaluate", "read_gold"]

# fmt: off
CLOSED_SKILLS: Final = frozenset((
    "airflow", "prefect", "luigi", "dagster", "argo", "kubeflow", "mlflow", "spark", "kafka", "flink", "hadoop",
    "hive", "dbt", "snowflake", "bigquery", "redshift", "databricks", "aws", "gcp", "azure", "docker",
    "kubernetes", "terraform", "jenkins", "git", "linux", "python", "sql", "r", "scala", "java", "go", "excel",
    "tableau", "power_bi", "looker", "pandas", "scikit_learn", "tensorflow", "pytorch", "postgresql", "mysql",
    "mongodb", "elasticsearch",
))
# fmt: on
"""Skills that the labels cover; what a tagger finds beyond them is not scored."""
N_DRAWS: Final = 1000
APART: Final = "analytics_engineer"
"""Too rare to weigh as much as the other roles in a mean over roles; reported on its own."""
_ROLES: Final = tuple(role for role in ROLES if role != APART)
_EXCERPT: Final = 160

Counts = npt.NDArray[np.float64]


class MentionLike(Protocol):
    """A place where a skill is named; offsets are characters of the text."""

    skill: str
    level: str
    how: str
    start: int
    end: int


class TagLike(Protocol):
    """What a tagger says of one posting."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles, main first."""

    @property
    def skills(self) -> tuple[Skill, ...]:
        """Each skill at its strongest level."""

    @property
    def mentions(self) -> Sequence[Any]:
        """Places where skills are named (see MentionLike); empty if the tagger does not tell."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `value` in [0, 1] with its 95% interval over postings, or None where nothing was scored."""

    name: str
    group: str
    value: float | None
    low: float | None
    high: float | None
    n_postings: int
    n_items: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures by group (all, ko, en, hn), confusion counts {wanted: {got: n}} and every difference."""

    figures: tuple[Figure, ...]
    confusion: Mapping[str, Mapping[str, Mapping[str, int]]]
    differences: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def value(self, name: str, group: str = "all") -> float | None:
        """Return one figure's value; raises KeyError if there is no such figure."""
        for figure in self.figures:
            if (figure.name, figure.group) == (name, group):
                return figure.value
        raise KeyError(f"no figure {name!r} for group {group!r}")

    def to_json(self) -> dict[str, Any]:
        """Return figures and confusion as plain data."""
        return {
            "figures": [asdict(f) for f in self.figures],
            "confusion": {k: dict(v) for k, v in self.confusion.items()},
        }

    def errors(self) -> list[Mapping[str, Any]]:
        """Return every difference: id, kind, skill, wanted, got, how and an excerpt of the line that decided."""
        return list(self.differences)

    def to_table(self) -> str:
        """Return the figures as text, then the confusion counts, wanted down and got across."""
        lines = [f"{'figure':<22}{'group':<6}{'value':>7}  {'95% interval':<15}{'postings':>9}{'items':>7}"]
        for f in self.figures:
            value, span = ("-", "-") if f.value is None else (f"{f.value:.3f}", f"[{f.low:.3f}, {f.high:.3f}]")
            lines.append(f"{f.name:<22}{f.group:<6}{value:>7}  {span:<15}{f.n_postings:>9}{f.n_items:>7}")
        for name, table in self.confusion.items():
            columns = sorted({got for row in table.values() for got in row})
            lines += ["", f"{name + ': wanted':<20}" + "".join(f"{got:>19}" for got in columns)]
            lines += [
                f"{wanted:<20}" + "".join(f"{row.get(got, 0):>19}" for got in columns)
                for wanted, row in sorted(table.items())
            ]
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
    percentile bootstrap over postings, `N_DRAWS` draws. With `is_partial` only listed skills are scored.
    """
    rows, groups, differences = [], [], []
    confusion: dict[str, dict[str, Counter[str]]] = {"level": {}, "role": {}}
    for posting in gold:
        row = _Scores(posting, tag(posting["title"], posting["text"], posting.get("sections") or ()), is_partial)
        rows.append(row.counts)
        groups.append(_group(posting))
        differences += row.differences
        for table, wanted, got in row.pairs:
            confusion[table].setdefault(wanted, Counter())[got] += 1
    if not rows:
        raise ValueError("nothing to evaluate: no labelled postings")
    tensors = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    member = np.array(groups)
    figures: list[Figure] = []
    for group in ("all", *sorted(set(groups) - {""})):
        chosen = np.ones(len(rows), bool) if group == "all" else member == group
        figures += _figures({name: t[chosen] for name, t in tensors.items()}, group, seed)
    return Evaluation(tuple(figures), confusion, tuple(differences))


class _Scores:
    """Counts of right, extra and missed items of one posting, with the evidence for what differs."""

    def __init__(self, posting: Mapping[str, Any], tag: TagLike, is_partial: bool) -> None:
        self._posting, self._tag = posting, tag
        self.counts = {
            "airflow": np.zeros((1, 3)),
            "airflow level": np.zeros((len(LEVELS), 3)),
            "skills": np.zeros((1, 3)),
            "skill level": np.zeros((len(LEVELS), 3)),
            "main role": np.zeros((1, 3)),
            "role": np.zeros((len(_ROLES), 3)),
            APART: np.zeros((1, 3)),
        }
        self.pairs: list[tuple[str, str, str]] = []
        self.differences: list[dict[str, Any]] = []
        self._score_skills(is_partial or bool(posting.get("is_partial")))
        if posting["roles"]:
            self._score_roles()

    def _score_skills(self, is_partial: bool) -> None:
        wanted: Mapping[str, str] = {s: level for s, level in self._posting["skills"].items() if s in CLOSED_SKILLS}
        # A skill whose level the readers disagreed on is named all the same, listed with a level or not.
        named = set(wanted) | (set(self._posting["ambiguous"]) & set(CLOSED_SKILLS))
        got = {
            s.skill: s.level
            for s in self._tag.skills
            if s.skill in CLOSED_SKILLS and (s.skill in named or not is_partial)
        }
        for skill in sorted(named | set(got)):
            outcome = 0 if skill in named and skill in got else 1 if skill in got else 2
            for name in ("skills", "airflow") if skill == "airflow" else ("skills",):
                self.counts[name][0, outcome] += 1
            if outcome:
                self._differ("extra" if outcome == 1 else "missed", skill, wanted.get(skill), got.get(skill))
            elif skill not in self._posting["ambiguous"]:
                self._score_level(skill, wanted[skill], got[skill])

    def _score_level(self, skill: str, wanted: str, got: str) -> None:
        self.pairs.append(("level", wanted, got))
        for name in ("skill level", "airflow level") if skill == "airflow" else ("skill level",):
            _count(self.counts[name], LEVELS, {wanted}, {got})
        if wanted != got:
            self._differ("level", skill, wanted, got)

    def _score_roles(self) -> None:
        accepted, got = self._posting["roles"], self._tag.roles
        closest = max(accepted, key=lambda roles: (-len(set(roles) ^ set(got)), roles[0] in got[:1]))
        is_right = bool(got) and got[0] in [roles[0] for roles in accepted]
        self.counts["main role"][0, 0 if is_right else 2] = 1
        _count(self.counts["role"], _ROLES, set(closest), set(got))
        _count(self.counts[APART], (APART,), set(closest), set(got))
        self.pairs.append(("role", got[0] if is_right else accepted[0][0], got[0] if got else "none"))
        if set(closest) != set(got) or not is_right:
            self._differ("role", None, " ".join(closest), " ".join(got))

    def _differ(self, kind: str, skill: str | None, wanted: str | None, got: str | None) -> None:
        named = [m for m in self._tag.mentions if skill and m.skill == skill]
        decisive = next((m for m in named if m.level == got), named[0] if named else None)
        self.differences.append(
            {
                "id": self._posting["id"],
                "kind": kind,
                "skill": skill,
                "wanted": wanted,
                "got": got,
                "how": decisive.how if decisive else None,
                "excerpt": self._excerpt(decisive, skill),
            }
        )

    def _excerpt(self, mention: MentionLike | None, skill: str | None) -> str:
        """Return the line of a mention; of a missed skill the first line that spells its id; of a role the title."""
        title, text = self._posting["title"] or "", self._posting["text"]
        if mention is not None:
            line = (
                text[text.rfind("\n", 0, mention.start) + 1 :].partition("\n")[0]
                if mention.start < len(text)
                else title
            )
        elif skill:
            spelt = re.compile(re.escape(skill).replace("_", "[ _-]?"), re.I)
            line = next((line for line in text.splitlines() if spelt.search(line)), title)
        else:
            line = title
        return " ".join(line.split())[:_EXCERPT]


def _count(counts: Counts, classes: Sequence[str], wanted: set[str], got: set[str]) -> None:
    for i, name in enumerate(classes):
        if name in wanted or name in got:
            counts[i, 0 if name in wanted and name in got else 1 if name in got else 2] += 1


def _group(posting: Mapping[str, Any]) -> str:
    prefix = str(posting.get("stratum") or "").partition("_")[0]
    return prefix if prefix in ("ko", "en", "hn") else ""


def _precision(sums: Counts) -> Counts:
    return sums[..., 0] / (sums[..., 0] + sums[..., 1])


def _recall(sums: Counts) -> Counts:
    return sums[..., 0] / (sums[..., 0] + sums[..., 2])


def _f1(sums: Counts) -> Counts:
    wanted = sums[..., 0] + sums[..., 2]
    return np.where(wanted > 0, 2 * sums[..., 0] / (2 * sums[..., 0] + sums[..., 1] + sums[..., 2]), np.nan)


_STATISTICS: Final[tuple[tuple[str, str, Callable[[Counts], Counts]], ...]] = (
    ("airflow precision", "airflow", _precision),
    ("airflow recall", "airflow", _recall),
    ("airflow f1", "airflow", _f1),
    ("airflow level f1", "airflow level", _f1),
    ("skill precision", "skills", _precision),
    ("skill recall", "skills", _recall),
    ("skill level f1", "skill level", _f1),
    ("main role accuracy", "main role", _recall),
    ("role f1", "role", _f1),
    (f"{APART} f1", APART, _f1),
)


def _figures(tensors: Mapping[str, Counts], group: str, seed: int) -> list[Figure]:
    n = len(next(iter(tensors.values())))
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=N_DRAWS).astype(float)
    return [_figure(name, group, tensors[key], statistic, draws) for name, key, statistic in _STATISTICS]


def _figure(name: str, group: str, counts: Counts, statistic: Callable[[Counts], Counts], draws: Counts) -> Figure:
    n_postings, n_items = int((counts.sum((1, 2)) > 0).sum()), int(counts[..., [0, 2]].sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        value = _mean(statistic(counts.sum(0)))
        drawn = _mean(statistic(np.tensordot(draws, counts, axes=1)))
    if np.isnan(value):
        return Figure(name, group, None, None, None, n_postings, n_items)
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    if low == high and n_items:
        # Without one error the bootstrap has no width; Wilson's bounds say what n still allows.
        bounds = proportion_confint(round(float(value) * n_items), n_items, method="wilson")
        low, high = min(bounds[0], value), max(bounds[1], value)
    return Figure(name, group, float(value), float(low), float(high), n_postings, n_items)


def _mean(by_class: Counts) -> Counts:
    """Return the mean over the classes that occur; nan where none does."""
    occurs = ~np.isnan(by_class)
    mean: Counts = np.where(occurs, by_class, 0).sum(-1) / occurs.sum(-1)
    return mean
