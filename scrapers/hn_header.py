"""The soft header grammar of Hacker News hiring posts: company, roles, place and terms from the first lines."""

import re
from dataclasses import dataclass
from typing import Final

from scrapers.hn_company import DOMAIN, FIELD, ROLE, TERMS, URL, clean_name, find_company, split_header
from scrapers.places import country_of, find_places, is_place
from scrapers.text import clean_text

MAX_TITLE: Final = 300
"""Longer first lines are paragraphs, cut at a word."""


@dataclass(frozen=True, slots=True)
class HnPost:
    """One hiring post, read as far as its header allows; what is not clear is None."""

    header: str
    title: str | None
    company: str | None
    roles: tuple[str, ...]
    location: str | None
    country: str | None
    remote: bool | None
    employment_type: str | None
    text: str


_PASTED = re.compile(r"^\s*\d+ points? by ")
_NO_REMOTE = re.compile(
    r"(?i)\b(?:no|not|non|without)[ -]?remot\w*|remote\W{0,2}\s*(?:is\s+)?(?:not|no\b|:\s*no)"
    r"|no\s+(?:wfh|telecommut\w+)|on-?site only"
)
_REMOTE = re.compile(r"(?i)\bremot\w*|\bwork from (?:home|anywhere)\b|\btelecommut\w+|\bwfh\b|원격|재택")
_ON_SITE = re.compile(r"(?i)\bon[ -]?site\b|\bin[ -]office\b|\bhybrid\b|\bin[ -]person\b")
_EMPLOYMENT: Final = (
    ("full-time", re.compile(r"(?i)\bfull[ -]?time\b|\bFTE?\b|\bpermanent\b|정규직")),
    ("part-time", re.compile(r"(?i)\bpart[ -]?time\b")),
    ("contract", re.compile(r"(?i)\bcontract(?:or|ors|s)?\b|\bfreelanc\w+|계약직")),
    ("intern", re.compile(r"(?i)\bintern(?:s|ships?)?\b|인턴")),
)


def _header_of(lines: list[str]) -> str:
    """Return the header line, joined again where the poster broke it at a separator."""
    header = lines[0]
    for line in lines[1:6]:
        if not (line.startswith(("|", "｜")) or header.endswith(("|", "｜"))):
            break
        header = f"{header} {line}"
    return " ".join(header.split())


def _plain_of(segment: str) -> str:
    return " ".join(w for w in TERMS.sub(" ", URL.sub(" ", segment)).split() if not DOMAIN.match(w))


def _find_roles(segments: list[str], company: str | None, lines: list[str]) -> tuple[str, ...]:
    fields = [m for line in lines[:8] if (m := FIELD.match(line))]
    named = [m[2] for m in fields if m[1].lower().startswith(("role", "position", "job", "title"))]
    found = [s for s in segments if ROLE.search(_plain_of(s)) and clean_name(s) != company and len(s) <= 200]
    return tuple(dict.fromkeys([*found, *(s for s in named if ROLE.search(_plain_of(s)))]))


def _find_remote(header: str) -> bool | None:
    if _REMOTE.search(_NO_REMOTE.sub(" ", header)):
        return True
    return False if _NO_REMOTE.search(header) or _ON_SITE.search(header) else None


def parse_post(text_or_html: str) -> HnPost:
    """Read one hiring post, HTML or plain text, by the soft header grammar of the threads.

    A company is given only where the grammar or the text backs it: it decides which adverts share an employer.
    """
    text = clean_text(text_or_html)
    lines = [line.strip() for line in text.split("\n") if line.strip() and not _PASTED.match(line)]
    if not lines:
        return HnPost("", None, None, (), None, None, None, None, text)
    header = _header_of(lines)
    segments = split_header(header)
    company = find_company(header, segments, lines)
    bare = [s.removeprefix(company or "").strip(" ,;:-–—") if i == 0 else s for i, s in enumerate(segments)]
    places = [s for s in bare if len(s) <= 160 and find_places(s)]
    places += [m[2] for line in lines[:8] if (m := FIELD.match(line)) and m[1].lower().startswith(("loc", "where"))]
    kinds = [name for name, pattern in _EMPLOYMENT if pattern.search(header)]
    return HnPost(
        header=header,
        title=header if len(header) <= MAX_TITLE else header[:MAX_TITLE].rsplit(" ", 1)[0],
        company=company,
        roles=_find_roles(segments if len(segments) > 1 else [header], company, lines),
        location="; ".join(p for p in places if len(segments) > 1 or p != bare[0] or is_place(p)) or None,
        country=country_of(places),
        remote=_find_remote(header),
        employment_type=", ".join(kinds) or None,
        text=text,
    )
