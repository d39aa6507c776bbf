"""Training on invented postings: a version that loads, the same again from the same postings, or a plain refusal."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from analysis.classify.models import ModelError
from analysis.learn import training
from analysis.learn.labelled import tagger_of
from analysis.learn.training import train
from analysis.learn.versions import Versions
from scrapers.posting import Posting
from scrapers.store import Store

TRADES = {
    "Data Engineer": "pipelines warehouse ingestion partitions orchestration batches lineage schemas backfills feeds",
    "Data Scientist": "experiments hypotheses regression uplift forecasts statistics notebooks priors sampling",
    "Machine Learning Engineer": "inference serving embeddings gradients latency features registry drift tuning",
    "Data Analyst": "dashboards metrics stakeholders reports spreadsheets funnels cohorts retention charts insight",
    "Backend Engineer": "endpoints services transactions queues protocols caching microservices latency code",
    "Registered Nurse": "patients wards medication shifts dressings vaccines charts hospital discharge infusion",
}
TOOLS = ("Airflow", "Spark", "Kafka", "Snowflake", "Docker", "Tableau")
ASKED = ("{2} and {0} at scale", "{0}, {1}, {2} in large teams", "calm around {0} or {2}")
LIKED = ("{2} in another trade of {0}", "curiosity about {0} and {2}", "a side project around {0}, {1} or {2}")
TASKS = (
    "look after {0} with {2} every week",
    "own the {0} and the {2} of our region",
    "explain {0} and {2} to visitors",
)


def invented(n: int) -> Iterator[Posting]:
    """Postings of six trades, sixty employers and six years, no two alike."""
    random = Random(1)
    for i in range(n):
        house, trade = divmod(i, len(TRADES))
        title = list(TRADES)[trade]
        words = TRADES[title].split()
        parts = (("What you will do", TASKS), ("Requirements", ASKED), ("Nice to have", LIKED))
        lines = []
        for heading, shapes in parts:
            lines += [
                heading,
                *(f"- {shape.format(*random.sample(words, 2), random.choice(TOOLS))}" for shape in shapes),
                "",
            ]
        about = (
            f"We are a house of {random.randint(2, 900)} people who care about {' and '.join(random.sample(words, 3))}."
        )
        yield Posting(
            posting_id=f"p{i:04}",
            source="made_up",
            title=title,
            company=f"{chr(65 + house % 20)}ellow{chr(97 + house // 20)} House",
            lang="en",
            posted_at=f"{2020 + house % 6}-03",
            posted_at_kind="published",
            text="\n".join([about, "", *lines]),
        )


def store_of(root: Path, n: int) -> Store:
    store = Store(root)
    with store.begin("first") as writer:
        writer.add(invented(n))
        writer.commit()
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("store"), 360)


def files(root: Path, version: str) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((root / "models" / version).iterdir())}


def test_a_store_becomes_a_version_and_the_same_store_the_same_bytes(store: Store, tmp_path: Path) -> None:
    versions = Versions(str(tmp_path / "a"))
    seen: list[tuple[int, int]] = []
    done = train(store, versions, seed=3, on_progress=lambda *n: seen.append(n))
    assert not done.is_repeat
    assert seen[-1] == (720, 720)
    trained = done.manifest["trained_on"]
    assert (trained["n_postings"], trained["window"], trained["by_source"]) == (
        360,
        ["2020-03", "2025-03"],
        {"made_up": 360},
    )
    assert done.manifest["parent"] is None
    assert min(done.manifest["classes"]["roles"].values()) >= 20
    assert {f["name"] for f in done.metrics["figures"]} >= {"airflow f1", "main role accuracy", "forward role f1"}
    first = files(tmp_path / "a", done.version)
    assert sorted(first) == ["card.md", "lines.skops", "metrics.json", "model.json", "roles.skops"]
    assert json.loads(first["model.json"]) == done.manifest
    again = train(store, versions, seed=3)
    assert (again.version, again.is_repeat) == (done.version, True)
    other = train(store, Versions(str(tmp_path / "b")), seed=3)
    assert not other.is_repeat
    assert files(tmp_path / "b", other.version) == first
    tag = tagger_of(versions.load(done.version)).tag(
        "Specialist", "Feeds, backfills and partitions: pipelines, lineage."
    )
    assert (tag.roles, tag.role_method) == (("data_engineer",), "model")


def test_too_little_text_is_refused_in_one_line(tmp_path: Path) -> None:
    versions = Versions(str(tmp_path))
    with pytest.raises(ModelError, match="no postings to train on"):
        train(Store(tmp_path / "empty"), versions)
    with pytest.raises(ModelError, match="too few") as caught:
        train(store_of(tmp_path / "few", 5), versions)
    assert "\n" not in str(caught.value)
    assert versions.names() == []


def test_nothing_is_kept_when_the_vocabulary_changes_meanwhile(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shas = iter(("before", "after"))
    monkeypatch.setattr(training, "code_sha", lambda: next(shas))
    monkeypatch.setattr(training, "train_parts", lambda *_: (None, None))
    versions = Versions(str(tmp_path))
    with pytest.raises(ModelError, match="changed while"):
        train(store, versions)
    assert versions.names() == []
