"""Markup: a result as an HTML table, every estimate with its interval in words and as a bar."""

import math
from collections.abc import Hashable, Mapping, Sequence
from html import escape
from typing import Any, Final

import pandas as pd

from analysis import wording
from analysis.columns import ESTIMATES, SIZES, Estimate, bare, estimates

HIDDEN: Final = frozenset({"skill", "level", "method", "vintage", "weighting", "covered_weight", "tagger_version"})
"""Columns that are shown only where their values differ from row to row."""

_ALWAYS: Final = frozenset({*SIZES, "k", *(e.value for e in ESTIMATES)})
"""Shown even where all is withheld: that is a finding too."""

_CLAIM: Final = "said_ko"
_IN_A_CLAIM: Final = frozenset(
    {"claim", "skill", "level", "roles", "first_year", "last_year", "relation", "claimed", "tolerance", "unit"}
    | {"spec_low", "spec_high", "n_too_little"}
)
"""What the wording of a claim says already, or only its reader in full asks for; `to_csv` has it all."""

_WIDTH: Final = 120
_HEIGHT: Final = 14
_PAD: Final = 4
_RIGHT: Final = "text-align:right;white-space:nowrap;padding:0 .4em"
_LEFT: Final = "text-align:left;padding:0 .4em"


def columns_of(frame: pd.DataFrame, lang: str) -> list[str]:
    """Return the columns that are shown: no bounds (they stand with their estimate) and none that says nothing."""
    left_out = {name for e in estimates(frame.columns) for name in (e.low, e.high)}
    left_out |= {"weighting"} if "series" in frame else set()
    if _CLAIM in frame:
        other = "en" if lang == "ko" else "ko"
        left_out |= _IN_A_CLAIM | {other, f"said_{other}"}
    return [str(c) for c in frame.columns if c not in left_out and not _says_nothing(frame, str(c))]


def _says_nothing(frame: pd.DataFrame, column: str) -> bool:
    values = frame[column]
    if not len(values) or column in _ALWAYS:
        return False
    is_empty = bool((values.isna() | values.astype(str).isin(["", "<NA>"])).all())
    return is_empty or (column in HIDDEN and values.astype(str).nunique() == 1)


