"""LINE: the jobs of LINE's companies in several countries, from the data behind the pages of its careers site.

Quirks, as known in 2026-11: one answer lists all jobs with those that are not published or not public; the description
stands in the data of each job's own page.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import ParseError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import dig, join_names, to_names
from scrapers.korea import country_of, to_kst
from scrapers.posting import Posting
from scrapers.sources import Reject, Source
from scrapers.text import clean_text

SITE: Final = "https://careers.linecorp.com"
DATA: Final = f"{SITE}/page-data/ko/jobs"

SOURCE: Final = Source(
    name="line",
    title="LINE careers",
    home=f"{SITE}/ko/jobs/",
    family="korean_board",
    licence="none stated: keep numbers and derived facts, publish no text",
    terms="public data behind the careers pages, without key; not documented",
    languages=("ko", "en"),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at", "remote", "sections"),
    concurrency=1,
)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the published jobs; raises ParseError when the answer is not the list it is known to be."""
    page = fetcher.get(f"{DATA}/page-data.json")
    jobs = [dig(edge, "node") for edge in objects(page, "result", "data", "allStrapiJobs", "edges")]
    yield from read_all(SOURCE, board, [(page, jobs)], partial(_read_job, fetcher), number="strapiId")


def _read_job(fetcher: Fetcher, job: Mapping[str, Any]) -> Record | None:
    number = str(job["strapiId"])
    if not number.isdecimal():
        raise ValueError("a job needs a number")
    if not (job.get("publish") and job.get("is_public")):
        return None
    page, described = _ask_job(fetcher, number)
    if described.get("publish") is False:
        return None
    cities = to_names(job.get("cities"))
    return Record(
        native_id=number,
        title=job.get("title"),
        text=clean_text(described["content"]),
        url=f"{SITE}/ko/jobs/{number}/",
        company=join_names(to_names(job.get("companies")), ", ") or "LINE",
        location=join_names(cities, ", "),
        country=[*map(country_of, cities)],
        posted_at=to_kst(described.get("start_date") or job.get("start_date")),
        employment_type=join_names(to_names(job.get("employment_type")), ", "),
        page=page,
    )


def _ask_job(fetcher: Fetcher, number: str) -> tuple[Page, dict[str, Any]]:
    page = fetcher.get(f"{DATA}/{number}/page-data.json")
    described = dig(page.json(), "result", "data", "strapiJobs")
    if not isinstance(described, dict) or not isinstance(described.get("content"), str):
        raise ParseError(SOURCE.name, page.url, "the answer holds no description")
    return page, described
