"""Invented postings in any number: lines of the bundled labelled sample, recombined by a seed."""

import json
import random
from collections.abc import Iterator
from typing import Any, Final

from scrapers.posting import FAMILIES, Posting, Section, posting_id
from scrapers.store import bundled

SOURCE: Final = "invented"
RUN: Final = "invented-1"
_KOREAN_SHARE: Final = 0.4
_SECTIONED_SHARE: Final = 0.1
_ODD_SHARE: Final = 0.01


def invent(n: int, seed: int) -> Iterator[Posting]:
    """Yield n postings, the same for the same seed: an employer's text is 3 to 9 samples of one language, thinned.

    Samples stay in one piece apart from dropped lines, so headings stand before what they head. One in ten has
    sections of its own as well; one in a hundred has neither title nor text, as real collections do.
    """
    samples: dict[str, list[dict[str, Any]]] = {"ko": [], "en": []}
    with bundled("labels/sample.jsonl").open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            samples["ko" if row["stratum"].startswith("ko") else "en"].append(row)
    rng = random.Random(seed)
    for i in range(n):
        lang = "ko" if rng.random() < _KOREAN_SHARE else "en"
        yield _posting(i, lang, samples[lang], rng)


def _posting(i: int, lang: str, samples: list[dict[str, Any]], rng: random.Random) -> Posting:
    parts = rng.sample(samples, rng.randint(3, 9))
    is_odd = rng.random() < _ODD_SHARE
    lines = [line for part in parts for line in part["text"].split("\n") if rng.random() < 0.85]
    sections = [("Requirements", "required"), ("", "preferred")] if rng.random() < _SECTIONED_SHARE else []
    # No date of any calendar: each month has 28 days here.
    day = f"20{rng.randint(18, 26)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return Posting(
        posting_id=posting_id(SOURCE, "", str(i), None, None, ""),
        source=SOURCE,
        native_id=str(i),
        title=None if is_odd else parts[0]["title"],
        company=f"Company {rng.randrange(2_000)}" if rng.random() < 0.9 else None,
        country=rng.choice(["US", "KR", "DE", None]),
        lang=lang,
        family=rng.choice(FAMILIES),
        posted_at=day,
        posted_at_kind=rng.choice(["published", "scraped", "thread"]),
        text="" if is_odd else "\n".join(lines),
        sections=tuple(Section(h, kind, rng.choice(parts)["text"]) for h, kind in sections),
        is_truncated=rng.choice([None, False]),
        run=RUN,
    )
