"""The tagger over Arrow batches: one pure function, the same serially, in a pool of processes, or on a cluster."""

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from analysis.classify.tagger import Posting, Tag, Tagger
from analysis.fact import FACT_SCHEMA
from analysis.fingerprint import body_hash, company_id, near_hash, title_hash, words_of
from analysis.truncation import is_cut
from scrapers.posting import Section

_COMMENT = re.compile(r"\d{6,}(?:-\w+)?")

COLUMNS = (
    "posting_id",
    "source",
    "family",
    "native_id",
    "title",
    "company",
    "country",
    "lang",
    "posted_at",
    "posted_at_kind",
    "text",
    "sections",
    "is_truncated",
    "run",
)
"""Columns of a posting that the tagger reads."""

OPEN_KINDS = ("published", "created", "structured")
"""Kinds of date of adverts that stay open until somebody closes them, and so can outlive their year."""


def is_survivor(posted_at: str | None, kind: str, read_on: str | None) -> bool:
    """Tell whether an advert was still open more than 12 months after it was posted."""
    if not posted_at or not read_on or kind not in OPEN_KINDS:
        return False
    year_before = f"{int(read_on[:4]) - 1}{read_on[4:10]}"
    return posted_at[:10] < year_before[: len(posted_at[:10])]


def tag_batch(batch: pa.RecordBatch, tagger: Tagger, read_on: Mapping[str, str | None]) -> pa.RecordBatch:
    """Return the unlinked facts of a batch of postings, in the same order.

    `batch` has the columns `COLUMNS`; `read_on` gives the day on which each run's pages were read.
    Cluster fields are left empty: linking needs to see all postings.
    """
    rows = batch.select(COLUMNS).to_pylist()
    tags = tagger.tag_many([Posting(r["title"], r["text"], [Section(**s) for s in r["sections"]]) for r in rows])
    vendors = tagger.vocabulary.vendor_of
    facts = [
        _fact(row, tag, read_on) | {"vendor_of": vendors(row["company"]), "tagger_version": tagger.version}
        for row, tag in zip(rows, tags, strict=True)
    ]
    return pa.RecordBatch.from_pylist(facts, schema=FACT_SCHEMA)


def _comment_number(native_id: str | None) -> str | None:
    """Return a Hacker News comment's number; row numbers of somebody's file would tie strangers together."""
    return native_id if native_id and _COMMENT.fullmatch(native_id) else None


def _fact(row: Mapping[str, Any], tag: Tag, read_on: Mapping[str, str | None]) -> dict[str, Any]:
    text: str = row["text"]
    words = words_of(text)
    kind = row["posted_at_kind"]
    return {
        "posting_id": row["posting_id"],
        "source": row["source"],
        "family": row["family"],
        "ref": _comment_number(row["native_id"]) if row["family"] == "hn" else None,
        "cluster_id": "",
        "cluster_rank": 0,
        "company_id": company_id(row["company"]),
        "title_hash": title_hash(row["title"]),
        "body_hash": body_hash(words),
        "near_hash": near_hash(words),
        "posted_on": row["posted_at"][:10] if row["posted_at"] else None,
        "posted_on_kind": kind,
        "country": row["country"],
        "lang": row["lang"],
        "n_chars": len(text),
        "is_truncated": is_cut(text) if row["is_truncated"] is None else row["is_truncated"],
        "is_survivor": is_survivor(row["posted_at"], kind, read_on.get(row["run"])),
        "roles": tag.roles,
        "role_method": tag.role_method,
        "role_confidence": tag.role_confidence,
        "skills": [{"skill": s.skill, "level": s.level, "how": s.how} for s in tag.skills],
        "is_unsectioned": tag.is_unsectioned,
    }
