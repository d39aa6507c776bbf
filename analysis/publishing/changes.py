"""Changes: a difference in words and tables, for the index page and for Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis.draw.labels import labels_for
from analysis.draw.options import LANGS
from analysis.draw.scales import number, percent, signed
from analysis.publishing.difference import Diff
from analysis.publishing.words import say
from analysis.quoting import plain, to_markdown

SHOWN: Final = ("overall", "by_role", "by_year")
"""Tables whose changed rows are shown; those by source are in diff.json."""


def sentences(diff: Diff, lang: str) -> list[str]:
    """Return what changed, in sentences: rates, employers, figures."""
    if diff.is_held:
        return [say(lang, "held_changes", as_of=diff.as_of or say(lang, "no_day"))]
    if not diff.before:
        return [say(lang, "first")]
    real = [name_of(row, lang) for row in diff.rows if row["is_real"]]
    figures = ", ".join(each.removeprefix("fig_").replace("_", ".") for each in diff.figures)
    return [
        say(lang, "since", before=diff.before, as_of=diff.as_of or say(lang, "no_day")),
        _verdict(diff, real, lang),
        *_employers(diff.employers, lang),
        say(lang, "changed_figures", names=figures) if figures else say(lang, "no_figures"),
    ]


def _verdict(diff: Diff, real: Sequence[str], lang: str) -> str:
    if not diff.is_paired:
        return say(lang, "lost")
    if not diff.changed:
        return say(lang, "unmoved")
    return say(lang, "some_real", names=", ".join(real)) if real else say(lang, "none_real")


def _employers(found: Mapping[str, Any], lang: str) -> list[str]:
    told = []
    for key, n, names in (("new", found["n_new"], found["new"]), ("gone", found["n_gone"], found["gone"])):
        if n:
            words = say(lang, f"{key}_employers", n=f"{n:,}")
            some = say(lang, "such_as", names=", ".join(plain(name) for name in names))
            told.append(f"{words} ({some})." if names else f"{words}.")
    return told


def table(diff: Diff, lang: str) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of the rates that moved, and always that of all data roles."""
    shown = [row for row in diff.rows if row["table"] in SHOWN and (row["delta"] or row["table"] == "overall")]
    return say(lang, "moved_head").split("|"), [_cells(row, lang) for row in shown]


def name_of(row: Mapping[str, Any], lang: str) -> str:
    """Return what a row is the rate of."""
    key = next(iter(row["group"].values()), "")
    labels = labels_for(lang)
    known = {"by_role": labels.roles.get(str(key), str(key)), "by_source": labels.source(str(key))}
    return say(lang, row["table"], name=known.get(row["table"], key))


def _cells(row: Mapping[str, Any], lang: str) -> list[str]:
    return [name_of(row, lang), _rate(row, "old"), _rate(row, "new"), _delta(row), _is_real(row, lang)]


def _rate(row: Mapping[str, Any], time: str) -> str:
    rate, low, high, n = (row[f"{key}_{time}"] for key in ("rate", "low", "high", "n"))
    if rate is None:
        return f"– (n = {n or 0:,})"
    return f"{percent(rate, 1)} ({number(low, 1)}–{number(high, 1)}; n = {n:,})"


def _delta(row: Mapping[str, Any]) -> str:
    if row["delta"] is None:
        return "–"
    if row["delta_low"] is None:
        return signed(row["delta"], 2)
    # A bound of 0.003 written as 0.00 would contradict a verdict that hangs on it.
    ends = [row["delta"], row["delta_low"], row["delta_high"]]
    change, low, high = (signed(value, 2 if min(map(abs, ends)) >= 0.01 else 3) for value in ends)
    return f"{change} ({low} – {high})"


def _is_real(row: Mapping[str, Any], lang: str) -> str:
    return say(lang, {True: "real", False: "noise", None: "unknown"}[row["is_real"]])


def to_text(diff: Diff, vintage: str) -> str:
    """Return the difference as Markdown, in English and Korean."""
    return "\n\n".join(_part(diff, vintage, lang) for lang in reversed(LANGS)) + "\n"


def _part(diff: Diff, vintage: str, lang: str) -> str:
    parts = [f"# {to_markdown(say(lang, 'diff_title', vintage=vintage))}"]
    parts += [to_markdown(sentence) for sentence in sentences(diff, lang)]
    head, rows = table(diff, lang)
    if rows:
        lines = [head, ["---"] * len(head), *([to_markdown(cell) for cell in row] for row in rows)]
        parts += ["\n".join("| " + " | ".join(line) + " |" for line in lines)]
        parts += [say(lang, "how")] if diff.is_paired else []
    return "\n\n".join([*parts, say(lang, "spellings")])
