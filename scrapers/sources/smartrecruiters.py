"""SmartRecruiters: the public posting API of employers, a paged list and one request more for each body.

Quirks, as known in 2026-11: the list has no bodies; the body has four parts, of which `qualifications` holds what is
asked; the public address has no `/postings/` in it. An unknown company answers like one without openings, with a total
of 0: an empty board proves nothing here.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import ParseError, TruncatedError
from scrapers.fetch import Fetcher, Page
from scrapers.fields import as_lines, as_object, as_text, join_names, join_parts, to_flag
from scrapers.posting import Posting, Section
from scrapers.sources import Reject, Source
from scrapers.tokens import ask_for_board, check_token, in_path

API: Final = "https://api.smartrecruiters.com/v1/companies"
_PAGE: Final = 100
_MAX_PAGES: Final = 100
_PARTS: Final = {
    "companyDescription": ("Company Description", "company"),
    "jobDescription": ("Job Description", "unknown"),
    "qualifications": ("Qualifications", "required"),
    "additionalInformation": ("Additional Information", "unknown"),
}

SOURCE: Final = Source(
    name="smartrecruiters",
    title="SmartRecruiters Posting API",
    home="https://developers.smartrecruiters.com/docs/posting-api",
    family="ats",
    licence="none stated for postings: keep numbers and derived facts, publish no text",
    terms="documented as public and without key; throttled",
    languages=("en", "ko", "de", "fr", "es", "pt"),
    date_kind="published",
    min_interval_hours=0.0,
    never_gives=("updated_at",),
    intervals={"api.smartrecruiters.com": 0.25},
    concurrency=2,
)


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Raise TargetError: there is no list of boards."""
    ask_for_board(SOURCE)


def expand(board: str, since: str | None) -> list[str]:
    """Return the board that a company's identifier names."""
    return check_token(SOURCE, board)


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the open postings of a company, all of them whatever `since`: what is not listed has vanished.

    Each takes a request of its own; one whose body cannot be had becomes a Reject. Raises TruncatedError when the list
    ends before its total, repeats itself or does not end.
    """
    company = in_path(board)
    answers = _pages(fetcher, f"{API}/{company}/postings")
    yield from read_all(SOURCE, board, answers, partial(_read_posting, fetcher, company), number="id")


def _pages(fetcher: Fetcher, url: str) -> Iterator[tuple[Page, list[Any]]]:
    offset = 0
    for _ in range(_MAX_PAGES):
        page = fetcher.get(url, {"limit": _PAGE, "offset": offset})
        items, total = objects(page, "content"), _total(page)
        yield page, items
        offset += len(items)
        if offset >= total:
            return
        if not items:
            raise TruncatedError(SOURCE.name, page.url, f"the list ends after {offset} of {total} postings")
    raise TruncatedError(SOURCE.name, page.url, f"more than {_MAX_PAGES} pages")


def _total(page: Page) -> int:
    total = page.json().get("totalFound")
    if not isinstance(total, int):
        raise ParseError(SOURCE.name, page.url, "the answer has no totalFound")
    return total


def _read_posting(fetcher: Fetcher, company: str, item: Mapping[str, Any]) -> Record:
    page = fetcher.get(f"{API}/{company}/postings/{in_path(str(item['id']))}")
    posting = as_object(page.json(), "the posting")
    parts = as_object(posting.get("jobAd"), "jobAd").get("sections")
    if not isinstance(parts, Mapping):
        raise ValueError("the posting comes without its body")
    # Parts of other names follow the known ones; those without a text are pictures and films.
    others = [
        name for name, part in parts.items() if name not in _PARTS and isinstance(part, Mapping) and "text" in part
    ]
    sections = [_read_part(name, parts.get(name)) for name in (*_PARTS, *others)]
    place = as_object(posting.get("location"), "location")
    number = posting.get("id")
    return Record(
        native_id=number,
        title=posting.get("name"),
        text=join_parts([section for section in sections if section.text]),
        sections=sections,
        url=posting.get("postingUrl") or f"https://jobs.smartrecruiters.com/{company}/{number}",
        company=as_object(posting.get("company"), "company").get("name"),
        location=_place(place),
        country=place.get("country"),
        posted_at=posting.get("releasedDate"),
        employment_type=as_object(posting.get("typeOfEmployment"), "typeOfEmployment").get("label"),
        remote=to_flag(place.get("remote")),
        page=page,
    )


def _read_part(name: str, value: Any) -> Section:
    part = as_object(value, name)
    named, kind = _PARTS.get(name, ("", "unknown"))
    heading = " ".join(as_text(part.get("title"), f"the heading of {name}").split()) or named
    return Section(heading, kind, as_lines(part.get("text"), name))


def _place(place: Mapping[str, Any]) -> str | None:
    full = place.get("fullLocation")
    names = full.split(",") if isinstance(full, str) else [place.get("city"), place.get("region"), place.get("country")]
    named = join_names(names)
    return named.replace("; ", ", ") if named else None
