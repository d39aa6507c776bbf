"""Market: Kelp on several platforms at one address, some boards of which are gone, sick, or of an odd shape."""

from urllib.parse import parse_qs, urlsplit

from tests.scrapers.faulty import YESTERDAY
from tests.scrapers.kelp import body, dump, healthy
from tests.scrapers.wire import Request, Steps, page

TARGETS = [
    *("greenhouse:kelp", "greenhouse:gone", "greenhouse:sick", "greenhouse:odd", "lever:eu.kelp", "lever:kelp"),
    *("hackernews", "jobposting:https://careers.kelp.example/sitemap.xml", "smartrecruiters:kelp"),
]
SOURCES = ["greenhouse", "lever", "hackernews", "jobposting", "smartrecruiters"]
_STARTS = {"/v1/boards": "greenhouse", "/v0/postings": "lever", "/v1/companies": "smartrecruiters"}
_THREADS = {9200: "April", 9100: "March"}


class Market:
    """What is answered: the jobs of a day, but an error of the server for addresses with one of the parts in `down`."""

    def __init__(self, jobs: tuple[int, ...] = YESTERDAY) -> None:
        self.jobs = jobs
        self.down = {"/sick/"}
        self.wait = 0.0
        """Seconds before each answer."""

    def answer(self, request: Request) -> Steps:
        """Answer a request."""
        parts = urlsplit(request.path)
        if self.wait:
            yield self.wait
        if any(part in parts.path for part in self.down):
            yield page(b"", "500 Internal Server Error")
        elif "/gone/" in parts.path:
            yield page(b"", "404 Not Found")
        elif "/odd/" in parts.path:
            yield page(dump({"jobs": [{"id": 7}], "meta": {"total": 1}}))
        elif parts.path.startswith(("/api/v1", "/v0/item")):
            yield page(_thread(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}))
        else:
            platform = next((name for start, name in _STARTS.items() if parts.path.startswith(start)), "jobposting")
            yield from healthy(platform, self.jobs)(request)


def _thread(path: str, query: dict[str, str]) -> bytes:
    """Answer for two threads of Hacker News: the search, a thread with its adverts, or the numbers of these."""
    titles = {number: f"Ask HN: Who is hiring? ({month} 2023)" for number, month in _THREADS.items()}
    if path.endswith("/search_by_date"):
        return dump({"hits": [{"title": t, "objectID": str(n)} for n, t in titles.items()], "nbPages": 1})
    number = int(path.rpartition("/")[2].removesuffix(".json"))
    adverts = [number + 1, number + 2]
    if path.startswith("/v0/item"):
        return dump({"title": titles[number], "kids": adverts})
    children = [{"id": n, "parent_id": number, "text": f"Kelp | Gardener {n} | Seoul<p>{body(n)}"} for n in adverts]
    return dump({"title": titles[number], "children": children})
