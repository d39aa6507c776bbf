"""Market: invented bakeries that seek data people, on two platforms behind one loopback address."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.scrapers.wire import Request, Steps, page

SOURCES = ["greenhouse:rye", "greenhouse:barley", "lever:oat"]
YEAR = 2026
_TITLES = ("Data Engineer", "Data Scientist", "Analytics Engineer", "데이터 엔지니어")
_TOOLS = ("Apache Airflow", "dbt", "Spark", "Kafka", "Snowflake", "Python")


@dataclass(slots=True)
class Market:
    """What is answered: so many jobs per board, and a refusal for addresses with one of the parts in `down`."""

    n_jobs: int = 12
    down: set[str] = field(default_factory=set)
    year: int = YEAR
    """That in which the jobs of Greenhouse were posted."""

    def answer(self, request: Request) -> Steps:
        """Answer a request."""
        path = urlsplit(request.path).path
        board = path.split("/")[3]
        if any(part in path for part in self.down):
            yield page(b"", "403 Forbidden")
        elif path.startswith("/v1/boards/"):
            jobs = [_greenhouse(board, n, self.year) for n in range(self.n_jobs)]
            yield page(_dump({"jobs": jobs, "meta": {"total": len(jobs)}}))
        else:
            yield page(_dump([_lever(board, n) for n in range(self.n_jobs)]))


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _body(board: str, n: int) -> str:
    needed, liked = _TOOLS[n % len(_TOOLS)], _TOOLS[(n + 1) % len(_TOOLS)]
    return (
        f"<p>At the {board} bakery, oven {n} tells each minute how warm it is, and somebody has to listen. You would "
        f"add up the numbers of {n + 3} shops each night, for the dough to be ready when the town wakes up.</p>"
        f"<h3>Requirements</h3><ul><li>Experience with {needed} in production</li><li>SQL for oven {n}</li></ul>"
        f"<h3>우대사항</h3><ul><li>{liked} 경험이 있으신 분</li></ul>"
    )


def _greenhouse(board: str, n: int, year: int) -> dict[str, Any]:
    return {
        "id": 1000 + n,
        "internal_job_id": 5000 + n,
        "title": f"{_TITLES[n % len(_TITLES)]}, oven {n}",
        "company_name": f"{board.title()} Bakery",
        "absolute_url": f"https://job-boards.greenhouse.io/{board}/jobs/{1000 + n}",
        "first_published": f"{year}-0{1 + n % 9}-05T09:00:00+00:00",
        "updated_at": "2026-10-01T09:00:00+00:00",
        "location": {"name": "Seoul, South Korea"},
        "content": _body(board, n),
    }


def _lever(board: str, n: int) -> dict[str, Any]:
    return {
        "id": f"oven-{n}",
        "text": f"{_TITLES[n % len(_TITLES)]}, oven {n}",
        "hostedUrl": f"https://jobs.lever.co/{board}/oven-{n}",
        "createdAt": 1_700_000_000_000 + n * 86_400_000,
        "categories": {"location": "Seoul"},
        "description": _body(board, n),
    }
