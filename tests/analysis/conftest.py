"""Small versions of models, written to a data root as training would write them; and a tree without bundled ones."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.classify import models
from analysis.classify.line_model import FORMAT
from analysis.classify.role_model import RoleModel, Terms
from analysis.classify.tagger import Tagger
from analysis.learn.archive import to_bytes
from analysis.tag import tag_store
from scrapers.importing import import_files
from scrapers.store import Store

Writer = Callable[..., str]


@pytest.fixture
def no_bundled_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the bundled models of the test are, if it writes any: the project's own must not be met."""
    bundle = tmp_path / "bundle"
    monkeypatch.setattr(models, "bundled", lambda name: bundle / name)
    return bundle


def role_bytes(words: dict[str, str]) -> bytes:
    """A role model that knows one word for each role."""
    terms = Terms({word: i for i, word in enumerate(words)}, np.empty(0, np.int64))
    roles = tuple(dict.fromkeys(words.values()))
    weights = np.array([[4.0 if role == words[w] else -4.0 for role in roles] for w in words], np.float32)
    return to_bytes(
        RoleModel(roles, terms, np.ones(len(words), np.float32), weights, np.zeros(len(roles))).to_content()
    )


def line_bytes() -> bytes:
    content = {
        "format": FORMAT,
        "levels": ["required", "mentioned"],
        "terms": "you\nwe",
        "weights": np.array([[4, -4], [-4, 4]], np.float32),
        "bias": np.zeros(2),
        "thresholds": {"required": 0.5},
    }
    return to_bytes(content)


ENGINEER = {"pipelines": "data_engineer", "quota": "other"}


@pytest.fixture
def write_version(no_bundled_models: Path) -> Writer:
    """Write a version to a data root: words are what its role model knows, figures are (name, value, low, high, n)."""

    def write(
        root: Path,
        version: str,
        words: dict[str, str] | None = None,
        figures: tuple[tuple[str, float, float, float, int], ...] = (("forward role f1", 0.7, 0.65, 0.75, 900),),
    ) -> str:
        files = {"roles.skops": role_bytes(words or ENGINEER), "lines.skops": line_bytes()}
        listed = {n: {"size": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in files.items()}
        trained: dict[str, Any] = {"n_postings": 9, "window": ["2024-01", "2025-02"], "data_sha": "0" * 32}
        trained |= {"by_lang": {"en": 9}, "by_source": {"made_up": 9}}
        rows = [
            {"name": n, "group": "forward", "value": v, "low": low, "high": high, "n_postings": k, "n_items": k}
            for n, v, low, high, k in figures
        ]
        files["metrics.json"] = json.dumps({"figures": rows}).encode()
        manifest = {
            "version": version,
            "seed": 0,
            "sklearn": "1",
            "trained_on": trained,
            "classes": {},
            "files": listed,
        }
        folder = root / "models" / version
        folder.mkdir(parents=True)
        for name, content in {**files, "model.json": json.dumps(manifest).encode()}.items():
            (folder / name).write_bytes(content)
        return version

    return write


FILLER = "우리는 도시 곳곳의 화분에 물 주는 일을 돕습니다. " * 12
FERNS = "We deliver ferns to the whole town. " * 10
QUOTABLE: list[dict[str, Any]] = [
    {
        "id": "1",
        "title": "데이터 엔지니어",
        "company": "달팽이정원",
        "country": "KR",
        "posted_at": "2024-03-04",
        "text": f"{FILLER}\n자격요건\n- 달팽이정원은 Airflow를 2년 이상 운영해 본 분을 찾습니다\n- SQL에 능숙하신 분",
    },
    {
        "id": "2",
        "title": "MLOps 엔지니어",
        "company": "호박공방",
        "country": "KR",
        "posted_at": "2024-09-01",
        "url": "https://example.com/jobs/2",
        "text": f"{FILLER}\n우대사항\n- 에어플로우(Airflow)나 Kubeflow를 써 보신 분 (me@example.com)\n- 도커 경험",
    },
    {
        "id": "3",
        "title": "Data Engineer\u202e\x1b[31m",
        "company": "Fern & Daughters",
        "country": "DE",
        "posted_at": "2023-01-01",
        "text": f"{FERNS}\nResponsibilities\n- Move the \x1b[2Jnightly \u202ework to Airflow 🌿 *soon*",
    },
    {
        "id": "4",
        "title": "데이터 엔지니어",
        "company": "달팽이정원",
        "country": "KR",
        "posted_at": "2024-06-04",
        "text": f"{FILLER}\n자격요건\n- 달팽이정원은 Airflow를 2년 이상 운영해 본 분을 찾습니다\n- SQL에 능숙하신 분",
    },
    {
        "id": "5",
        "title": "Data Engineer",
        "company": "Moss",
        "country": "US",
        "posted_at": "2024-06-04",
        "text": "Requirements: Airflow.",
    },
    {
        "id": "6",
        "title": "Accountant",
        "company": "Moss",
        "country": "US",
        "posted_at": "2024-06-04",
        "text": f"{'We count every coin of the garden, twice. ' * 10}\nRequirements\n- You know a ledger from a letter",
    },
]


@pytest.fixture(scope="session")
def ruled() -> Tagger:
    """A tagger without models, which takes long to load."""
    return Tagger()


def of_version(version: str, tagger: Tagger) -> Tagger:
    """Return a tagger of another version that tags as this one does; `copy` would return this one itself."""
    other = object.__new__(Tagger)
    vars(other).update(vars(tagger), version=version)
    return other


@pytest.fixture(scope="session")
def quotable(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A tagged store of six invented postings: required, preferred, mentioned, a copy, a short one, no hit."""
    folder = tmp_path_factory.mktemp("quotable")
    rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in QUOTABLE)
    (folder / "rows.jsonl").write_text(rows, encoding="utf-8")
    store = Store(folder / "root")
    import_files([folder / "rows.jsonl"], store, dataset="gardens", family="job_board", read_on="2024-10-01")
    tag_store(store, with_snapshot=False)
    return store
