"""Training: a store's postings become a version, named after all that decides it, with its figures and its card."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any, Final

from analysis.classify.models import LINES, ROLES, ModelError, build_models, refuse_untrusted
from analysis.evaluate import evaluate
from analysis.learn.corpus import Corpus, survey
from analysis.learn.labelled import reach, read_labelled, tagger_of
from analysis.learn.model_card import card
from analysis.learn.trainers import Part, TooLittleError, train_parts
from analysis.learn.versions import CARD, METRICS, Versions, to_json
from scrapers.posting import digest
from scrapers.store import Store, bundled

_LIBRARIES: Final = ("numpy", "scipy", "scikit-learn", "skops")


@dataclass(frozen=True, slots=True)
class Trained:
    """A version after training; `is_repeat` says that it was there already and nothing was trained."""

    version: str
    manifest: Mapping[str, Any]
    metrics: Mapping[str, Any]
    is_repeat: bool = False


def train(
    store: Store,
    versions: Versions,
    *,
    seed: int = 0,
    until: str | None = None,
    max_rows: int | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Trained:
    """Train both models on a store and keep them as a version of the data root that `versions` writes to.

    The name comes from the postings, the code, the data files, the libraries and the seed: the same again gives the
    same name and the same bytes, and is found out before anything is trained. `on_progress` is called with postings
    read and in all. Raises TooLittleError, ModelError, and StoreError when the store cannot be read.
    """
    corpus = survey(store, until=until, max_rows=max_rows, seed=seed)
    if not corpus.ids:
        raise TooLittleError("there are no postings to train on: import some, or give another --data or --until")
    code = code_sha()
    name = _name(corpus, seed, code)
    if versions.has(name):
        return Trained(name, versions.manifest(name), versions.read(name, METRICS), is_repeat=True)
    roles, lines = train_parts(corpus, seed, on_progress)
    # A vocabulary edited meanwhile is half in the models: the name would stand for something else.
    if code_sha() != code:
        raise ModelError("code or vocabulary changed while the models were trained: run it again")
    for part in (roles, lines):
        refuse_untrusted(part.content, f"the new {part.name}")
    champion = versions.champion()
    manifest = {
        "version": name,
        "seed": seed,
        "parent": champion.version if champion else None,
        "trained_on": corpus.describe(),
        "classes": {"roles": dict(roles.classes), "lines": dict(lines.classes)},
        "code_sha": code,
        **_libraries(),
        "files": {ROLES: _entry(roles.content), LINES: _entry(lines.content)},
    }
    return _keep(versions, manifest, roles, lines)


def _keep(versions: Versions, manifest: dict[str, Any], roles: Part, lines: Part) -> Trained:
    """Measure the new models on labelled postings and write them as a version."""
    name = manifest["version"]
    tagger, gold = tagger_of(build_models(roles.content, lines.content, name)), read_labelled()
    metrics = {
        "figures": [*roles.figures, *lines.figures, *(asdict(f) for f in evaluate(gold, tagger.tag).figures)],
        "labelled": reach(tagger, gold),
        "roles": roles.facts,
        "lines": lines.facts,
    }
    files = {ROLES: roles.content, LINES: lines.content, METRICS: to_json(metrics)}
    versions.write(name, {**files, CARD: card(manifest, metrics).encode()}, manifest)
    return Trained(name, manifest, metrics)


def code_sha() -> str:
    """Return the hash of the code and data files that decide what is learnt, and how it is measured."""
    found = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    for path in sorted((*package.glob("*.py"), *package.glob("classify/*.py"), *package.glob("learn/*.py"))):
        found.update(f"{path.parent.name}/{path.name}\n".encode() + path.read_bytes())
    for path in sorted((*bundled("vocabulary").iterdir(), *bundled("labels").iterdir())):
        found.update(f"{path.name}\n".encode() + path.read_bytes())
    return found.hexdigest()[:32]


def _name(corpus: Corpus, seed: int, code: str) -> str:
    """Return the last month of the postings and a digest of what decides the models."""
    libraries = [f"{name} {number}" for name, number in _libraries().items()]
    month = corpus.window[1][:7] if corpus.window else "undated"
    return f"{month}-{digest(corpus.data_sha, corpus.order_sha, str(seed), code, *libraries, size=5)}"


def _libraries() -> dict[str, str]:
    return {name.removeprefix("scikit-").replace("learn", "sklearn"): installed(name) for name in _LIBRARIES}


def _entry(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