def texts(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a table in words: estimates with their interval, one that lost its interval not shown at all."""
    whole = {e.value: e for e in estimates(frame.columns)}
    hidden = set(bare(frame.columns))
    records = frame.to_dict("records")
    shown: dict[str, list[str]] = {}
    for column in columns_of(frame, lang):
        if column in whole:
            shown[column] = [wording.interval(whole[column], row, lang) for row in records]
        elif column in hidden:
            shown[column] = [wording.say(lang, "bare")] * len(records)
        else:
            shown[column] = [wording.cell(column, row[column], lang) for row in records]
    return pd.DataFrame(shown, index=frame.index)


def headings(frame: pd.DataFrame, lang: str) -> list[str]:
    """Return the heading of each column that is shown."""
    whole = {e.value for e in estimates(frame.columns)}
    return [
        wording.name_of(c, lang) + (f" ({wording.say(lang, 'interval')})" if c in whole else "")
        for c in columns_of(frame, lang)
    ]


def notes(frame: pd.DataFrame, attrs: Mapping[Any, Any], lang: str) -> list[str]:
    """Return what stands under a table: verdict, source, warnings, and why an estimate is not shown."""
    verdict = wording.cell("verdict", attrs.get("verdict"), lang)
    lines = [wording.say(lang, "verdict", verdict=verdict)] if attrs.get("verdict") else []
    lines.append(wording.source(attrs, lang))
    lines += [wording.flags(str(warning), lang) for warning in attrs.get("warnings", ())]
    if hidden := bare(frame.columns):
        lines.append(wording.say(lang, "why_bare", names=", ".join(hidden)))
    return lines


def to_html(frame: pd.DataFrame, attrs: Mapping[Any, Any], lang: str, n_max: int | None = None) -> str:
    """Return a table as HTML that needs nothing from elsewhere; all words of the data are escaped.

    At most `n_max` rows are shown, and how many more there are is said. A bar repeats what stands in words beside it,
    so readers of the page aloud are spared it; all bars of a column share one scale.
    """
    part = frame if n_max is None else frame.head(n_max)
    heads = zip(columns_of(part, lang), headings(part, lang), strict=True)
    head = "".join(f'<th scope="col" style="{_style(part, c)}">{escape(words)}</th>' for c, words in heads)
    lines = notes(frame, attrs, lang)
    if len(part) < len(frame):
        lines.insert(0, wording.say(lang, "rows", n=len(frame) - len(part)))
    foot = "<br>".join(map(escape, lines))
    caption = escape(wording.title(attrs, lang))
    return (
        f'<div class="airflow-demand" lang="{lang}"><table>'
        f'<caption style="caption-side:top;text-align:left;font-weight:bold">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{_body(part, lang)}</tbody></table>"
        f'<p style="font-size:smaller">{foot}</p></div>'
    )


def _style(frame: pd.DataFrame, column: Hashable) -> str:
    is_number = pd.api.types.is_numeric_dtype(frame[column]) and not pd.api.types.is_bool_dtype(frame[column])
    return _RIGHT if is_number else _LEFT


def _body(frame: pd.DataFrame, lang: str) -> str:
    whole = {e.value: e for e in estimates(frame.columns)}
    scales = {name: _Scale.of(frame, e) for name, e in whole.items()}
    shown = texts(frame, lang)
    styles = {str(column): _style(frame, column) for column in shown}
    lines = []
    for row, words in zip(frame.to_dict("records"), shown.to_dict("records"), strict=True):
        cells = [
            f'<td style="{styles[str(c)]}">{escape(text)}'
            + (scales[str(c)].bar([row[name] for name in whole[str(c)]], row) if c in whole else "")
            + "</td>"
            for c, text in words.items()
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "".join(lines)


class _Scale:
    """Where a value lies on the bars of one column: from 0, or around the value that means no difference."""

    def __init__(self, values: Sequence[float], zero: float, is_log: bool) -> None:
        self.is_log, self.zero = is_log, math.log(zero) if is_log else zero
        placed = [self._place(v) for v in values if not math.isnan(v) and (v > 0 or not is_log)]
        self.start, self.end = min([self.zero, *placed]), max([self.zero, *placed])

    @classmethod
    def of(cls, frame: pd.DataFrame, estimate: Estimate) -> "_Scale":
        is_ratio = estimate.value == "odds_ratio"
        values = [float(v) for name in estimate for v in frame[name].to_numpy(float, na_value=math.nan)]
        return cls(values, 1.0 if is_ratio else 0.0, is_ratio)

    def _place(self, value: float) -> float:
        return math.log(value) if self.is_log else value

    def x(self, value: float) -> float:
        span = self.end - self.start or 1.0
        return _PAD + (_WIDTH - 2 * _PAD) * (self._place(value) - self.start) / span

    def bar(self, values: Sequence[float], row: Mapping[Any, Any]) -> str:
        if any(math.isnan(v) or (self.is_log and v <= 0) for v in values):
            return ""
        value, low, high = (f"{self.x(v):.1f}" for v in values)
        zero = f"{_PAD + (_WIDTH - 2 * _PAD) * (self.zero - self.start) / (self.end - self.start or 1.0):.1f}"
        fill = "none" if "small" in str(row.get("flag", "")) else "currentColor"
        middle = _HEIGHT / 2
        return (
            f' <svg aria-hidden="true" width="{_WIDTH}" height="{_HEIGHT}" style="vertical-align:middle">'
            f'<line x1="{zero}" x2="{zero}" y1="0" y2="{_HEIGHT}" stroke="currentColor" stroke-opacity="0.3"/>'
            f'<line x1="{low}" x2="{high}" y1="{middle:g}" y2="{middle:g}" stroke="currentColor" stroke-width="3"'
            f' stroke-opacity="0.45"/>'
            f'<circle cx="{value}" cy="{middle:g}" r="3" fill="{fill}" stroke="currentColor"/></svg>'
        )
