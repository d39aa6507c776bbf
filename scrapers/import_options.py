"""Options: what an import is told beside its files, checked before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from scrapers.countries import to_iso2
from scrapers.dates import parse_date
from scrapers.lines import known_encoding
from scrapers.posting import FAMILIES
from scrapers.records import to_name
from scrapers.rows import ImportProblem, RowProblem


@dataclass(frozen=True, slots=True)
class Options:
    """What an import is told beside its files; `import_files` says what each means."""

    dataset: str | None
    family: str | None
    mapping: Mapping[str, str]
    company: str | None
    encoding: str | None
    is_truncated: bool | None
    country: str | None
    read_on: str | None


def check_options(options: Options) -> Options:
    """Return the options, country and day in their standard form; raises ImportProblem for one that makes no sense."""
    if options.family and options.family not in FAMILIES:
        raise ImportProblem(f"unknown family {options.family!r}; families are {', '.join(FAMILIES)}")
    if options.country and not to_iso2(options.country):
        raise ImportProblem(f"unknown country {options.country!r}; give its two-letter code")
    if options.encoding:
        known_encoding(options.encoding)
    if options.read_on and len(parse_date(options.read_on) or "") != len("2024-01-31"):
        raise ImportProblem(f"--read-on {options.read_on!r} is no day (YYYY-MM-DD)")
    if options.dataset and not dataset_name(options.dataset):
        raise ImportProblem(f"dataset name {options.dataset!r} has neither letters nor digits")
    return replace(options, country=to_iso2(options.country), read_on=parse_date(options.read_on))


def today() -> str:
    """Return the latest date that it is anywhere on Earth."""
    return (datetime.now(UTC) + timedelta(hours=14)).date().isoformat()


def dataset_name(text: str) -> str:
    """Return a dataset's name as it may stand in paths; raises ImportProblem when it is too long."""
    try:
        return to_name(text)
    except RowProblem as problem:
        raise ImportProblem(f"{problem} ({text[:30]}…); choose another with --dataset") from None
