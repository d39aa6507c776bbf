"""Results: DataFrames that show every estimate with its interval, say what they rest on, and can be drawn and cited."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, Final

import pandas as pd

from analysis import citation, markup, wording
from analysis.columns import ESTIMATES

MAX_ROWS: Final = 60
"""Rows shown of a longer table."""

_ALONE: Final = frozenset(e.value for e in ESTIMATES)


class Values(pd.Series):
    """One column or row of a result; an estimate that stands alone says so when it is shown."""

    @property
    def _constructor(self) -> Callable[..., "Values"]:
        return Values

    @property
    def _constructor_expanddim(self) -> Callable[..., "Result"]:
        return Result

    def __repr__(self) -> str:
        shown: str = super().__repr__()
        return f"{shown}\n{self.name} alone: read it with its n, low and high" if self.name in _ALONE else shown


class Result(pd.DataFrame):
    """What the functions of the notebook face return: a DataFrame, and in `.attrs` what it rests on.

    Everything pandas does with a DataFrame works, `to_csv` included, and `.attrs` stay with a slice or a selection.
    Shown, in a notebook or a terminal, each estimate stands with its 95% interval and n; where one of these columns
    was dropped, the estimate is not shown at all. A single column, `table["rate"]`, is plain numbers to compute with,
    for pandas has no way to refuse that; shown, it says that it stands alone.

    `.attrs`: query, n_postings, n_companies, sources, tagger_versions, warnings, definitions of the columns, and kind,
    vintage, code_version, lang (of the words shown).
    """

    @property
    def _constructor(self) -> Callable[..., "Result"]:
        return Result

    @property
    def _constructor_sliced(self) -> Callable[..., Values]:
        return Values

    @property
    def lang(self) -> str:
        """Language of the words it is shown in, "en" unless `in_lang` says otherwise."""
        return str(self.attrs.get("lang", "en"))

    def in_lang(self, lang: str) -> "Result":
        """Return the same result with its words in "ko" or "en"; raises DrawError for any other language."""
        wording.say(lang, "interval")
        return _with_attrs(self.copy(), {**self.attrs, "lang": lang})

    def __repr__(self) -> str:
        shown = markup.texts(self.head(MAX_ROWS), self.lang)
        lines = [wording.title(self.attrs, self.lang)]
        if len(self):
            heads = markup.headings(self, self.lang)
            lines.append(shown.to_string(header=heads, index=False, line_width=None))
        if len(self) > MAX_ROWS:
            lines.append(wording.say(self.lang, "rows", n=len(self) - MAX_ROWS))
        return "\n".join(line for line in [*lines, *markup.notes(self, self.attrs, self.lang)] if line)

    def _repr_html_(self) -> str:
        return markup.to_html(self, self.attrs, self.lang, MAX_ROWS)

    # pandas has an accessor of bare plots here; a result draws its intervals.
    def plot(  # type: ignore[override]
        self, lang: str | None = None, size: str = "half", theme: str = "light"
    ) -> Any:
        """Return a picture of the estimates with their intervals: over years as points in time, else row by row.

        It shows itself in a notebook; `savefig(path)` writes it. For the project's own charts see `airflow-demand
        figures`. Raises DrawError for a table without estimates, with more rows than can be read, or bad options.
        """
        from analysis.draw.quick import draw

        return draw(self, dict(self.attrs), lang or self.lang, size, theme)

    def cite(self, lang: str | None = None) -> str:
        """Return a line to cite the result by and its BibTeX entry, with state of the data and version."""
        return citation.cite(self.attrs, lang or self.lang)


class Lines:
    """Lines of text with marked words, as a notebook and a terminal show them; `str()` is the plain text."""

    def __init__(self, lines: Iterable[tuple[str, Sequence[tuple[int, int]]]]) -> None:
        self.lines = [(text, tuple(spans)) for text, spans in lines]

    def _marked(self, before: str, after: str, clean: Callable[[str], str]) -> str:
        shown = []
        for text, spans in self.lines:
            reach, parts = 0, []
            for start, end in spans:
                parts += [clean(text[reach:start]), before, clean(text[start:end]), after]
                reach = end
            shown.append("".join([*parts, clean(text[reach:])]))
        return "\n".join(shown)

    def __repr__(self) -> str:
        return self._marked("«", "»", _harmless)

    def __str__(self) -> str:
        return "\n".join(_harmless(text) for text, _ in self.lines)

    def _repr_html_(self) -> str:
        return f'<pre style="white-space:pre-wrap">{self._marked("<mark>", "</mark>", escape)}</pre>'


def _harmless(text: str) -> str:
    """Return text without what a terminal would obey."""
    return "".join(c for c in text if c.isprintable())


def result(table: pd.DataFrame, **more: Any) -> Result:
    """Return a table as a result, its `.attrs` kept and extended by `more`."""
    return _with_attrs(Result(table), {**table.attrs, **more})


def _with_attrs(table: Result, attrs: dict[Any, Any]) -> Result:
    table.attrs = attrs
    return table
