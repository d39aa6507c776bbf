"""Reviewed: canary answers that moved and were read close the gate no longer, whichever way they came to move."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.classify.models import Models, load_models
from analysis.classify.tagger import Tagger
from analysis.classify.vocabulary import Vocabulary, load_vocabulary
from analysis.learn import promotion
from analysis.learn.canary import answers, read_canary
from analysis.learn.promotion import RefusedError, promote
from analysis.learn.versions import Versions
from analysis.quality import assess
from analysis.tag import tag_store
from tests.analysis.quality.conftest import Garden, day_of, some

Use = Callable[[Vocabulary], Tagger]
A, B = "2026-01-0000000000", "2026-02-1111111111"
DRIFT = """extends: bundled
skills:
  terraform: {label: Terraform, kind: infrastructure, aliases: [terraform of the careless]}
"""
GOLD: list[dict[str, Any]] = [
    {
        **{"id": str(i), "title": "", "text": "pipelines", "roles": [["data_engineer"]], "stratum": "en"},
        **{"sections": (), "skills": {}, "ambiguous": []},
    }
    for i in range(20)
]


@pytest.fixture
def use(garden: Garden, monkeypatch: pytest.MonkeyPatch) -> Use:
    """Let rules read from now on, with the champion of the garden."""
    root, made = garden.store.files.address, dict[tuple[int, str], Tagger]()

    def use_now(rules: Vocabulary) -> Tagger:
        def tagger_of(models: Models) -> Tagger:
            key = id(rules), models.version
            return made.get(key) or made.setdefault(key, Tagger(rules, models))

        monkeypatch.setattr(promotion, "tagger_of", tagger_of)
        tagger = tagger_of(load_models(root))
        monkeypatch.setattr(Tagger, "load", lambda *_: tagger)
        return tagger

    return use_now


@pytest.fixture
def versions(garden: Garden, write_version: Callable[..., str], use: Use, ruled: Tagger) -> Versions:
    """A garden whose champion was promoted with the rules of today."""
    found = Versions(garden.store.files.address)
    write_version(Path(garden.store.files.root), A)
    (Path(garden.store.files.root) / "models/champion.json").write_text(json.dumps({"version": A, "history": []}))
    found.promote(A, answers(use(ruled.vocabulary), read_canary()))
    return found


def passing(garden: Garden, week: int, name: str | None = None) -> list[str]:
    """Judge a week, which is collected first unless it was, and return what failed."""
    run, day = f"weekly-{day_of(week)}", day_of(week)
    if not garden.store.has_run(run):
        garden.collect(run, day, {source: some(source, week) for source in ("lever", "ashby")})
    found = assess(garden.store, run, today=date.fromisoformat(day), only_from="store", name=name)
    return [check.key for check in found.failed()]


def test_a_champion_promoted_anew_with_the_answers_that_were_read_opens_the_gate(
    garden: Garden, versions: Versions, use: Use, tmp_path: Path
) -> None:
    (tmp_path / "drift.yaml").write_text(DRIFT)
    use(load_vocabulary(tmp_path / "drift.yaml"))
    assert passing(garden, 6) == ["canary"]
    assert passing(garden, 7) == ["canary"], "waiting opens nothing"
    with pytest.raises(RefusedError, match="canary postings come out otherwise"):
        promote(versions, A, GOLD, is_reviewed=False, by="kim")
    promote(versions, A, GOLD, is_reviewed=True, by="kim")
    assert passing(garden, 7) == []
    pointer = versions.champion()
    assert pointer
    assert (pointer.version, pointer.history[-1]["reviewed_by"]) == (A, "kim")
    assert any("terraform" in line for line in pointer.history[-1]["canary_changes"])


def test_a_new_champion_whose_answers_were_read_passes_and_so_does_going_back(
    garden: Garden, versions: Versions, write_version: Callable[..., str], use: Use, ruled: Tagger
) -> None:
    assert passing(garden, 6) == []
    more = {"pipelines": "data_engineer", "quota": "other", "dashboard": "bi_analyst"}
    write_version(Path(garden.store.files.root), B, more)
    with pytest.raises(RefusedError):
        promote(versions, B, GOLD, is_reviewed=False, by="kim")
    promote(versions, B, GOLD, is_reviewed=True, by="kim")
    use(ruled.vocabulary)
    tag_store(garden.store, with_snapshot=False)
    assert passing(garden, 6, "retrain-2026-08-20") == []
    with versions.lock():
        versions.rollback()
    use(ruled.vocabulary)
    tag_store(garden.store, with_snapshot=False)
    assert passing(garden, 7) == []
