"""Personio: the open positions of one employer, in one XML file for each language.

Quirks, as known in 2026-11: an employer must switch the file on, else it is 404 while the career page lists jobs; a
position that was never translated has no texts in the other languages, so that English and German are asked for and the
first with texts is taken; createdAt, of creation, is the only date; the titles of the parts are the employer's own and
say what each part is. An account answers under .de or .com.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import partial
from typing import Final

from scrapers.build import Record, read_all, read_xml
from scrapers.errors import GoneError, ScrapeError
from scrapers.fetch import Fetcher, Page
from scrapers.posting import Posting, Section
from scrapers.sources import Reject, Source
from scrapers.text import html_to_lines
from scrapers.tokens import ask_for_board, check_host

HOSTS: Final = (".jobs.personio.de", ".jobs.personio.com")
LANGUAGES: Final = ("en", "de")

SOURCE: Final = Source(
    name="personio",
    title="Personio",
    home="https://www.personio.com",
    family="ats",
    licence="texts belong to the employers; keep numbers and derived facts",
    terms="documented file without key, for employers who switched it on",
    languages=("de", "en"),
    date_kind="created",
    min_interval_hours=0.0,
    never_gives=("updated_at", "remote"),
)


def boards(fetcher: Fetcher, since: str | None) -> list[str]:
    """Refuse: an employer must be named."""
    ask_for_board(SOURCE)


def expand(board: str, since: str | None) -> list[str]:
    """Return the employer's name in its address; raises TargetError for what is none."""
    return [check_host(SOURCE, board, HOSTS)]


def read_board(fetcher: Fetcher, board: str, since: str | None) -> Iterator[Posting | Reject]:
    """Yield the positions of an employer; raises GoneError for an unknown one and where the file is not switched on."""
    host, page = _find_host(fetcher, board)
    positions = _choose({}, page)
    failure: ScrapeError | None = None
    try:
        positions = _choose(positions, _ask(fetcher, host, LANGUAGES[1]))
    except GoneError:
        pass
    except ScrapeError as error:
        failure = error
    answers = ((page, [position]) for page, position in positions.values())
    yield from read_all(SOURCE, board, answers, partial(_to_record, host, board))
    if failure:
        raise failure


def _find_host(fetcher: Fetcher, board: str) -> tuple[str, Page]:
    """Return the host under which the employer's file is found, and the file in the first language."""
    try:
        return f"{board}{HOSTS[0]}", _ask(fetcher, f"{board}{HOSTS[0]}", LANGUAGES[0])
    except GoneError:
        return f"{board}{HOSTS[1]}", _ask(fetcher, f"{board}{HOSTS[1]}", LANGUAGES[0])


def _ask(fetcher: Fetcher, host: str, language: str) -> Page:
    return fetcher.get(f"https://{host}/xml", {"language": language}, accept="application/xml")


def _choose(chosen: dict[str, tuple[Page, ET.Element]], page: Page) -> dict[str, tuple[Page, ET.Element]]:
    """Return the positions by number with those of a page that are new, or have texts where the chosen one has none."""
    found = dict(chosen)
    for i, position in enumerate(read_xml(page, "workzag-jobs").iter("position")):
        number = _text(position, "id") or f"{page.url} {i}"
        if number not in found or (_sections(position) and not _sections(found[number][1])):
            found[number] = page, position
    return found


def _to_record(host: str, board: str, position: ET.Element) -> Record:
    number = _text(position, "id")
    offices = [_text(position, "office"), *(e.text or "" for e in position.iterfind("additionalOffices/office"))]
    terms = [_text(position, "employmentType"), _text(position, "schedule")]
    return Record(
        native_id=number,
        title=_text(position, "name"),
        company=_text(position, "subcompany") or board,
        sections=_sections(position),
        url=f"https://{host}/job/{number}",
        location="; ".join(dict.fromkeys(filter(None, map(str.strip, offices)))),
        posted_at=_text(position, "createdAt"),
        employment_type=", ".join(filter(None, terms)),
    )


def _sections(position: ET.Element) -> list[Section]:
    parts = position.iterfind("jobDescriptions/jobDescription")
    sections = (Section(_text(part, "name"), "unknown", html_to_lines(_inner(part.find("value")))) for part in parts)
    return [section for section in sections if section.text]


def _inner(value: ET.Element | None) -> str:
    """Return the HTML of a body: CDATA as a rule, but some hold the tags themselves."""
    if value is None:
        return ""
    return (value.text or "") + "".join(ET.tostring(child, encoding="unicode") for child in value)


def _text(parent: ET.Element, name: str) -> str:
    return " ".join((parent.findtext(name) or "").split())
