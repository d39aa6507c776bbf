"""Invented facts for a report, and the pages made of them once for all tests."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from analysis.draw.caption import Provenance
from analysis.fact import FACT_SCHEMA, LEVELS, ROLES
from analysis.report import explorer
from analysis.report.build import write_report
from analysis.report.evidence import Evidence, gather

SHARES = {"airflow": 0.2, "dbt": 0.12, "spark": 0.3}


def _rows(n: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(11)
    rows = []
    for i in range(n):
        named = [skill for skill, share in SHARES.items() if random.random() < share]
        rows.append(
            {
                "posting_id": f"p{i}",
                "cluster_id": f"p{i}",
                "cluster_rank": 0,
                "source": "hackernews" if i % 3 else "board_one",
                "family": "hn" if i % 3 else "job_board",
                "company_id": f"c{int(random.integers(150))}",
                "title_hash": i,
                "body_hash": i,
                "near_hash": i,
                "posted_on": f"{2020 + i % 5}-05-01",
                "posted_on_kind": "thread",
                "country": "KR" if i % 7 == 0 else "US",
                "lang": "en",
                "n_chars": 900,
                "is_truncated": False,
                "is_survivor": False,
                "roles": [ROLES[int(random.integers(len(ROLES)))]],
                "role_method": "title",
                "role_confidence": 0.9,
                "skills": [{"skill": s, "level": LEVELS[int(random.integers(3))], "how": "cue"} for s in named],
                "is_unsectioned": i % 2 == 0,
                "tagger_version": "1",
            }
        )
    return rows


@pytest.fixture(scope="session")
def facts() -> pa.Table:
    rows = [{name: row.get(name) for name in FACT_SCHEMA.names} for row in _rows(2400)]
    return pa.Table.from_pylist(rows, schema=FACT_SCHEMA)


@pytest.fixture(scope="session")
def evidence(facts: pa.Table) -> Evidence:
    return gather(facts, Provenance(vintage="2026-08-21", code_version="0.1.0"))


@pytest.fixture(scope="session")
def pages(facts: pa.Table, evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the pages, with the explorer where the extra is installed."""
    out = tmp_path_factory.mktemp("report")
    write_report(facts, evidence, out)
    return out


@pytest.fixture(scope="session")
def with_explorer(pages: Path) -> Path:
    if not explorer.is_installed():
        pytest.skip("the extra page (altair, vl-convert-python) is not installed")
    return pages
