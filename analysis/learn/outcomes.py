"""Outcomes: what became of each retraining and each rollback, one file per run, and how it is said."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import count
from typing import Any, Final, Literal

from analysis.classify.models import ModelError
from analysis.learn.comparison import LABELLED, TRAINED
from analysis.learn.versions import Listed, Versions, figure_of, to_json
from scrapers.store import Store

FOLDER: Final = "retraining"
GUARDED: Final = (*TRAINED, *LABELLED)
Kind = Literal["", "promoted", "refused", "same", "reviewed", "too_little", "rolled_back"]
"""Empty while a run is under way."""

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "": ("{challenger} is being compared with {champion}", "{challenger}: {champion}와(과) 비교하는 중"),
    "promoted": (
        "{challenger} is the new champion, after {champion}: no guarded figure is worse",
        "새 챔피언 {challenger} (이전: {champion}). 나빠진 지표가 없습니다",
    ),
    "refused": (
        "{champion} stays the champion; {challenger} was refused: {refusal}",
        "챔피언은 그대로 {champion}. {challenger}은(는) 승격되지 않았습니다: {refusal}",
    ),
    "same": (
        "{champion} stays the champion: it was trained on just these postings",
        "챔피언은 그대로 {champion}. 학습에 쓴 공고에서 달라진 것이 없습니다",
    ),
    "reviewed": (
        "{champion} stays the champion; its canary answers of today were read and count from now on",
        "챔피언은 그대로 {champion}. 오늘의 기준 공고 결과를 검토했고 이제부터 기준이 됩니다",
    ),
    "too_little": (
        "{champion} stays the champion: there is too little text to train another: {refusal}",
        "챔피언은 그대로 {champion}. 새로 학습하기에는 글이 부족합니다: {refusal}",
    ),
    "rolled_back": (
        "{challenger} is the champion again, after {champion}; the facts that it made are back",
        "{challenger}이(가) 다시 챔피언입니다 (이전: {champion}). 그때의 사실 데이터로 돌아갔습니다",
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: `challenger` is the version it was about, `champion` the one before it (None: the rules alone).

    `asked` tells requests apart: the same one again goes on with its own run. `n_postings` were in the store, as
    far as `until` lets them; `compared` and `canary_changes` are those of `analysis.learn.promotion.Verdict`.
    """

    run: str
    asked: str
    kind: Kind = ""
    challenger: str | None = None
    champion: str | None = None
    refusal: str | None = None
    n_postings: int = 0
    until: str | None = None
    seed: int = 0
    compared: tuple[Mapping[str, Any], ...] = ()
    canary_changes: tuple[str, ...] = ()

    @property
    def has_new_champion(self) -> bool:
        """Tell whether another version tags from now on."""
        return self.kind in ("promoted", "rolled_back")

    @property
    def has_news(self) -> bool:
        """Tell whether the figures are to be made anew: another version tags, or a person took its answers as right."""
        return self.has_new_champion or self.kind == "reviewed"

    @property
    def words(self) -> dict[str, str]:
        """What happened, in one sentence by language."""
        named = {
            "challenger": self.challenger or "-",
            "champion": self.champion or "the rules alone",
            "refusal": self.refusal or "",
        }
        return {lang: text.format(**named) for lang, text in zip(("en", "ko"), _WORDS[self.kind], strict=True)}


def name_run(store: Store, day: str, asked: str) -> str:
    """Return the name under which a request of a day (YYYY-MM-DD) is recorded: its own if it came before."""
    names = (f"retrain-{day}" + (f".{n}" if n > 1 else "") for n in count(1))
    return next(name for name in names if (known := find_outcome(store, name)) is None or known.asked == asked)


def find_outcome(store: Store, run: str) -> Outcome | None:
    """Return what a run has come to, or None for one that has not begun; raises ModelError for a damaged file."""
    name = f"{FOLDER}/{run}.json"
    if not store.files.exists(name):
        return None
    try:
        stored = dict(json.loads(store.files.read(name)))
        known = {f.name: stored[f.name] for f in fields(Outcome)}
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{store.files.path(name)} is damaged: restore it from a copy, or remove it") from error
    return Outcome(**known | {"compared": tuple(known["compared"]), "canary_changes": tuple(known["canary_changes"])})


def keep_outcome(store: Store, outcome: Outcome, **changed: Any) -> Outcome:
    """Write what a run has come to, with the fields that changed, and return it."""
    outcome = replace(outcome, **changed)
    content = to_json({**asdict(outcome), "words": outcome.words})
    store.files.write(f"{FOLDER}/{outcome.run}.json", content)
    return outcome


def outcomes(store: Store) -> list[Outcome]:
    """Return all that retrainings and rollbacks came to, oldest first; raises ModelError for a damaged file."""
    runs = (name.removeprefix(f"{FOLDER}/").removesuffix(".json") for name in store.files.names(FOLDER, ".json"))
    found = (find_outcome(store, run) for run in sorted(runs, key=_order))
    return [outcome for outcome in found if outcome is not None]


def version_history(versions: Versions, past: Sequence[Outcome] = ()) -> list[dict[str, Any]]:
    """Return the versions, the champion first, as plain data for pages and tables; `past` is what `outcomes` returns.

    Of each: version, is_champion, is_bundled, problem, n_postings, window ([first, last] day or None), steps (its
    promotions and rollbacks, oldest first), fates ({kind, on}: how runs ended that were about it, with their day, first
    the steps that no run took, on ""), and figures: {name: {value, low, high, n_postings}} of the guarded ones.
    """
    pointer = versions.champion()
    steps = pointer.history if pointer else ()
    return [
        {
            **{"version": row.version, "is_champion": row.is_champion, "is_bundled": row.is_bundled},
            **{"problem": row.problem, **_learnt_from(row)},
            "steps": (mine := [dict(step) for step in steps if step["version"] == row.version]),
            "fates": _fates(mine, [each for each in past if each.challenger == row.version]),
            "figures": {name: _shown(f) for name in GUARDED if (f := figure_of(row.metrics, name)) is not None},
        }
        for row in versions.listed()
    ]


def _fates(steps: Sequence[Mapping[str, Any]], past: Sequence[Outcome]) -> list[dict[str, str]]:
    told = [{"kind": each.kind, "on": each.run.removeprefix("retrain-").partition(".")[0]} for each in past]
    by_hand: list[dict[str, str]] = []
    for step, *kinds in (("promote", "promoted", "reviewed"), ("rollback", "rolled_back")):
        n = sum(each["kind"] == step for each in steps) - sum(each["kind"] in kinds for each in told)
        by_hand += [{"kind": kinds[0], "on": ""}] * n
    return by_hand + [each for each in told if each["kind"] in ("promoted", "reviewed", "refused", "rolled_back")]


def _learnt_from(row: Listed) -> dict[str, Any]:
    trained = row.manifest.get("trained_on", {})
    return {"n_postings": trained.get("n_postings", 0), "window": trained.get("window")}


def _shown(figure: Mapping[str, Any]) -> dict[str, Any]:
    return {name: figure[name] for name in ("value", "low", "high", "n_postings")}


def _order(run: str) -> tuple[str, int]:
    """The tenth run of a day comes after its second."""
    day, _, number = run.partition(".")
    return day, int(number) if number.isdecimal() else 1
