"""Excerpts: which postings are quoted for a skill and level, from the store's texts or from this project's examples."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from analysis.classify.tagger import SECTION_LINE, TITLE_LINE, Mention, Posting, Tag, Tagger
from analysis.faults import Misuse
from analysis.gold import read_gold
from analysis.loading import load_files
from analysis.measure.population import LEVEL_CHOICES, Query, counted
from analysis.quoting import Line, is_whole, plain, quote
from scrapers.posting import Section
from scrapers.store import Store, bundled

N_READ: Final = 40
"""Postings of each level whose texts are read to find the best ones."""
SURE: Final = 0.9
MIN_WORDS: Final = 5
"""Fewer are a bare list: a reader learns nothing of how the skill is asked for."""
_SECTIONED: Final = ("native", "heading")
_TITLE_CHARS: Final = 80
_COLUMNS: Final = ("posting_id", "source", "family", "title", "company", "url", "text", "sections")
_FACTS: Final = ("posting_id", "source", "roles", "role_method", "role_confidence", "posted_on", "country", "skills")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A few words of a posting that name a skill, and why they count at their level; one line each, no controls."""

    posting_id: str
    skill: str
    level: str
    how: str
    evidence: str
    """The heading or cue that decided the level; empty for model and default."""
    heading: str
    """What the lines stand under; empty where nothing does, or where the first line begins with it."""
    lines: tuple[Line, ...]
    role: str
    title: str | None = None
    company: str | None = None
    source: str = ""
    url: str | None = None
    posted_on: str | None = None
    country: str | None = None
    is_example: bool = False
    """Written for this project, not by an employer."""


class _Candidate(NamedTuple):
    excerpt: Excerpt
    is_sure: bool
    employer: str


def excerpts(
    store: Store,
    query: Query,
    n: int = 1,
    *,
    is_masked: bool = False,
    tagger: Tagger | None = None,
    after: str | None = None,
) -> list[Excerpt]:
    """Return for each level that the query asks for the `n` best excerpts of the store, strongest level first.

    Only postings that the query counts among the store's own facts are quoted. Best first: the level stands in a field
    or under a heading, the title names the role, the line is quoted whole, says more than a bare list and has a heading
    to show, newest month, shortest; then by id, so that the choice is always the same. No employer is quoted twice
    while another is left. `is_masked` leaves out employer, title and link. Empty where the store has no such text.
    `tagger` saves loading the store's own; `after` names the commit whose facts count, if not the last. Raises
    StoreError and QueryError.
    """
    facts = load_files(store, store.fact_files(after).values(), "store")
    frame = counted(facts, replace(query, level="any", by=(), weights="none"))
    hits = frame[frame["hit"]]
    promising = [
        _promising(facts, hits.loc[hits["level"] == level, "posting_id"].tolist(), query.skill)
        for level in LEVEL_CHOICES[query.level]
    ]
    known = {row["posting_id"]: row for rows in promising for row in rows}
    postings = list(stored(store, known, {row["source"] for row in known.values()}))
    if not postings:
        return []
    tagger = tagger or Tagger.load(root=store.files.address)
    tags = tagger.tag_many([as_read(posting) for posting in postings])
    read = [(p, known[p["posting_id"]], tag) for p, tag in zip(postings, tags, strict=True)]
    return _choose(read, tagger, query, n, is_masked)


def examples(query: Query, n: int = 1, *, tagger: Tagger | None = None) -> list[Excerpt]:
    """Return the same from the postings that were written for this project, each marked as an example.

    They are of no source, country, language or day: a query that asks for one raises Misuse.
    """
    if query.sources or query.countries or query.families or query.posting_lang or query.years:
        raise Misuse("the store has no tagged texts to choose among: collect or import postings, then tag them")
    gold = read_gold(bundled("labels/sample.jsonl"))
    # Without models: they are asked where neither heading nor cue decides, and such postings are chosen last.
    tagger = tagger or Tagger()
    tags = tagger.tag_many([as_read(row) for row in gold])
    asked = query.population
    read = []
    for row, tag in zip(gold, tags, strict=True):
        if asked is None or set(tag.roles) & set(asked):
            posting = {**row, "posting_id": row["id"], "company": None, "url": None}
            posting["family"] = "hn" if row["stratum"].startswith("hn") else "job_board"
            fact = {"source": "", "posted_on": None, "country": None, "roles": tag.roles}
            method = {"role_method": tag.role_method, "role_confidence": tag.role_confidence}
            read.append((posting, fact | method, tag))
    return [replace(excerpt, is_example=True) for excerpt in _choose(read, tagger, query, n, False)]


