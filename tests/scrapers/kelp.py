"""Kelp: an invented employer on several platforms, as each of them answers for its jobs of a day."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.scrapers.wire import Request, Steps, page

Answer = bytes | None


def dump(value: Any) -> bytes:
    """Return JSON."""
    return json.dumps(value, ensure_ascii=False).encode()


def body(number: int) -> str:
    return f"<p>온실 {number}호의 물길을 Airflow 로 돌립니다.</p>"


def greenhouse(path: str, query: dict[str, str], jobs: tuple[int, ...]) -> Answer:
    records = [{"id": n, "title": f"Gardener {n}", "content": body(n), "internal_job_id": n} for n in jobs]
    return dump({"jobs": records, "meta": {"total": len(jobs)}})


def lever(path: str, query: dict[str, str], jobs: tuple[int, ...]) -> Answer:
    return dump([{"id": f"l{n}", "text": f"Gardener {n}", "description": body(n)} for n in jobs])


def smartrecruiters(path: str, query: dict[str, str], jobs: tuple[int, ...]) -> Answer:
    number = path.rpartition("/")[2]
    if number != "postings":
        sections = {"jobDescription": {"title": "Tasks", "text": body(int(number))}}
        return dump({"id": number, "name": f"Gardener {number}", "jobAd": {"sections": sections}})
    shown = jobs[int(query["offset"]) :]
    return dump({"totalFound": len(jobs), "content": [{"id": str(n)} for n in shown]})


def hackernews(path: str, query: dict[str, str], jobs: tuple[int, ...]) -> Answer:
    jobs = tuple(n for n in jobs if n != 9)  # A thread loses nothing.
    title = "Ask HN: Who is hiring? (March 2023)"
    comments = {n: {"id": n, "text": f"Kelp | Gardener {n} | Seoul<p>{body(n)}"} for n in jobs}
    if path == "/api/v1/items/9100":
        return dump({"title": title, "children": [{**c, "parent_id": 9100} for c in comments.values()]})
    number = path.removeprefix("/v0/item/").removesuffix(".json")
    return dump({"title": title, "kids": list(jobs)} if number == "9100" else {**comments[int(number)], "parent": 9100})


def jobposting(path: str, query: dict[str, str], jobs: tuple[int, ...]) -> Answer:
    if path == "/sitemap.xml":
        urls = "".join(f"<url><loc>https://careers.kelp.example/jobs/{n}</loc></url>" for n in jobs)
        return f"<urlset>{urls}</urlset>".encode()
    if path == "/robots.txt":
        return None
    number = int(path.rpartition("/")[2])
    data = {"@type": "JobPosting", "title": f"Gardener {number}", "description": body(number)}
    script = b'<script type="application/ld+json">' + dump(data) + b"</script>"
    return b"<html><head>" + script + b"</head><body><p>" + b"kelp " * 400 + b"</p></body></html>"


def teamtailor(path: str, query: dict[str, str], jobs: tuple[int, ...]) -> Answer:
    link = "https://kelp.teamtailor.com/jobs"
    items = (f"<item><title>Gardener {n}</title><link>{link}/{n}-gardener</link></item>" for n in jobs)
    return f"<rss><channel><title>Kelp</title>{''.join(items)}</channel></rss>".encode()


WORLDS: dict[str, Callable[[str, dict[str, str], tuple[int, ...]], Answer]] = {
    "greenhouse": greenhouse,
    "lever": lever,
    "smartrecruiters": smartrecruiters,
    "teamtailor": teamtailor,
    "hackernews": hackernews,
    "jobposting": jobposting,
}


def healthy(target: str, jobs: tuple[int, ...]) -> Callable[[Request], Steps]:
    """Return what the platform of a target answers when all is well."""
    world = WORLDS[target.partition(":")[0]]

    def answer(request: Request) -> Steps:
        parts = urlsplit(request.path)
        found = world(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}, jobs)
        return [page(b"", "404 Not Found") if found is None else page(found, headers="")]

    return answer
