"""Platforms: the market as each source answers for it, in its own shape, and what can go wrong with an answer."""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.scrapers.wire import Request, Steps, page
from tests.weeks.adverts import to_html, to_list
from tests.weeks.market import Market, Vacancy

_STORY = 100_000
_MONTHS = [date(2025, month, 1).strftime("%B") for month in range(1, 13)]
_PAGE = "<!DOCTYPE html><html><head><script type='application/ld+json'>{}</script></head><body></body></html>"


@dataclass
class Platforms:
    """What the servers answer; the rest is what is wrong with them this week."""

    market: Market
    down: set[str] = field(default_factory=set)
    """Sources that answer with an error."""
    renamed: set[str] = field(default_factory=set)
    """Boards of greenhouse in whose answers the title has another name."""
    silent: set[str] = field(default_factory=set)
    """Sources whose answers have lost their texts."""
    plain: set[str] = field(default_factory=set)
    """Sources whose texts have lost their headings and lists."""
    days_ahead: int = 0
    """How far ahead of its time job pages date their postings."""

    def answer(self, request: Request) -> Steps:
        """Answer a request as the platform that its path belongs to."""
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        source = next(name for name, is_mine in _PATHS.items() if is_mine(parts.path))
        if source in self.down:
            yield page(b"", "500 Internal Server Error")
            return
        found = getattr(self, f"_{source}")(parts.path, query)
        if isinstance(found, str):
            kind = "application/xml" if parts.path.endswith(".xml") else "text/html; charset=utf-8"
            yield page(found.encode(), headers=f"Content-Type: {kind}")
        elif found is None:
            yield page(b"", "404 Not Found")
        else:
            yield page(json.dumps(found, ensure_ascii=False).encode())

    def _greenhouse(self, path: str, query: dict[str, str]) -> Any:
        board = path.split("/")[3]
        title = "job_title" if board in self.renamed else "title"
        jobs = [
            {
                "absolute_url": f"https://job-boards.greenhouse.io/{board}/jobs/{v.number}",
                "internal_job_id": v.number,
                "location": {"name": "Remote"},
                "metadata": [],
                "id": v.number,
                "updated_at": f"{v.posted}T09:10:00-05:00",
                title: v.advert.title,
                "company_name": v.employer.name,
                "first_published": f"{v.posted}T09:10:00-05:00",
                "content": html.escape(to_html(v.advert)),
                "departments": [],
                "offices": [],
            }
            for v in self.market.shown("greenhouse", board)
        ]
        return {"jobs": jobs, "meta": {"total": len(jobs)}}

    def _lever(self, path: str, query: dict[str, str]) -> Any:
        site, skip = path.split("/")[3], int(query.get("skip", "0"))
        shown = self.market.shown("lever", site)[skip : skip + int(query.get("limit", "100"))]
        return [self._lever_posting(v, site) for v in shown]

    def _lever_posting(self, v: Vacancy, site: str) -> dict[str, Any]:
        body = (
            {}
            if "lever" in self.silent
            else {
                "description": "".join(f"<div>{line}</div>" for line in v.advert.intro),
                "lists": [{"text": heading, "content": to_list(lines)[4:-5]} for heading, lines in v.advert.parts],
                "additional": "",
            }
        )
        return {
            "id": v.native_id,
            "text": v.advert.title,
            "categories": {"location": "Remote", "commitment": "Full-time"},
            "createdAt": int(_moment(v.posted).timestamp() * 1000),
            "country": "KR" if v.employer.lang == "ko" else "NL",
            "workplaceType": "hybrid",
            "hostedUrl": f"https://jobs.lever.co/{site}/{v.native_id}",
            **body,
        }

    def _arbeitnow(self, path: str, query: dict[str, str]) -> Any:
        first = (int(query["page"]) - 1) * 100
        jobs = [
            {
                "slug": v.native_id,
                "company_name": v.employer.name,
                "title": v.advert.title,
                "description": self._body(v),
                "remote": True,
                "url": f"https://www.arbeitnow.com/jobs/companies/x/{v.native_id}",
                "job_types": [],
                "location": "Berlin",
                "created_at": int(_moment(v.posted).timestamp()),
            }
            for v in self.market.shown("arbeitnow")[first : first + 100]
        ]
        return {"data": jobs, "links": {}, "meta": {"current_page": int(query["page"])}}

    def _body(self, v: Vacancy) -> str:
        if v.employer.channel not in self.plain:
            return to_html(v.advert)
        lines = [*v.advert.intro, *(line for _, lines in v.advert.parts for line in lines)]
        return f"<p>{' '.join(lines)}</p>"

    def _hackernews(self, path: str, query: dict[str, str]) -> Any:
        threads = {_story(month): month for month in sorted(self.market.threads, reverse=True)}
        if path.endswith("/search_by_date"):
            hits = [{"title": _title(month), "objectID": str(story)} for story, month in threads.items()]
            return {"hits": hits, "nbPages": 1}
        story = int(path.rpartition("/")[2].removesuffix(".json"))
        adverts = self.market.threads[threads[story]]
        if path.startswith("/v0/item"):
            return {"title": _title(threads[story]), "kids": [v.number for v in adverts]}
        children = [{"id": v.number, "parent_id": story, "text": _comment(v)} for v in adverts]
        return {"id": story, "title": _title(threads[story]), "children": children}

    def _jobposting(self, path: str, query: dict[str, str]) -> str | None:
        shown = {str(v.number): v for v in self.market.shown("jobposting")}
        if path.endswith("/sitemap.xml"):
            mine = [v for v in shown.values() if v.employer.board.endswith(path)]
            start = mine[0].employer.board.removesuffix("/sitemap.xml") if mine else ""
            urls = "".join(f"<url><loc>{start}/jobs/{v.number}</loc></url>" for v in mine)
            return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        v = shown.get(path.rpartition("/")[2])
        return None if v is None else _PAGE.format(json.dumps(self._structured(v), ensure_ascii=False))

    def _structured(self, v: Vacancy) -> dict[str, Any]:
        return {
            "@context": "https://schema.org",
            "@type": "JobPosting",
            "title": v.advert.title,
            "description": to_html(v.advert),
            "datePosted": f"{v.posted + timedelta(days=self.days_ahead)}",
            "hiringOrganization": {"@type": "Organization", "name": v.employer.name},
            "jobLocation": {"@type": "Place", "address": {"addressLocality": "Seoul", "addressCountry": "KR"}},
            "identifier": str(v.number),
        }


_PATHS: dict[str, Callable[[str], bool]] = {
    "greenhouse": lambda path: path.startswith("/v1/boards/"),
    "lever": lambda path: path.startswith("/v0/postings/"),
    "arbeitnow": lambda path: path.startswith("/api/job-board-api"),
    "hackernews": lambda path: path.startswith(("/api/v1/", "/v0/item")),
    "jobposting": lambda path: True,
}


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def _story(month: str) -> int:
    return _STORY + int(month.replace("-", ""))


def _title(month: str) -> str:
    return f"Ask HN: Who is hiring? ({_MONTHS[int(month[5:]) - 1]} {month[:4]})"


def _comment(v: Vacancy) -> str:
    parts = "".join(f"<p>{heading}:{''.join(f'<p>- {line}' for line in lines)}" for heading, lines in v.advert.parts)
    return f"{v.employer.name} | {v.advert.title} | Remote | Full-time<p>{'<p>'.join(v.advert.intro)}{parts}"
