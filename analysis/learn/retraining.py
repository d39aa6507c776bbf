"""Retraining: a challenger is trained on what a store has, judged beside the champion, and promoted if it is no worse.

Each step is one function, may be called again, and keeps what it found in the run's outcome: a run that was cut short
goes on where it stopped, and one that is over says what it said before.
"""

from dataclasses import dataclass
from typing import Final

from analysis.classify.models import ModelError, Pointer
from analysis.learn.corpus import survey
from analysis.learn.labelled import read_labelled
from analysis.learn.outcomes import Outcome, find_outcome, keep_outcome, outcomes
from analysis.learn.promotion import RefusedError, judge, promote
from analysis.learn.trainers import TooLittleError
from analysis.learn.training import train
from analysis.learn.versions import Versions, previous
from scrapers.store import Store

GROWTH: Final = 0.10
"""By so much a store has grown when it is worth training on again."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How many postings the last training here looked at (0: there was none), and how many there are now."""

    n_before: int
    n_now: int

    def is_enough(self, least: float = GROWTH) -> bool:
        """Tell whether the store has grown by at least that share."""
        return self.n_now > 0 and self.n_now >= self.n_before * (1 + least)


def measure_growth(store: Store, versions: Versions) -> Growth:
    """Return how a store has grown since it was trained on last; a bundled champion has learnt from other postings."""
    own = [
        int(row.manifest["trained_on"]["n_postings"])
        for row in versions.listed()
        if row.is_champion and not row.is_bundled and not row.problem
    ]
    tried = [outcome.n_postings for outcome in outcomes(store) if outcome.n_postings]
    return Growth([0, *own, *tried][-1], len(survey(store).ids))


def train_challenger(
    store: Store, versions: Versions, run: str, *, asked: str, seed: int = 0, until: str | None = None
) -> Outcome:
    """Train a challenger on the postings of a store; too little text is an outcome, no failure.

    `until` is a year, month or day, as for `analysis.learn.training.train`; `asked` is kept in the outcome. Raises
    ModelError and StoreError.
    """
    if (known := find_outcome(store, run)) is not None:
        return known
    champion = versions.champion()
    outcome = Outcome(run, asked, champion=champion.version if champion else None, until=until, seed=seed)
    try:
        done = train(store, versions, seed=seed, until=until)
    except TooLittleError as error:
        n = len(survey(store, until=until).ids)
        return keep_outcome(store, outcome, kind="too_little", refusal=str(error), n_postings=n)
    n = done.manifest["trained_on"]["n_postings"]
    return keep_outcome(store, outcome, challenger=done.version, n_postings=n)


def validate(store: Store, versions: Versions, run: str, *, is_reviewed: bool = False) -> Outcome:
    """Judge the challenger of a run: on labelled postings, forward in time, and by what it makes of the canary.

    `is_reviewed` accepts changed canary answers, never a worse guarded figure. Where training gave the champion again,
    there is something to judge only if these were reviewed. Raises ModelError.
    """
    outcome = _under_way(store, run)
    if outcome.kind or outcome.compared or outcome.challenger is None:
        return outcome
    champion = versions.champion()
    # Asked now: somebody may have promoted it by hand since it was trained.
    is_same = champion is not None and champion.version == outcome.challenger
    if is_same and not is_reviewed:
        return keep_outcome(store, outcome, kind="same", champion=outcome.challenger)
    verdict = judge(versions, outcome.challenger, read_labelled())
    if is_same and not verdict.changed:
        return keep_outcome(store, outcome, kind="same", champion=outcome.challenger)
    told, refusal = verdict.to_json(), _reason(verdict.refusal(is_reviewed), outcome.challenger)
    if refusal is None and not is_reviewed and _was_left(versions, outcome.challenger):
        refusal = "it was rolled back from before; look why, then --reviewed"
    return keep_outcome(
        store,
        outcome,
        champion=verdict.champion,
        refusal=refusal,
        compared=tuple(told["compared"]),
        canary_changes=tuple(told["canary_changes"]),
    )


def settle(store: Store, versions: Versions, run: str, *, is_reviewed: bool = False, by: str = "") -> Outcome:
    """Make the challenger of a run the champion unless something speaks against it; says which in the outcome.

    It is judged once more under the lock: the champion may have changed since. Raises ModelError, and StoreError while
    another run is writing.
    """
    outcome = _under_way(store, run)
    if outcome.kind or outcome.challenger is None:
        return outcome
    if outcome.refusal:
        return keep_outcome(store, outcome, kind="refused")
    champion = versions.champion()
    # Else a run that was cut short behind the promotion would promote the champion over itself once more.
    if champion is None or champion.version != outcome.challenger or (is_reviewed and _is_unread(versions, champion)):
        try:
            promote(versions, outcome.challenger, read_labelled(), is_reviewed=is_reviewed, by=by)
        except RefusedError as error:
            return keep_outcome(store, outcome, kind="refused", refusal=_reason(str(error), outcome.challenger))
    return keep_outcome(store, outcome, kind="reviewed" if outcome.challenger == outcome.champion else "promoted")


def roll_back(store: Store, versions: Versions, run: str, *, asked: str, to: str | None = None) -> Outcome:
    """Go back to the champion before, or to a named version; the same run again goes back no further.

    Raises ModelError where there is nothing to go back to, and StoreError while another run is writing.
    """
    outcome = find_outcome(store, run)
    with versions.lock():
        champion = versions.champion()
        if outcome is None:
            if champion is None:
                raise ModelError("there is no champion to go back from")
            target = to or previous(champion)
            versions.load(target)
            # Written before the step: after a kill the run knows whether it has been taken.
            outcome = keep_outcome(store, Outcome(run, asked, challenger=target, champion=champion.version))
        if outcome.kind:
            return outcome
        if champion is None or champion.version != outcome.challenger:
            versions.rollback(outcome.challenger)
    return keep_outcome(store, outcome, kind="rolled_back")


def has_own_facts(store: Store, versions: Versions) -> bool:
    """Tell whether the facts of a store were made by its champion; a store without either has nothing to mend."""
    champion = versions.champion()
    facts = next((c for c in reversed(store.commits()) if c.kind == "facts"), None)
    # A tagger's version ends in that of its models.
    return not champion or not facts or facts.tagger_version.rpartition("+")[2] == champion.version


def _under_way(store: Store, run: str) -> Outcome:
    outcome = find_outcome(store, run)
    if outcome is None:
        raise ModelError(f"{run} has trained no challenger: train one first")
    return outcome


def _is_unread(versions: Versions, champion: Pointer) -> bool:
    """Tell whether the champion answers the canary otherwise than it did when it was promoted last."""
    return bool(judge(versions, champion.version, read_labelled()).changed)


def _was_left(versions: Versions, version: str) -> bool:
    """Tell whether a person went back from a version: the same postings give it again."""
    champion = versions.champion()
    steps = champion.history if champion else ()
    return any(step["kind"] == "rollback" and step.get("from") == version for step in steps)


def _reason(refusal: str | None, version: str) -> str | None:
    """A refusal without the version, which stands beside it."""
    return refusal.removeprefix(f"{version} is not promoted: ") if refusal else None
