"""Claims as they are written down: the file that is judged, and how its fields are read and checked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NoReturn

import pyarrow as pa
import yaml

from analysis.faults import Fault
from analysis.known import check
from analysis.measure.claims import RELATIONS, TOLERANCE, Claim
from analysis.measure.population import Query, QueryError
from scrapers.store import Files, bundled, default_root

NAME: Final = "claims.yaml"
LANGS: Final = ("ko", "en")

MEASURES: Final = {"postings": "none", "companies": "company"}
"""What a share is a share of, and the weights that measure it."""

_ASKED: Final = ("skill", "level", "roles", "years", "measure", "population")
_KEYS: Final = ("id", "wording", "said", "relation", "value", "tolerance", *_ASKED)
_UNUSED: Final = {"about": (), "at_least": ("tolerance",), "increasing": ("value", "tolerance", "measure")}
_POPULATION: Final = ("families", "sources", "countries", "posting_lang")
_YEARS: Final = re.compile(r"(\d{4})(?:-(\d{4}))?")


class ClaimError(Fault):
    """A file of claims cannot be used; the message names file, line and fault on one line."""


def load_claims(root: str | Path | None = None, file: Path | None = None) -> tuple[Claim, ...]:
    """Return the claims of a file, else those of claims.yaml in the data root, else the bundled ones.

    Raises ClaimError with file, line and field for what cannot be read or judged.
    """
    if file is not None:
        return _read(file)
    files = Files(root if root is not None else default_root())
    if files.exists(NAME):
        return parse_claims(files.read(NAME), files.path(NAME))
    return bundled_claims()


def bundled_claims() -> tuple[Claim, ...]:
    """Return the presentation's claims, which come with the project."""
    return _read(bundled(NAME))


def claimed_share() -> float | None:
    """Return the share in [0, 1] of postings for data roles that name Airflow, as the presentation has it."""
    return next(claim.value for claim in bundled_claims() if replace(claim.query, years=None) == Query())


def _read(path: Path) -> tuple[Claim, ...]:
    try:
        return parse_claims(path.read_bytes(), str(path))
    except OSError as error:
        raise ClaimError(f"{path}: cannot be read: {error.strerror or error}") from error


def parse_claims(content: bytes, name: str) -> tuple[Claim, ...]:
    """Return the claims in the bytes of a YAML file that is called `name` in errors."""
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ClaimError(f"{name}: not YAML: {' '.join(str(error).split())}") from error
    place = _Place(name, 1, "the file")
    items = _nodes(place, root, ("claims",)).get("claims")
    if not isinstance(items, yaml.SequenceNode) or not items.value:
        place.fail("must have a list of at least one claim under claims")
    found: dict[str, Claim] = {}
    for node in items.value:
        fields = _fields(_Place(name, node.start_mark.line + 1, "a claim"), node, _KEYS)
        claim = _claim(fields)
        if claim.name in found:
            fields.fail("id", f"is {claim.name!r} a second time")
        found[claim.name] = claim
    return tuple(found.values())


