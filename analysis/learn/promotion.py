"""Promotion: whether a version may become the champion, and the step itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.classify.models import ModelError
from analysis.learn.canary import answers, changes, read_canary
from analysis.learn.comparison import Compared, compare_labelled, compare_trained, not_measured
from analysis.learn.labelled import rules_alone, tagger_of
from analysis.learn.versions import METRICS, Versions


@dataclass(frozen=True, slots=True)
class Verdict:
    """A challenger beside the champion, or beside the rules alone where there is none yet (None).

    `missing` are guarded figures that only the champion has; `answers` are the challenger's to the canary, as
    `analysis.learn.canary` gives them.
    """

    version: str
    champion: str | None
    compared: tuple[Compared, ...]
    changed: tuple[str, ...]
    missing: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def against(self) -> str:
        """What the challenger is compared with, in words."""
        return self.champion or "the rules alone"

    @property
    def worse(self) -> list[str]:
        """Names of the guarded figures that are worse beyond noise."""
        return [c.name for c in self.compared if c.is_worse]

    def refusal(self, is_reviewed: bool) -> str | None:
        """Return why the version may not become the champion, on one line, or None."""
        if self.worse:
            return f"{self.version} is not promoted: worse than {self.against} in {', '.join(self.worse)}"
        if self.missing:
            return f"{self.version} is not promoted: {', '.join(self.missing)} could not be measured, train on more"
        if self.changed and not is_reviewed:
            n = len({line.split(" ")[0] for line in self.changed})
            return f"{self.version} is not promoted: {n} canary postings come out otherwise; read them, then --reviewed"
        return None

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "version": self.version,
            "champion": self.champion,
            "compared": [c.to_json() for c in self.compared],
            "not_measured": list(self.missing),
            "canary_changes": list(self.changed),
        }

    def lines(self) -> list[str]:
        """Return the comparison as lines for a terminal."""
        head = (
            f"{'guarded figure':<22}{'challenger':>11}{'champion':>10}{'difference':>12}  {'95% interval':<18}{'n':>7}"
        )
        rows = [
            f"{c.name:<22}{c.challenger:>11.3f}{c.champion:>10.3f}{c.difference:>+12.3f}  "
            f"{f'[{c.low:+.3f}, {c.high:+.3f}]':<18}{c.n_postings:>7,}{'  worse' if c.is_worse else ''}"
            for c in self.compared
        ]
        rows += [f"{name:<22}{'not measured':>11}" for name in self.missing]
        unchanged = ["canary postings: unchanged"] if self.champion else []
        canary = [f"canary {line}" for line in self.changed] or unchanged
        return [f"{self.version} against {self.against}", head, *rows, *canary]


class RefusedError(ModelError):
    """A version may not become the champion; `verdict` says why in full."""

    def __init__(self, reason: str, verdict: Verdict) -> None:
        super().__init__(reason)
        self.verdict = verdict


def judge(versions: Versions, version: str, gold: Sequence[Mapping[str, Any]]) -> Verdict:
    """Return how a version does beside the champion on labelled postings, on its own figures and on the canary.

    Both taggers run the rules of today. The canary answers are compared with those that the champion was promoted
    with, so that rules that changed since show too. Raises ModelError for a version that cannot be loaded.
    """
    challenger = tagger_of(versions.load(version))
    postings = read_canary()
    told = answers(challenger, postings)
    pointer = versions.champion()
    if pointer is None:
        return Verdict(
            version, None, tuple(compare_labelled(gold, challenger.tag, rules_alone().tag)), (), answers=told
        )
    champion = tagger_of(versions.load(pointer.version))
    metrics = versions.read(version, METRICS), versions.read(pointer.version, METRICS)
    compared = [*compare_labelled(gold, challenger.tag, champion.tag), *compare_trained(*metrics)]
    expected = versions.canary(pointer.version) or answers(champion, postings)
    changed, missing = changes(expected, told), not_measured(*metrics)
    return Verdict(version, pointer.version, tuple(compared), tuple(changed), tuple(missing), told)


def promote(
    versions: Versions, version: str, gold: Sequence[Mapping[str, Any]], *, is_reviewed: bool, by: str
) -> Verdict:
    """Make a version the champion if nothing speaks against it; returns what it was compared with.

    `is_reviewed` accepts changed canary answers, never a worse guarded figure; `by` says who did. Promoting the
    champion again records its canary answers anew. Raises RefusedError, and StoreError while another run is writing.
    """
    with versions.lock():
        verdict = judge(versions, version, gold)
        if reason := verdict.refusal(is_reviewed):
            raise RefusedError(reason, verdict)
        why: dict[str, Any] = {"n_guarded": len(verdict.compared)}
        if verdict.changed:
            why |= {"reviewed_by": by, "canary_changes": list(verdict.changed)}
        versions.promote(version, verdict.answers, **why)
    return verdict
