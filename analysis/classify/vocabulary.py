"""Vocabulary: the skills, the names postings give them and when a name counts, read from one checked file."""

import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from analysis.classify.conditions import Condition
from analysis.classify.triggers import STAND_IN
from analysis.faults import Fault
from analysis.fingerprint import company_key
from scrapers.store import bundled

KINDS: Final = frozenset(
    """
    orchestrator processing streaming warehouse lake transformation ingestion quality catalog database search cloud
    container infrastructure ci version_control monitoring os language library ml mlops notebook bi framework
    collaboration business
    """.split()  # noqa: SIM905
)
ADDRESS: Final = re.compile(r"\S*@\S+|(?:https?://|www\.)\S+")
"""An e-mail or web address: no word of a posting's own."""
_TOP_KEYS: Final = frozenset({"version", "contexts", "implied", "decoys", "skills"})
_TERM_KEYS: Final = frozenset({"label", "ko", "kind", "aliases", "forms", "vendors"})
_FORM_KEYS: Final = frozenset({"names", "exact", "managed", "also", "need", "reject", "near", "near_kinds"})
_ANYWHERE: Final = "whole text"


class VocabularyError(Fault):
    """A vocabulary file that cannot be used; the message names file, entry and fault on one line."""


@dataclass(frozen=True, slots=True)
class Form:
    """One name of a skill and the conditions under which it counts."""

    skill: str
    name: str
    exact: str | None = None
    is_managed: bool = False
    also: tuple[str, ...] = ()
    need: Condition | None = None
    reject: Condition | None = None
    near: int = 0
    near_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Term:
    """One skill: id, English and Korean label, kind, and the employers who sell it."""

    skill: str
    label: str
    ko: str
    kind: str
    vendors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All skills; `forms` maps a folded name to its forms in order of trial, where no form at all means a decoy."""

    terms: Mapping[str, Term]
    forms: Mapping[str, tuple[Form, ...]]
    vendors: Mapping[str, str]
    sha: str

    def vendor_of(self, company: str | None) -> str | None:
        """Return the skill whose vendor the employer is, by its normalised name; None for anyone else."""
        return self.vendors.get(company_key(company) or "")


def fold(text: str) -> str:
    """Return the text lower-cased with plain apostrophes and hyphens, at unchanged length: offsets stay true."""
    if text.isascii():
        return text.lower()
    # "İ" is the one character whose lower case is longer than itself: offsets behind it would slip.
    return text.replace("İ", "i").lower().replace("’", "'").replace("‘", "'").replace("‑", "-")


def fold_name(name: str) -> str:
    """Return the key under which a name is looked up: folded, with single spaces for white space and hyphens."""
    return re.sub(r"\s*/\s*", "/", re.sub(r"\s+|-", " ", fold(name).strip()))


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """Read and check a vocabulary file (default: the bundled one); raise VocabularyError on the first fault.

    A file with `extends: bundled` adds to the bundled skills, decoys and implied names, or replaces entries of the same
    id; decoys that it lists under `lifts` are none any more. Any other file stands alone.
    """
    own = bundled("vocabulary/skills.yaml")
    path = path or own
    return _parse(path, _read(path), _read(own))


# By content: figures and questions ask for it again and again, and a file that was edited is another one.
@lru_cache(maxsize=4)
def _parse(path: Path, raw: bytes, base_raw: bytes) -> Vocabulary:
    data = _plain(path, raw)
    check = _Checker(path)
    if isinstance(data, dict) and data.keys() & {"extends", "lifts"}:
        if "extends" not in data:
            raise check.fault("lifts", "needs extends: bundled")
        if data["extends"] != "bundled":
            raise VocabularyError(f"{path}: extends: only bundled can be extended, not {data['extends']!r}")
        base = _plain(bundled("vocabulary/skills.yaml"), base_raw)
        raw, data = base_raw + raw, _extended(base, data, check)
    check.keys("file", data, _TOP_KEYS, {"skills"})
    words = check.mapping("implied", data.get("implied", {}))
    terms: dict[str, Term] = {}
    forms: dict[str, list[Form]] = defaultdict(list)
    for skill, entry in check.mapping("skills", data["skills"]).items():
        terms[skill] = check.term(str(skill), entry)
        for form in check.forms(str(skill), entry):
            implied = tuple(s for word, s in words.items() if f" {word} " in f" {form.name} " and s != skill)
            forms[form.name].append(replace(form, also=form.also + implied))
    check.consistent(terms, forms)
    for decoy in check.strings("decoys", data.get("decoys", [])):
        if forms.get(fold_name(decoy)):
            raise check.fault("decoys", f"{decoy!r} is also the name of {forms[fold_name(decoy)][0].skill}")
        forms[fold_name(decoy)] = []
    sha = hashlib.sha256(raw).hexdigest()
    return Vocabulary(terms, {name: tuple(found) for name, found in forms.items()}, check.vendors(terms), sha)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise VocabularyError(f"{path}: cannot be read: {error}") from error


def _plain(path: Path, raw: bytes) -> Any:
    try:
        return yaml.safe_load(raw)
    except UnicodeDecodeError as error:
        raise VocabularyError(f"{path}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        # The reader of bytes knows no name of what it reads.
        why = " ".join(str(error).replace('"<byte string>"', path.name).split())
        raise VocabularyError(f"{path}: not valid YAML: {why}") from error


def _extended(base: Mapping[str, Any], own: Mapping[str, Any], check: "_Checker") -> dict[str, Any]:
    """Return the base with the entries of another file; what is no mapping or list there is left for the checks."""
    decoys = {fold_name(decoy): decoy for decoy in check.strings("decoys", base["decoys"])}
    for name in check.strings("lifts", own.get("lifts", [])):
        if decoys.pop(fold_name(name), None) is None:
            raise check.fault("lifts", f"{name!r} is no bundled decoy")
    given = {key: own[key] for key in own if key not in ("extends", "lifts")}
    joined = {**base, "decoys": list(decoys.values()), **given}
    for key in ("skills", "implied"):
        if isinstance(own.get(key), dict):
            joined[key] = {**base[key], **own[key]}
    if isinstance(own.get("decoys"), list):
        joined["decoys"] = [*decoys.values(), *own["decoys"]]
    return joined


class _Checker:
    """Turns raw entries into records and says in one line what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fault(self, entry: str, what: str) -> VocabularyError:
        return VocabularyError(f"{self.path}: {entry}: {what}")

    def mapping(self, entry: str, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.fault(entry, "must be a mapping")
        return value

    def keys(self, entry: str, value: Any, known: frozenset[str], needed: set[str]) -> None:
        found = set(self.mapping(entry, value))
        if unknown := sorted(map(str, found - known)):
            raise self.fault(entry, f"unknown key {unknown[0]!r}; known: {', '.join(sorted(known))}")
        if missing := sorted(needed - found):
            raise self.fault(entry, f"key {missing[0]!r} is missing")

    def strings(self, entry: str, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise self.fault(entry, "must be a list")
        flat: list[str] = []
        for item in value:
            if isinstance(item, list):
                flat += self.strings(entry, item)
            elif isinstance(item, str) and item.strip():
                flat.append(item)
            else:
                raise self.fault(entry, f"{item!r} is not text")
        return flat

    def term(self, skill: str, entry: Any) -> Term:
        self.keys(skill, entry, _TERM_KEYS, {"label", "kind"})
        if not re.fullmatch(r"[a-z][a-z0-9_]*", skill):
            raise self.fault(skill, "a skill id is lower-case ASCII letters, digits and underscores")
        if entry["kind"] not in KINDS:
            raise self.fault(skill, f"unknown kind {entry['kind']!r}; known: {', '.join(sorted(KINDS))}")
        vendors = tuple(key for name in self.strings(skill, entry.get("vendors", [])) if (key := company_key(name)))
        return Term(skill, str(entry["label"]), str(entry.get("ko", entry["label"])), entry["kind"], vendors)

    def forms(self, skill: str, entry: Mapping[str, Any]) -> Iterator[Form]:
        for alias in self.strings(skill, entry.get("aliases", [])):
            yield Form(skill, fold_name(alias))
        for raw in entry.get("forms", []):
            self.keys(skill, raw, _FORM_KEYS, {"names"})
            for name in self.strings(skill, raw["names"]):
                yield self._form(skill, name, raw)
        if not entry.get("aliases") and not entry.get("forms"):
            raise self.fault(skill, "has no name: give aliases or forms")

    def _form(self, skill: str, name: str, raw: Mapping[str, Any]) -> Form:
        near = sys.maxsize if raw.get("near") == _ANYWHERE else raw.get("near", 0)
        if not isinstance(near, int) or not (0 <= near <= 500 or near == sys.maxsize):
            raise self.fault(skill, f"near must be 0 to 500 characters or {_ANYWHERE!r}, not {near!r}")
        return Form(
            skill,
            fold_name(name),
            exact=name if raw.get("exact") else None,
            is_managed=bool(raw.get("managed")),
            also=tuple(self.strings(skill, raw.get("also", []))),
            need=self._context(skill, raw.get("need")),
            reject=self._context(skill, raw.get("reject")),
            near=near,
            near_kinds=frozenset(self.strings(skill, raw.get("near_kinds", []))),
        )

    def _context(self, skill: str, patterns: Any) -> Condition | None:
        if patterns is None:
            return None
        found = self.strings(skill, patterns)
        for pattern in found:
            try:
                # As it is used: in a group, where a flag for the whole expression has no place.
                n_groups = re.compile(f"(?:{pattern})").groups
            except re.error as error:
                raise self.fault(skill, f"bad pattern {pattern!r}: {error}") from error
            if n_groups:
                raise self.fault(skill, f"bad pattern {pattern!r}: write (?:...) for a group")
        return Condition([pattern.replace("@", STAND_IN) for pattern in found])

    def consistent(self, terms: Mapping[str, Term], forms: Mapping[str, Sequence[Form]]) -> None:
        for name, group in forms.items():
            for form in group:
                if strange := [s for s in form.also if s not in terms]:
                    raise self.fault(form.skill, f"{name!r} implies the unknown skill {strange[0]!r}")
                if strange := sorted(form.near_kinds - KINDS):
                    raise self.fault(
                        form.skill, f"unknown kind {strange[0]!r} in near_kinds; known: {', '.join(sorted(KINDS))}"
                    )
            free = {form.skill for form in group if form == Form(form.skill, name, also=form.also)}
            if len(free) > 1:
                raise self.fault(" and ".join(sorted(free)), f"share the name {name!r} without a condition")

    def vendors(self, terms: Mapping[str, Term]) -> dict[str, str]:
        found: dict[str, str] = {}
        for term in terms.values():
            for vendor in term.vendors:
                if found.setdefault(vendor, term.skill) != term.skill:
                    raise self.fault(term.skill, f"the vendor {vendor!r} already belongs to {found[vendor]}")
        return found