def check_claims(claims: Sequence[Claim], facts: pa.Table) -> None:
    """Raise ClaimError for a claim whose skill, source, country or years no fact can answer."""
    for claim in claims:
        try:
            check(claim.query, facts)
        except QueryError as error:
            raise ClaimError(f"claim {claim.name!r}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something stands in a file."""

    file: str
    line: int
    what: str

    def fail(self, why: str) -> NoReturn:
        raise ClaimError(f"{self.file}, line {self.line}: {self.what} {why}")


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one mapping, and where each stands."""

    place: _Place
    values: Mapping[str, Any]
    nodes: Mapping[str, yaml.Node]

    def fail(self, key: str, why: str) -> NoReturn:
        line = self.nodes[key].start_mark.line + 1 if key in self.nodes else self.place.line
        _Place(self.place.file, line, f"{self.place.what}: {key}").fail(why)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "must be a word" if key in self.values else "is missing")
        return value.strip()

    def one_of(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in allowed:
            self.fail(key, f"is {value!r}, not one of {', '.join(allowed)}")
        return value

    def words(self, key: str) -> tuple[str, ...] | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
            self.fail(key, "must be a list of words, such as [data_engineer]")
        return tuple(value)

    def share(self, key: str, default: float | None = None) -> float:
        value = self.values.get(key, default)
        if value is None:
            self.fail(key, "is missing: a number of percent from 0 to 100")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            self.fail(key, f"must be a number from 0 to 100, not {value!r}")
        return value / 100

    def in_languages(self, key: str, default: str | None = None) -> dict[str, str]:
        value = self.values.get(key, default)
        if isinstance(value, str) and value.strip():
            return dict.fromkeys(LANGS, value.strip())
        is_fine = isinstance(value, dict) and set(value) == set(LANGS)
        if not is_fine or not all(isinstance(text, str) and text.strip() for text in value.values()):
            self.fail(key, "must be a text, or one text each for ko and en")
        return {lang: value[lang].strip() for lang in LANGS}


def _fields(place: _Place, node: yaml.Node, allowed: Sequence[str]) -> _Fields:
    nodes = _nodes(place, node, allowed)
    return _Fields(place, {key: _plain(place, value) for key, value in nodes.items()}, nodes)


def _nodes(place: _Place, node: yaml.Node | None, allowed: Sequence[str]) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        place.fail(f"must have fields: {', '.join(allowed)}")
    nodes: dict[str, yaml.Node] = {}
    for key, value in node.value:
        here = replace(place, line=key.start_mark.line + 1)
        if key.value not in allowed:
            here.fail(f"has a field {key.value!r}; there are {', '.join(allowed)}")
        if key.value in nodes:
            here.fail(f"has {key.value!r} twice")
        nodes[key.value] = value
    return nodes


def _plain(place: _Place, node: yaml.Node) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node, deep=True)
    # A date that the calendar does not have is a ValueError.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        replace(place, line=node.start_mark.line + 1).fail(f"cannot be read: {' '.join(str(error).split())}")


def _claim(fields: _Fields) -> Claim:
    name = fields.text("id")
    fields = replace(fields, place=replace(fields.place, what=f"claim {name!r}"))
    relation = fields.one_of("relation", RELATIONS)
    value = None if relation == "increasing" else fields.share("value")
    if unused := [key for key in _UNUSED[relation] if key in fields.values]:
        fields.fail(unused[0], f"has no meaning where relation is {relation}")
    query = _query(fields)
    if relation == "increasing" and query.years is None:
        fields.fail("years", "is missing: growth needs a first and a last year")
    return Claim(
        name=name,
        wording=fields.in_languages("wording"),
        said=fields.in_languages("said", _said(relation, value)),
        relation=relation,
        query=query,
        value=value,
        tolerance=fields.share("tolerance", 100 * TOLERANCE),
    )


def _said(relation: str, value: float | None) -> str | None:
    if value is None:
        return None
    return f"{'≥ ' if relation == 'at_least' else '~'}{100 * value:g}%"


def _query(fields: _Fields) -> Query:
    place = replace(fields.place, what=f"{fields.place.what}: population")
    node = fields.nodes.get("population")
    inner = _Fields(place, {}, {}) if node is None else _fields(place, node, _POPULATION)
    try:
        return Query(
            skill=fields.text("skill", "airflow"),
            level=fields.text("level", "any"),
            roles=fields.words("roles"),
            years=_years(fields),
            weights=MEASURES[fields.one_of("measure", tuple(MEASURES), "postings")],
            families=inner.words("families"),
            sources=inner.words("sources"),
            countries=inner.words("countries"),
            posting_lang=inner.text("posting_lang") if "posting_lang" in inner.values else None,
        )
    except QueryError as error:
        raise ClaimError(f"{fields.place.file}, line {fields.place.line}: {fields.place.what}: {error}") from error


def _years(fields: _Fields) -> tuple[int, int] | None:
    if "years" not in fields.values:
        return None
    found = _YEARS.fullmatch(str(fields.values["years"]))
    if found is None:
        fields.fail("years", "must be a year or a period such as 2020-2024")
    return int(found[1]), int(found[2] or found[1])
