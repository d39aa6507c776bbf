"""Recruitee: the public offers API on each employer's career site, a whole board in one answer.

Quirks, as known in 2026-11: what is asked stands in `requirements`, beside `description`; the site is named by its
token (`TOKEN.recruitee.com`) or, where the employer has a domain of its own, by that domain. Times end in "UTC".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrapers.build import Record, objects, read_all
from scrapers.errors import TargetError
from scrapers.fetch import Fetcher
from scrapers.fields import as_lines, as_list, as_object, join_names, join_parts
from scrapers.posting import Posting, Section
from scrapers.sources import Reject, Source
from scrapers.tokens import ask_for_board

_HOST: Final = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9][a-z0-9-]{0,62})*", re.I)

SOURCE: Final = Source(
    name="recruitee",
    title="Recruitee Careers Site API",
    home="https://docs.recruitee.com/reference/intro-to-careers-site-api",
    family="ats",
    licence="none stated for postings: keep numbers and derived facts, publish no text",
    terms="documented as public and without key; throttled over all sites together",
    languages=("en", "de", "fr", "es", "pt", "ko"),
    date_kind="published",
    min_interval_hours=0.0,
    concurrency=1,
)


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Raise TargetError: there is no list of boards."""
    ask_for_board(SOURCE)


def expand(board: str, since: str | None) -> list[str]:
    """Return the board that a token or the domain of a career site names."""
    if not _HOST.fullmatch(board):
        raise TargetError(SOURCE.name, "", f"{board!r} is neither a token nor a domain, as in recruitee:TOKEN")
    return [board]


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the published offers of a site, all of them whatever `since`: what is not listed has vanished."""
    host = board if "." in board else f"{board}.recruitee.com"
    page = fetcher.get(f"https://{host}/api/offers/")
    yield from read_all(SOURCE, board, [(page, objects(page, "offers"))], _to_record)


def _to_record(offer: Mapping[str, Any]) -> Record | None:
    if offer.get("status", "published") != "published":
        return None
    asked = Section("Requirements", "required", as_lines(offer.get("requirements"), "requirements"))
    sections = [asked] if asked.text else []
    published = offer.get("published_at")
    places = [as_object(place, "location") for place in as_list(offer.get("locations"), "locations")]
    is_several = len(places) > 1
    return Record(
        native_id=offer.get("id"),
        title=offer.get("title"),
        text=join_parts([as_lines(offer.get("description"), "description"), *sections]),
        sections=sections,
        url=offer.get("careers_url"),
        company=offer.get("company_name"),
        location=join_names([*map(_place, places)]) if is_several else offer.get("location") or offer.get("city"),
        country=[*map(_country, places)] if is_several else _country(offer),
        posted_at=published or offer.get("created_at"),
        posted_at_kind="published" if published else "created",
        updated_at=offer.get("updated_at"),
        employment_type=offer.get("employment_type_code"),
        remote=_is_remote(offer),
    )


def _place(place: Mapping[str, Any]) -> str | None:
    names = [name for key in ("city", "country") if isinstance(name := place.get(key), str) and name.strip()]
    return ", ".join(names) or None


def _country(place: Mapping[str, Any]) -> Any:
    return place.get("country_code") or place.get("country")


def _is_remote(offer: Mapping[str, Any]) -> bool | None:
    """Return the source's word on working remotely; an offer of which no model of work is marked says nothing."""
    models = [offer.get(name) for name in ("remote", "hybrid", "on_site")]
    return models[0] is True if True in models else None
