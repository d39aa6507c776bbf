"""Fact: a tagged posting without its text, title or company name; what rates are counted from and what is published."""

from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from scrapers.posting import DATE_KINDS, FAMILIES, doc, schema_of

DATA_ROLES: Final = ("data_engineer", "data_scientist", "ml_engineer", "bi_analyst", "analytics_engineer")
ROLES: Final = (*DATA_ROLES, "software_engineer", "other")
LEVELS: Final = ("required", "preferred", "mentioned")
HOWS: Final = ("native", "heading", "cue", "model", "default")

COUNTABLE_KINDS: Final = ("published", "created", "thread", "structured", "scraped", "dataset_period")
"""Kinds of date that may enter year charts."""
WEAK_KINDS: Final = ("scraped", "dataset_period")
"""Countable kinds that tell only when a posting was up, not when it was posted."""
MIN_CHARS: Final = 200
"""Shorter texts are kept but never counted."""


def _typed(meaning: str, arrow: pa.DataType, **kwargs: Any) -> Any:
    return field(metadata={"doc": meaning, "arrow": arrow}, **kwargs)


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill that a posting names, at its strongest level."""

    skill: str = doc("skill id of the vocabulary, such as airflow or power_bi")
    level: str = doc("one of: " + ", ".join(LEVELS))
    how: str = doc("evidence that decided the level, one of: " + ", ".join(HOWS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known of one posting once it is tagged and linked."""

    posting_id: str = doc("the posting's id")
    source: str = doc("platform or dataset")
    family: str = doc("kind of source: " + ", ".join(FAMILIES))
    ref: str | None = doc("public item number where there is one (Hacker News comment id)", default=None)
    cluster_id: str = doc("the vacancy: posting_id of the member that was linked first; stable", default="")
    cluster_rank: int = _typed("order of joining the vacancy, 0 for its first member", pa.int32(), default=0)
    company_id: str | None = doc("hash of the normalised employer name; null when no employer is known", default=None)
    title_hash: int = _typed("64-bit hash of the normalised title", pa.uint64(), default=0)
    body_hash: int = _typed("64-bit hash of the normalised text", pa.uint64(), default=0)
    near_hash: int = _typed(
        "64-bit similarity hash of the text: near-duplicates differ in few bits", pa.uint64(), default=0
    )
    posted_on: str | None = doc("when it was posted, as precise as known: 2023, 2023-07 or 2023-07-14", default=None)
    posted_on_kind: str = doc("kind of that date: " + ", ".join(DATE_KINDS), default="seen")
    country: str | None = doc("ISO 3166 two-letter code; null when not known", default=None)
    lang: str = doc("language of the text: ko, en, de, fr, es, pt or other", default="other")
    n_chars: int = _typed("length of the text in characters", pa.int32(), default=0)
    is_truncated: bool = doc("the text was cut off by whoever collected it: never counted", default=False)
    is_survivor: bool = doc(
        "still open when read, more than 12 months after it was posted: left out of yearly rates", default=False
    )
    vendor_of: str | None = doc(
        "skill whose vendor the employer is; such adverts are left out of that skill's rates", default=None
    )
    roles: tuple[str, ...] = doc("roles advertised, main first; of: " + ", ".join(ROLES), default=())
    role_method: str = doc("how the roles were decided: title, text, model or default", default="default")
    role_confidence: float = _typed("confidence in the main role, 0 to 1", pa.float32(), default=0.0)
    skills: tuple[Skill, ...] = doc("skills named, each once at its strongest level", default=())
    is_unsectioned: bool = doc("no heading or native field separates requirements in this text", default=False)
    tagger_version: str = doc("version of the tagger that made this fact", default="")


FACT_SCHEMA: Final = schema_of(Fact)
