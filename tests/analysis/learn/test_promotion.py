"""Promotion: only what is no worse and answers the canary as before, or was reviewed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from analysis.classify.models import ModelError, Models
from analysis.classify.tagger import Tag
from analysis.fact import Skill
from analysis.learn import promotion
from analysis.learn.promotion import RefusedError, judge, promote
from analysis.learn.versions import Versions
from scrapers.posting import Section
from scrapers.store import Store, StoreError

Writer = Callable[..., str]
A, B = "2024-01-aaaaaaaaaa", "2025-01-bbbbbbbbbb"
GOOD = {"pipelines": "data_engineer", "quota": "other"}
POOR = {"quota": "data_engineer", "pipelines": "other"}
KNOWS_MORE = {**GOOD, "dashboard": "bi_analyst"}


class WordTagger:
    """Tags with a version's role model alone: fast, and different for different models."""

    def __init__(self, models: Models) -> None:
        self._roles = models.roles
        self.version = models.version

    def tag(self, title: str | None, text: str, sections: Sequence[Section]) -> Tag:
        scores = self._roles.score([text])[0]
        role = self._roles.roles[int(scores.argmax())]
        return Tag((role,), "model", float(scores.max()), (Skill("airflow", "required", "heading"),), (), False)


class NoModel:
    """Stands for the rules alone, which call everything other."""

    def tag(self, title: str | None, text: str, sections: Sequence[Section]) -> Tag:
        return Tag(("other",), "default", 0.5, (Skill("airflow", "required", "heading"),), (), False)


@pytest.fixture(autouse=True)
def word_tagger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotion, "tagger_of", WordTagger)
    monkeypatch.setattr(promotion, "rules_alone", NoModel)


@pytest.fixture
def gold() -> list[dict[str, Any]]:
    shape: dict[str, Any] = {"title": "", "sections": (), "skills": {"airflow": "required"}, "ambiguous": []}
    texts = [("data_engineer", "pipelines"), ("other", "quota")] * 20
    return [{"id": str(i), "text": t, "roles": [[r]], "stratum": "en", **shape} for i, (r, t) in enumerate(texts)]


@pytest.fixture
def versions(tmp_path: Path, write_version: Writer) -> Versions:
    write_version(tmp_path, A, GOOD)
    return Versions(str(tmp_path))


def test_the_first_version_must_not_be_worse_than_the_rules_alone(
    versions: Versions, gold: list[dict[str, Any]], tmp_path: Path, write_version: Writer
) -> None:
    write_version(tmp_path, B, POOR)
    with pytest.raises(RefusedError, match="worse than the rules alone"):
        promote(versions, B, gold, is_reviewed=True, by="kim")
    assert versions.champion() is None


def test_a_version_that_does_not_measure_what_the_champion_does_is_refused(
    versions: Versions, gold: list[dict[str, Any]], tmp_path: Path, write_version: Writer
) -> None:
    promote(versions, A, gold, is_reviewed=False, by="kim")
    write_version(tmp_path, B, GOOD, ())
    with pytest.raises(RefusedError, match="forward role f1 could not be measured"):
        promote(versions, B, gold, is_reviewed=True, by="kim")


def test_the_first_version_becomes_the_champion(versions: Versions, gold: list[dict[str, Any]]) -> None:
    verdict = promote(versions, A, gold, is_reviewed=False, by="kim")
    assert verdict.champion is None
    champion = versions.champion()
    assert champion is not None
    assert champion.version == A
    assert len((versions.canary(A) or {})["tags"]) == 30


def test_an_equal_version_is_promoted(
    versions: Versions, gold: list[dict[str, Any]], tmp_path: Path, write_version: Writer
) -> None:
    promote(versions, A, gold, is_reviewed=False, by="kim")
    verdict = promote(versions, write_version(tmp_path, B, GOOD), gold, is_reviewed=False, by="kim")
    assert (verdict.worse, verdict.changed) == ([], ())
    assert {c.name for c in verdict.compared} >= {"airflow f1", "skill recall", "role f1", "forward role f1"}
    champion = versions.champion()
    assert champion is not None
    assert champion.history[-1] == {"version": B, "from": A, "kind": "promote", "n_guarded": len(verdict.compared)}


def test_a_worse_version_is_refused_even_when_reviewed(
    versions: Versions, gold: list[dict[str, Any]], tmp_path: Path, write_version: Writer
) -> None:
    promote(versions, A, gold, is_reviewed=False, by="kim")
    write_version(tmp_path, B, POOR)
    for is_reviewed in (False, True):
        with pytest.raises(RefusedError, match=r"worse than .* in main role accuracy, role f1") as caught:
            promote(versions, B, gold, is_reviewed=is_reviewed, by="kim")
    assert any(line.endswith("worse") for line in caught.value.verdict.lines())
    champion = versions.champion()
    assert champion is not None
    assert (champion.version, len(champion.history)) == (A, 1)


def test_a_worse_figure_of_training_is_refused(
    versions: Versions, gold: list[dict[str, Any]], tmp_path: Path, write_version: Writer
) -> None:
    promote(versions, A, gold, is_reviewed=False, by="kim")
    write_version(tmp_path, B, GOOD, (("forward role f1", 0.5, 0.45, 0.55, 900),))
    with pytest.raises(RefusedError, match="forward role f1"):
        promote(versions, B, gold, is_reviewed=True, by="kim")


def test_changed_canary_answers_need_a_review_which_is_remembered(
    versions: Versions, gold: list[dict[str, Any]], tmp_path: Path, write_version: Writer
) -> None:
    promote(versions, A, gold, is_reviewed=False, by="kim")
    write_version(tmp_path, B, KNOWS_MORE)
    with pytest.raises(RefusedError, match="canary postings come out otherwise"):
        promote(versions, B, gold, is_reviewed=False, by="kim")
    verdict = promote(versions, B, gold, is_reviewed=True, by="kim")
    assert verdict.changed
    champion = versions.champion()
    assert champion is not None
    assert champion.history[-1]["reviewed_by"] == "kim"
    assert champion.history[-1]["canary_changes"] == list(verdict.changed)
    assert judge(versions, B, gold).changed == ()


def test_rules_that_changed_since_the_promotion_show_too(
    versions: Versions, gold: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(versions, A, gold, is_reviewed=False, by="kim")

    class Newer(WordTagger):
        def tag(self, title: str | None, text: str, sections: Sequence[Section]) -> Tag:
            tag = super().tag(title, text, sections)
            return Tag(tag.roles, tag.role_method, tag.role_confidence, (), (), True)

    monkeypatch.setattr(promotion, "tagger_of", Newer)
    assert len({line.split(" ")[0] for line in judge(versions, A, gold).changed}) == 30
    promote(versions, A, gold, is_reviewed=True, by="kim")
    assert judge(versions, A, gold).changed == ()


def test_nothing_is_promoted_that_cannot_be_loaded_or_while_another_run_writes(
    versions: Versions, gold: list[dict[str, Any]], tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="there is no model"):
        promote(versions, "gone", gold, is_reviewed=True, by="kim")
    with Store(tmp_path).lock(), pytest.raises(StoreError, match="another run"):
        promote(versions, A, gold, is_reviewed=True, by="kim")
    assert versions.champion() is None