def stored(store: Store, ids: Iterable[str], sources: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the postings named, as the store has them now."""
    wanted = pa.array(list(ids), pa.string())
    for source in sorted(sources):
        for batch in store.postings(source, _COLUMNS):
            yield from batch.filter(pc.is_in(batch.column("posting_id"), wanted)).to_pylist()


def as_read(row: Mapping[str, Any]) -> Posting:
    """Return a stored posting as the tagger reads it."""
    parts = [part if isinstance(part, Section) else Section(**part) for part in row["sections"]]
    return Posting(row["title"], row["text"], parts)


def origin(row: Mapping[str, Any], tag: Tag, at: Mention, tagger: Tagger) -> tuple[str, list[Mention]] | None:
    """Return the text that the offsets of a mention count in, and all mentions of that text.

    None for a mention of the title, and for one whose section cannot be told.
    """
    if at.line == TITLE_LINE:
        return None
    if at.line != SECTION_LINE:
        return row["text"], [m for m in tag.mentions if m.line > 0]
    for section in as_read(row).sections:
        mentions = [m for m in tagger.tag(None, section.text).mentions if m.line > 0]
        has_name = any((m.skill, m.start, m.end) == (at.skill, at.start, at.end) for m in mentions)
        if has_name and (at.how != "native" or at.evidence in (section.heading, section.kind)):
            return section.text, mentions
    return None


def _promising(facts: pa.Table, ids: list[str], skill: str) -> list[dict[str, Any]]:
    """Return the facts, of the postings named, that promise the best excerpts."""
    found = facts.filter(pc.is_in(facts["posting_id"].cast(pa.string()), pa.array(ids, pa.string())))
    rows: list[dict[str, Any]] = found.select(_FACTS).to_pylist()
    rows.sort(key=lambda row: row["posting_id"])
    rows.sort(key=lambda row: row["posted_on"] or "", reverse=True)
    hows = {row["posting_id"]: next(s["how"] for s in row["skills"] if s["skill"] == skill) for row in rows}
    rows.sort(key=lambda row: (hows[row["posting_id"]] not in _SECTIONED, not _is_sure(row)))
    return rows[:N_READ]


def _is_sure(fact: Mapping[str, Any]) -> bool:
    return bool(fact["role_method"] == "title" and fact["role_confidence"] >= SURE)


def _choose(
    read: Iterable[tuple[Mapping[str, Any], Mapping[str, Any], Tag]],
    tagger: Tagger,
    query: Query,
    n: int,
    is_masked: bool,
) -> list[Excerpt]:
    """Return the best excerpts by level; of a posting read anew the level counts that is found now."""
    found: dict[str, list[_Candidate]] = {level: [] for level in LEVEL_CHOICES[query.level]}
    for posting, fact, tag in read:
        level = next((s.level for s in tag.skills if s.skill == query.skill), None)
        if level not in found:
            continue
        cut = [_cut(posting, fact, tag, m, tagger, is_masked) for m in tag.mentions if _is_at(m, query.skill, level)]
        employer = posting["company"] or posting["posting_id"]
        found[level] += [_Candidate(excerpt, _is_sure(fact), employer) for excerpt in cut if excerpt]
    chosen: list[Excerpt] = []
    seen: set[str] = set()
    for level in found:
        ranked = _ranked(found[level])
        while ranked and sum(e.level == level for e in chosen) < n:
            best = next((c for c in ranked if c.employer not in seen), ranked[0])
            seen.add(best.employer)
            chosen.append(best.excerpt)
            ranked = [c for c in ranked if c.excerpt.posting_id != best.excerpt.posting_id]
    return chosen


def _is_at(mention: Mention, skill: str, level: str) -> bool:
    return (mention.skill, mention.level) == (skill, level)


def _ranked(found: Iterable[_Candidate]) -> list[_Candidate]:
    ranked = sorted(found, key=lambda c: (len(_own(c.excerpt).text), c.excerpt.posting_id))
    ranked.sort(key=lambda c: (c.excerpt.posted_on or "")[:7], reverse=True)
    ranked.sort(key=lambda c: (c.excerpt.how not in _SECTIONED, not c.is_sure, *_lacks(c.excerpt)))
    return ranked


def _own(excerpt: Excerpt) -> Line:
    return max(excerpt.lines, key=lambda line: len(line.spans))


def _lacks(excerpt: Excerpt) -> tuple[bool, bool, bool]:
    n_words = sum(any(c.isalpha() for c in word) for word in _own(excerpt).text.split())
    return not is_whole(excerpt.lines), n_words < MIN_WORDS, not excerpt.heading


def _cut(
    posting: Mapping[str, Any], fact: Mapping[str, Any], tag: Tag, at: Mention, tagger: Tagger, is_masked: bool
) -> Excerpt | None:
    where = origin(posting, tag, at, tagger)
    if where is None:
        return None
    company, url = posting["company"], posting["url"]
    hidden = company if is_masked else None
    made = quote(*where, at, hidden)
    # The header line of a Hacker News post names everything there is; a title only the job.
    title = None if is_masked or posting["family"] == "hn" else posting["title"]
    return Excerpt(
        posting_id=posting["posting_id"],
        skill=at.skill,
        level=at.level,
        how=at.how,
        evidence=plain(at.evidence, hidden),
        heading=made.heading,
        lines=made.lines,
        role=(fact["roles"] or ("other",))[0],
        title=plain(title)[:_TITLE_CHARS] if title else None,
        company=plain(company)[:_TITLE_CHARS] if company and not is_masked else None,
        source=fact["source"],
        url=url if url and not is_masked and url.startswith(("https://", "http://")) else None,
        posted_on=fact["posted_on"],
        country=fact["country"],
    )
