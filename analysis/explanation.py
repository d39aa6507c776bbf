"""Explain: why one posting counts or does not, decision by decision, with the words that decided."""

from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analysis.classify.tagger import TITLE_LINE, Mention, Tag, Tagger
from analysis.excerpt import as_read, origin, stored
from analysis.fact import LEVELS
from analysis.faults import Misuse
from analysis.measure.population import Query, each_reason
from analysis.quoting import Line, plain, quote
from scrapers.store import Store

N_NAMED: Final = 5
_SHOWN: Final = (
    "posting_id",
    "source",
    "family",
    "ref",
    "cluster_id",
    "cluster_rank",
    "posted_on",
    "posted_on_kind",
    "country",
    "lang",
    "n_chars",
    "roles",
    "role_method",
    "role_confidence",
    "skills",
    "is_unsectioned",
    "tagger_version",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A posting of the same vacancy; the reasons say why it is not counted, None where it is."""

    posting_id: str
    source: str
    posted_on: str | None
    reason: str | None
    reason_by_year: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place that names the skill, its level and what decided it; `line` counts as in a tag's mentions."""

    level: str
    how: str
    evidence: str
    line: int
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of one posting: `fact` by field, the vacancy's members, and the places where its text is kept."""

    fact: dict[str, Any]
    skill: str
    members: tuple[Member, ...]
    places: tuple[Place, ...]
    title: str | None
    link: str | None
    has_text: bool
    read_by: str | None
    """Version of the tagger that read the text for this explanation."""

    @property
    def own(self) -> Member:
        return next(m for m in self.members if m.posting_id == self.fact["posting_id"])


def explain(
    facts: pa.Table, store: Store, which: str, skill: str = "airflow", *, tagger: Tagger | None = None
) -> Explanation:
    """Return why a posting counts; `which` is its id, a beginning of it, or its number on Hacker News.

    facts has the columns of FACT_SCHEMA; `tagger` saves loading the store's own. Raises Misuse when no fact or more
    than one answers to `which`.
    """
    fact = _find(facts, store, which)
    posting = next(stored(store, [fact["posting_id"]], {fact["source"]} & set(store.sources())), None)
    members = _members(facts, fact, skill)
    if posting is None:
        return Explanation(fact, skill, members, (), None, _public(fact), False, None)
    tagger = tagger or Tagger.load(root=store.files.address)
    tag = tagger.tag_many([as_read(posting)])[0]
    places = tuple(_place(posting, tag, m, tagger) for m in _telling(tag, skill))
    title = plain(posting["title"]) if posting["title"] else None
    return Explanation(fact, skill, members, places, title, posting["url"] or _public(fact), True, tagger.version)


def _find(facts: pa.Table, store: Store, which: str) -> dict[str, Any]:
    ids, refs = facts["posting_id"].cast(pa.string()), facts["ref"].cast(pa.string())
    for match in (pc.equal(ids, which), pc.equal(refs, which), pc.starts_with(ids, which)):
        found = facts.filter(pc.fill_null(match, False))
        if found.num_rows == 1:
            row: dict[str, Any] = found.select(_SHOWN).to_pylist()[0]
            return row
        if found.num_rows:
            first = ", ".join(found["posting_id"].slice(0, N_NAMED).cast(pa.string()).to_pylist())
            raise Misuse(f"{found.num_rows:,} postings answer to {which!r}: {first}; give more of the id")
    if any(posting_id.startswith(which) for source in store.sources() for posting_id, _ in store.contents(source)):
        raise Misuse(f"posting {which!r} is stored but has no facts yet: run airflow-demand tag")
    raise Misuse(f"no posting {which!r}: give the posting_id, or its beginning, from the store or the snapshot")


def _members(facts: pa.Table, fact: dict[str, Any], skill: str) -> tuple[Member, ...]:
    """Return the postings of a fact's vacancy, in the order in which they joined it."""
    cluster = fact["cluster_id"] or fact["posting_id"]
    column = "cluster_id" if fact["cluster_id"] else "posting_id"
    mine = facts.filter(pc.equal(facts[column].cast(pa.string()), cluster))
    pooled, yearly = each_reason(mine, Query(skill=skill)), each_reason(mine, Query(skill=skill, by=("year",)))
    rows = mine.select(["posting_id", "source", "posted_on", "cluster_rank"]).to_pylist()
    rows.sort(key=lambda row: (row["cluster_rank"], row["posting_id"]))
    return tuple(
        Member(r["posting_id"], r["source"], r["posted_on"], pooled[r["posting_id"]], yearly[r["posting_id"]])
        for r in rows
    )


def _public(fact: dict[str, Any]) -> str | None:
    """Return where everybody can read the posting; a comment that was split keeps its number before the hyphen."""
    return f"https://news.ycombinator.com/item?id={fact['ref'].split('-')[0]}" if fact["ref"] else None


def _telling(tag: Tag, skill: str) -> list[Mention]:
    """Return the mentions of a skill, the strongest first, and of those that a line decides alike the first."""
    first: dict[tuple[int, str, str], Mention] = {}
    for mention in sorted((m for m in tag.mentions if m.skill == skill), key=lambda m: LEVELS.index(m.level)):
        first.setdefault((mention.line, mention.level, mention.evidence), mention)
    return list(first.values())


def _place(posting: dict[str, Any], tag: Tag, at: Mention, tagger: Tagger) -> Place:
    where = origin(posting, tag, at, tagger)
    if at.line == TITLE_LINE:
        where = posting["title"], [m for m in tag.mentions if m.line == TITLE_LINE]
    made = quote(*where, at) if where else None
    heading, lines = (made.heading, made.lines) if made else ("", ())
    own = tuple(line for line in lines if line.spans)
    return Place(at.level, at.how, plain(at.evidence), at.line, heading, own)
