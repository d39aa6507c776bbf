"""Labelled: the whole tagger with the models of one version, and the labelled postings it is measured on."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from analysis.classify.models import Models
from analysis.classify.tagger import Tagger
from analysis.classify.vocabulary import Vocabulary, load_vocabulary
from analysis.gold import GoldError, read_gold
from scrapers.store import bundled

SAMPLE: Final = "labels/sample.jsonl"


def tagger_of(models: Models) -> Tagger:
    """Return the tagger with the given models instead of the champion's."""
    return Tagger(_vocabulary(), models)


def rules_alone() -> Tagger:
    """Return the tagger without models."""
    return Tagger(_vocabulary(), None)


def reach(tagger: Tagger, gold: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how often the models decide on labelled postings: where they do not, figures say nothing of them."""
    tags = [tagger.tag(p["title"], p["text"], p["sections"]) for p in gold]
    return {
        "n_postings": len(tags),
        "n_roles_by_model": sum(tag.role_method == "model" for tag in tags),
        "n_levels": sum(len(tag.skills) for tag in tags),
        "n_levels_by_model": sum(skill.how == "model" for tag in tags for skill in tag.skills),
    }


@cache
def _vocabulary() -> Vocabulary:
    # Two taggers are compared: reading the vocabulary takes longer than tagging the labelled postings.
    return load_vocabulary()


def read_labelled(paths: Sequence[Path] = ()) -> list[dict[str, Any]]:
    """Return labelled postings of one or more files (default: the bundled ones), as `read_gold` gives them.

    Raises GoldError for a file that cannot be read or an id that stands in two of them.
    """
    gold = [row for path in paths or [bundled(SAMPLE)] for row in read_gold(path)]
    ids = [row["id"] for row in gold]
    if twice := sorted({i for i in ids if ids.count(i) > 1}) if len(set(ids)) < len(ids) else []:
        raise GoldError(f"{len(twice)} postings stand in two files of labels, such as {twice[0]}")
    return gold
