"""Finding: what a rule measured, before it is known how many rules measured and how rare a find must be to count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

import pandas as pd
import yaml

from analysis.draw.labels import labels_for
from analysis.quality.limits import Limits
from analysis.quality.verdict import Check

LANGS: Final = ("en", "ko")
N_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One measurement. `is_far` says whether its size matters, `p` how often noise alone would show as much.

    Without `p` it is no matter of chance. `idle` names why nothing was measured. `case` chooses the words.
    """

    name: str
    subject: str = ""
    value: float | None = None
    is_far: bool = False
    p: float | None = None
    idle: str = ""
    case: str = "failed"
    told: Mapping[str, Any] = field(default_factory=dict)
    examples: Sequence[str] = ()

    @property
    def is_noisy(self) -> bool:
        """True when it could fail by chance, so that it takes its part of the week's budget."""
        return self.p is not None and not self.idle

    def to_check(self, limits: Limits, n_noisy: int) -> Check:
        """Return the check: failed when it matters and is rarer than this check's part of the budget."""
        rule = limits.checks[self.name]
        is_rare = self.p is None or self.p < limits.budget / max(n_noisy, 1)
        outcome = "not_judged" if self.idle else "failed" if self.is_far and is_rare else "ok"
        value = None if self.value is None else round(self.value, 4)
        examples = tuple(self.examples[:N_EXAMPLES]) if outcome == "failed" else ()
        return Check(self.name, rule.severity, self.subject, outcome, value, rule.limit, self._words(outcome), examples)

    def _words(self, outcome: str) -> dict[str, str]:
        key = self.idle if outcome == "not_judged" else self.case if outcome == "failed" else "ok"
        words = _read()
        return {lang: _fill(words, lang, self.name, key, {**self.told, "subject": self.subject}) for lang in LANGS}


def title(name: str, lang: str, subject: str = "") -> str:
    """Return what a check is called in words, and of what it is; the name itself where there are no words for it."""
    called = str(_read()["checks"][name]["title"][lang]) if is_check(name) else name
    return f"{called} ({labels_for(lang).source(subject)})" if subject else called


def is_check(name: str) -> bool:
    """True for a name of a check that has words."""
    return name in _read()["checks"]


def examples(rows: pd.DataFrame, hit: str) -> list[str]:
    """Return where to look: board and address (or id) of the first postings with a flag."""
    found = rows[rows[hit]].head(N_EXAMPLES)
    found = found.assign(url=found["url"].fillna(found["posting_id"]))
    return [f"{r['board']} {r['url'] or r['posting_id']}".strip() for r in found.to_dict("records")]


def count_noisy(findings: Iterable[Finding]) -> int:
    """Return among how many findings the budget is shared."""
    return sum(f.is_noisy for f in findings)


def _fill(words: Any, lang: str, name: str, key: str, told: Mapping[str, Any]) -> str:
    own = words["checks"][name]
    text = own.get(key) or words["idle"].get(key) or words["ok"]
    # Readers tell what was found from what to do by the first full stop and space: these have to be of our own words.
    held = {gap: v.replace(". ", ".\u00a0") if isinstance(v, str) else v for gap, v in told.items()}
    return f"{title(name, lang, told['subject'])}: {text[lang].format(**held)}"


@cache
def _read() -> Any:
    text = resources.files("analysis.quality").joinpath("words.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)
