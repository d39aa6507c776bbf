"""Tests of role training on invented postings: it learns, repeats itself, and measures its own confidence."""

import random
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from analysis.classify.role_model import RoleModel
from analysis.classify.titles import TitleRules
from analysis.learn.roles import TRAINED, Settings, TrainingError, fit, train
from analysis.learn.silver import Sample, read_silver

TITLES = {
    "data_engineer": "Data Engineer",
    "data_scientist": "Data Scientist",
    "ml_engineer": "Machine Learning Engineer",
    "bi_analyst": "Data Analyst",
    "software_engineer": "Backend Developer",
    "other": "Nurse",
}
WORDS = {
    "data_engineer": "kafka spark airflow warehouse lake batch ingest partition schema parquet",
    "data_scientist": "causal regression forecast hypothesis bayesian study experiment prior variance thesis",
    "ml_engineer": "pytorch cuda inference embeddings transformer latency tuning gradient serving drift",
    "bi_analyst": "dashboard tableau kpi metric excel stakeholder slides weekly revenue funnel",
    "software_engineer": "java spring rest react endpoint css frontend login session cache",
    "other": "patients ward shift medicine care hygiene bandage clinic visits beds",
}
COMMON = re.split(" ", "team work we you and the with good people office tea time fast clear help learn grow plan talk")


def _text(rng: random.Random, role: str) -> str:
    return " ".join(rng.choices(WORDS[role].split() + COMMON, k=60)) + f" {rng.random()}"


def _postings(n: int = 40) -> Iterator[pa.RecordBatch]:
    rng = random.Random(1)
    for role in TRAINED:
        rows: list[dict[str, Any]] = [
            {
                "posting_id": f"{role}{i}",
                "source": "invented",
                "family": "job_board",
                "lang": "en",
                "title": TITLES[role],
                "company": f"Employer {role} {i}",
                "location": None,
                "posted_at": "2021",
                "text": _text(rng, role),
                "is_truncated": False,
            }
            for i in range(n)
        ]
        yield pa.RecordBatch.from_pylist(rows)


def _train(postings: Iterator[pa.RecordBatch], seed: int = 0) -> tuple[RoleModel, dict[str, Any]]:
    silver = read_silver(postings, TitleRules.load())
    return train(silver.samples, silver.names, Settings(), seed)


def test_training_learns_what_the_texts_say_and_repeats_itself() -> None:
    model, facts = _train(_postings(), seed=3)
    rng = random.Random(2)
    wanted = [role for role in TRAINED for _ in range(10)]
    got = model.score([_text(rng, role) for role in wanted]).argmax(axis=1)
    assert np.mean([TRAINED[g] == w for g, w in zip(got, wanted, strict=True)]) > 0.9
    assert facts["n_samples"] == dict.fromkeys(sorted(TRAINED), 40)
    assert facts["calibrated"]["n"] == pytest.approx(48, abs=25)
    again, same = _train(_postings(), seed=3)
    assert same == facts
    for key, value in model.to_content().items():
        assert np.array_equal(value, again.to_content()[key]), key


def test_a_missing_role_is_named() -> None:
    batches = (batch for batch in _postings(5) if batch.column("title")[0].as_py() != "Nurse")
    with pytest.raises(TrainingError, match="none of other"):
        _train(batches)


def test_postings_without_a_common_word_are_refused() -> None:
    with pytest.raises(TrainingError, match="share no words"):
        _train(_postings(3))


def test_pairs_that_matter_least_are_dropped_and_words_stay() -> None:
    rng = random.Random(5)
    samples = [Sample(f"{r}{i}", r, _text(rng, r), f"{r}{i}", "2021", "en", "hn") for r in TRAINED for i in range(60)]
    whole = fit(samples, (), Settings())
    n_words = len(whole.terms.words)
    assert len(whole.terms) > n_words + 5
    small = fit(samples, (), Settings(max_terms=n_words + 5))
    assert (len(small.terms.words), len(small.terms.pairs)) == (n_words, 5)
    assert set(small.terms.pairs.tolist()) < set(whole.terms.pairs.tolist())
