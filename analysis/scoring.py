"""Scoring: what a tagger got right, added and missed in one labelled posting, with the evidence for each difference."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np

from analysis.bootstrap import Counts
from analysis.fact import HOWS, LEVELS, ROLES, Skill

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
APART: Final = "analytics_engineer"
"""Too rare to weigh as much as the other roles in a mean over roles; reported on its own."""
COMMON_ROLES: Final = tuple(role for role in ROLES if role != APART)
N_BINS: Final = 10
"""Bins of equal width over which the expected calibration error compares confidence with accuracy."""

RIGHT, EXTRA, MISSED = range(3)
"""Columns of the counts; a class wanted but not got is missed, one got but not wanted is extra."""
GAP, SIZE = 1, 2
"""Columns of the calibration counts: sum of (confidence - right), or of its square, and how many."""

SHAPES: Final = {
    "airflow": 1,
    "airflow level": len(LEVELS),
    "skills": 1,
    "skill level": len(LEVELS),
    "how": len(HOWS),
    "main role": 1,
    "role": len(COMMON_ROLES),
    APART: 1,
    "role brier": 1,
    "role ece": N_BINS,
}
"""Counts kept of each posting, and how many classes each has."""

_EXCERPT: Final = 160
_TITLE_LINE: Final = 0


class MentionLike(Protocol):
    """A place where a skill is named; offsets are characters of the text. It may also tell its `evidence`."""

    skill: str
    level: str
    how: str
    start: int
    end: int


class TagLike(Protocol):
    """What a tagger says of one posting. It may also tell its `role_method` and `role_confidence`."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles, main first."""

    @property
    def skills(self) -> tuple[Skill, ...]:
        """Each skill at its strongest level."""

    @property
    def mentions(self) -> Sequence[Any]:
        """Places where skills are named (see MentionLike); empty if the tagger does not tell."""


class Scores:
    """Counts of one posting by name of SHAPES, each (classes, 3); pairs of wanted and got; and every difference."""

    def __init__(self, posting: Mapping[str, Any], tag: TagLike, is_partial: bool) -> None:
        self._posting, self._tag = posting, tag
        self.counts: dict[str, Counts] = {name: np.zeros((n, 3)) for name, n in SHAPES.items()}
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
            s.skill: s for s in self._tag.skills if s.skill in CLOSED_SKILLS and (s.skill in named or not is_partial)
        }
        for skill in sorted(named | set(got)):
            outcome = RIGHT if skill in named and skill in got else EXTRA if skill in got else MISSED
            for name in ("skills", "airflow") if skill == "airflow" else ("skills",):
                self.counts[name][0, outcome] += 1
            if outcome != RIGHT:
                level = got[skill].level if skill in got else None
                self._differ("extra" if outcome == EXTRA else "missed", skill, wanted.get(skill), level)
            elif skill not in self._posting["ambiguous"]:
                self._score_level(wanted[skill], got[skill])

    def _score_level(self, wanted: str, got: Skill) -> None:
        is_airflow = got.skill == "airflow"
        for name in ("level", "airflow level") if is_airflow else ("level",):
            self.pairs.append((name, wanted, got.level))
        for name in ("skill level", "airflow level") if is_airflow else ("skill level",):
            _count(self.counts[name], LEVELS, {wanted}, {got.level})
        if got.how in HOWS:
            self.counts["how"][HOWS.index(got.how), RIGHT if wanted == got.level else MISSED] += 1
        if wanted != got.level:
            self._differ("level", got.skill, wanted, got.level)

    def _score_roles(self) -> None:
        accepted, got = self._posting["roles"], self._tag.roles
        closest = max(accepted, key=lambda roles: (-len(set(roles) ^ set(got)), roles[0] in got[:1]))
        is_right = bool(got) and got[0] in [roles[0] for roles in accepted]
        self.counts["main role"][0, RIGHT if is_right else MISSED] = 1
        _count(self.counts["role"], COMMON_ROLES, set(closest), set(got))
        _count(self.counts[APART], (APART,), set(closest), set(got))
        self._calibrate(is_right)
        self.pairs.append(("role", got[0] if is_right else accepted[0][0], got[0] if got else "none"))
        if set(closest) != set(got) or not is_right:
            self._differ("role", None, " ".join(closest), " ".join(got))

    def _calibrate(self, is_right: bool) -> None:
        confidence = getattr(self._tag, "role_confidence", None)
        if confidence is None:
            return
        gap = float(confidence) - is_right
        self.counts["role brier"][0, [GAP, SIZE]] = gap * gap, 1
        self.counts["role ece"][min(int(confidence * N_BINS), N_BINS - 1), [GAP, SIZE]] = gap, 1

    def _differ(self, kind: str, skill: str | None, wanted: str | None, got: str | None) -> None:
        named = [m for m in self._tag.mentions if skill and m.skill == skill]
        decisive = next((m for m in named if m.level == got), named[0] if named else None)
        line, excerpt = self._place(decisive, skill)
        self.differences.append(
            {
                "id": self._posting["id"],
                "kind": kind,
                "skill": skill,
                "wanted": wanted,
                "got": got,
                "how": getattr(self._tag, "role_method", None) if kind == "role" else getattr(decisive, "how", None),
                "evidence": getattr(decisive, "evidence", "") or None,
                "confidence": getattr(self._tag, "role_confidence", None) if kind == "role" else None,
                "line": line,
                "excerpt": " ".join(excerpt.split())[:_EXCERPT],
            }
        )

    def _place(self, mention: MentionLike | None, skill: str | None) -> tuple[int | None, str]:
        """Return number (from 1; 0 is the title) and wording of a mention's line.

        Of a missed skill it is the first line that spells its id, of a role the title; None where the line is not in
        the text, as in a section of the source.
        """
        title, text = self._posting["title"] or "", self._posting["text"]
        lines = text.split("\n")
        if mention is not None:
            number = getattr(mention, "line", text.count("\n", 0, mention.start) + 1)
            if number < _TITLE_LINE:
                return None, ""
            return (number, lines[number - 1]) if 0 < number <= len(lines) else (_TITLE_LINE, title)
        if skill:
            spelt = re.compile(re.escape(skill).replace("_", "[ _-]?"), re.I)
            found = next(((i, line) for i, line in enumerate(lines, 1) if spelt.search(line)), None)
            return found or (None, title)
        return _TITLE_LINE, title


def _count(counts: Counts, classes: Sequence[str], wanted: set[str], got: set[str]) -> None:
    for i, name in enumerate(classes):
        if name in wanted or name in got:
            counts[i, RIGHT if name in wanted and name in got else EXTRA if name in got else MISSED] += 1
