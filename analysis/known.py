"""What can be asked for: skills of the vocabulary or of the facts, and sources, countries and years facts are of."""

from collections.abc import Iterable
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from analysis.classify.vocabulary import load_vocabulary
from analysis.measure.population import UNKNOWN, Query, QueryError


def check(query: Query, facts: pa.Table) -> None:
    """Raise QueryError for a question whose skill, source, country or years no fact can answer."""
    check_skill(query.skill, facts)
    check_sources(query.sources or (), facts)
    check_countries(query.countries or (), facts)
    check_years(query.years, facts)


def check_skill(skill: str, facts: pa.Table) -> None:
    """Raise QueryError, naming the nearest ids, for a skill that neither the vocabulary nor the facts know."""
    known = set(load_vocabulary().terms)
    if skill in known:
        return
    for chunk in facts["skills"].chunks:
        known.update(pc.unique(pc.struct_field(pc.list_flatten(chunk), "skill")).to_pylist())
    if skill not in known:
        hint = _nearest(skill, known, 0.6) or "all are in data/vocabulary/skills.yaml"
        raise QueryError(f"skill {skill!r} is not known; {hint}")


def _nearest(name: str, known: Iterable[str], cutoff: float) -> str:
    """Return the question whether one of the three nearest names was meant; empty where none is near."""
    near = get_close_matches(name, sorted(known), 3, cutoff)
    return f"did you mean: {', '.join(near)}" if near else ""


def check_sources(sources: Iterable[str], facts: pa.Table) -> None:
    """Raise QueryError, naming the nearest, for a source that no fact is from."""
    known = set(pc.unique(facts["source"].cast(pa.string())).to_pylist())
    for source in sources:
        if source not in known:
            hint = _nearest(source, known, 0.3) or "all are in: airflow-demand status"
            raise QueryError(f"there is no source {source!r}; {hint}")


def check_countries(countries: Iterable[str], facts: pa.Table) -> None:
    """Raise QueryError, naming those with most postings, for a country that no fact is from."""
    counts = pc.value_counts(facts["country"].cast(pa.string()).drop_null()).to_pylist()
    known = [c["values"] for c in sorted(counts, key=lambda c: (-c["counts"], c["values"]))]
    for country in countries:
        if country not in (*known, UNKNOWN):
            raise QueryError(
                f"no posting is from {country!r}; most are from: {', '.join(known[:8]) or 'nowhere known'}"
            )


def check_years(years: tuple[int, int] | None, facts: pa.Table) -> None:
    """Raise QueryError, naming the years there are, for a period without a single posting."""
    if years is None:
        return
    dates = pc.unique(facts["posted_on"].cast(pa.string()).drop_null()).to_pylist()
    known = sorted({int(date[:4]) for date in dates})
    if not any(years[0] <= year <= years[1] for year in known):
        asked = str(years[0]) if years[0] == years[1] else f"{years[0]}-{years[1]}"
        there = f"; there are some of {known[0]}-{known[-1]}" if known else ""
        raise QueryError(f"no postings in {asked}{there}")
