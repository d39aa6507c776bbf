"""Model card: what a version is, what it was trained on, how well it does and where it ends, as a page."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_HEAD: Final = """# Model {version}

Two small models of the tagger, trained together. Both are asked only where the rules leave something open.

- **Roles** (`roles.skops`): which of the roles a text describes, where its title does not say it. Term weights and
  multinomial logistic regression over words and pairs of words.
- **Lines** (`lines.skops`): whether a line asks for, prefers or only mentions a skill, where neither a heading nor a
  cue decides. It does not answer where it is not sure; then the skill counts as mentioned.

The files hold numbers and words, no code: they are read with skops, refused if they would build any type of their own,
and checked against the sizes and SHA-256 sums in `model.json`.
"""
_TUNING: Final = """## What was learnt from what

- Labels for roles are titles that name a job beyond doubt, read by the title rules; the job's names are masked in the
  texts. The forward figures are measured against such labels too: they tell whether texts of later years are read as
  well as those of the years before, not whether the title rules are right.
- Labels for lines are the sources' own fields and the headings that the rules know.
- Features stand in at least 20 postings of at least 10 employers; employers' names of one or two words, addresses and
  numbers are none.
- Labelled postings choose no weight and no threshold.
"""
_READING: Final = """With 95% intervals.

- `forward`: trained on earlier years, tested on later ones. "Among data jobs" is given that a text is of a data job,
  and chooses among four roles; it is no measure of telling data jobs from others, which the figures by role include.
- `held out`, `native`: lines of employers left out of training; `native` ones are fields that the sources separate. The
  thresholds were set on the same lines. A model that never answers has the accuracy "without a model".
- The rest is the whole tagger on labelled postings invented for this project, with the rules written in view of them.
  Of {n_postings} postings the role model decided {n_roles_by_model}, of {n_levels:,} levels the line model
  {n_levels_by_model}: these figures speak of the rules, hardly of the models.
"""
_LIMITS: Final = """## Limits

- Postings of this window and these sources: adverts of other years, countries and trades read differently. Words of the
  trade move; train again when the forward figures of a new year fall.
- Few postings are Korean; look at the Korean figures before relying on them.
- A probability is about postings like those trained on. Role models confuse neighbours: scientists with analysts,
  scientists with engineers.
- Not for judging people. It reads adverts, and nothing about who answers them.
"""


def card(manifest: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Return the card of a version as Markdown; the same manifest and metrics give the same text."""
    trained = manifest["trained_on"]
    window = "–".join(trained["window"]) if trained["window"] else "no dates"
    parts = [
        _HEAD.format(version=manifest["version"]),
        "## Trained on\n",
        f"{trained['n_postings']:,} postings, {window}, digest `{trained['data_sha']}`; seed {manifest['seed']}; "
        f"scikit-learn {manifest['sklearn']}.\n",
        _table(("language", "postings"), list(trained["by_lang"].items())),
        _table(("source", "postings"), list(trained["by_source"].items())),
        "Examples by class:\n",
        _table(("model", "class", "examples"), _classes(manifest["classes"])),
        _TUNING,
        "## Figures\n",
        _READING.format(**metrics["labelled"]),
        _table(("figure", "group", "value", "95% interval", "n"), _figures(metrics["figures"])),
        _LIMITS,
    ]
    return "\n".join(parts)


def _classes(classes: Mapping[str, Mapping[str, int]]) -> list[tuple[object, ...]]:
    return [(model, name, n) for model, counts in classes.items() for name, n in counts.items()]


def _figures(figures: Sequence[Mapping[str, Any]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for f in figures:
        if f["value"] is not None:
            span = "" if f["low"] is None else f"{f['low']:.3f}–{f['high']:.3f}"
            rows.append((f["name"], f["group"], f"{f['value']:.3f}", span, f["n_postings"]))
    return rows


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    lines += ["| " + " | ".join(f"{c:,}" if isinstance(c, int) else str(c) for c in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
