"""The explorer: the charts, words and numbers with which a reader asks questions of his own in the page."""

import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from analysis.classify.vocabulary import load_vocabulary
from analysis.draw.labels import labels_for
from analysis.draw.options import LANGS
from analysis.draw.style import THEMES
from analysis.measure.cube import common_skills, cube
from analysis.report.encode import encode, pack
from analysis.report.markup import template, to_json
from analysis.report.words import texts

POOLED: Final = ((2020, 2024), (2022, 2026), (2011, 2026))
"""Periods whose years are counted together, the default first."""
SERIES: Final = {
    "light": ("#0B5FA5", "#A8480B", "#1F7A5C", "#7A3E9D"),
    "dark": ("#58A6E8", "#E8935A", "#6FBFAE", "#C79BE0"),
}
"""Colours of compared tools, each at least 4.5:1 on the theme's paper; shapes and dashes tell them apart too."""
DASHES: Final = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3])
N_COMPARED: Final = 4
SHAPES: Final = ("circle", "square", "triangle-up", "diamond")


def is_installed() -> bool:
    """Return whether the extra `page`, which brings Vega-Lite, is there."""
    return all(importlib.util.find_spec(name) is not None for name in ("altair", "vl_convert"))


def explorer_scripts(facts: pa.Table) -> str:
    """Return the script elements of the explorer: packed charts library, packed numbers, charts and words, program."""
    years = sorted({int(y) for y in facts["posted_on"].to_pandas().dropna().astype(str).str[:4]})
    windows = [w for w in POOLED if w[0] <= years[-1]] + [(y, y) for y in years if y >= POOLED[-1][0]]
    skills = _choose(facts)
    numbers = encode(cube(facts, skills, windows), skills, windows)
    words = {
        "skills": _names(skills),
        "charts": charts(),
        "themes": _themes(),
        "text": {lang: texts("explorer", lang) for lang in LANGS},
        "labels": _labels(),
    }
    return (
        f'<script type="text/plain" id="library">{pack(_library())}</script>'
        f'<script type="text/plain" id="numbers">{pack(to_json(numbers))}</script>'
        f'<script type="application/json" id="words">{to_json(words)}</script>'
        f"<script>{template('explorer.js')}</script>"
    )


def _choose(facts: pa.Table) -> tuple[str, ...]:
    """Return the skills that are often named and all orchestrators, Airflow's competitors, however rare."""
    terms = load_vocabulary().terms
    rare = [s for s in common_skills(facts, 1) if s in terms and terms[s].kind == "orchestrator"]
    return tuple(dict.fromkeys([*common_skills(facts), *rare]))


def charts() -> dict[str, dict[str, Any]]:
    """Return the two charts as Vega-Lite without data, colours and titles, which the page fills in."""
    return {"year": _by_year().to_dict(), "role": _by_role().to_dict()}


def _by_year() -> Any:
    import altair as alt

    x = alt.X("label:O", sort=alt.SortField("order"), axis=_axis(alt), title=None)
    y = alt.Y("rate:Q", axis=_shares(alt), scale=alt.Scale(domainMin=0, nice=True), title=None)
    base = alt.Chart(alt.NamedData("rows")).encode(x=x, color=_tool(alt.Color, alt))
    band = base.mark_area(opacity=0.15).encode(y="low:Q", y2="high:Q")
    bars = base.mark_rule(strokeWidth=1.2).encode(y="low:Q", y2="high:Q")
    line = base.mark_line(strokeWidth=2.5).encode(y=y, strokeDash=_tool(alt.StrokeDash, alt))
    points = [layer.encode(y=y) for layer in _points(alt, base)]
    return alt.layer(band, bars, line, *points).properties(width="container", height=320)


def _by_role() -> Any:
    import altair as alt

    y = alt.Y("label:N", sort=alt.SortField("order"), axis=_axis(alt), title=None)
    x = alt.X("rate:Q", axis=_shares(alt), scale=alt.Scale(domainMin=0, nice=True), title=None)
    offset = alt.YOffset("tool:N", sort=None)
    base = alt.Chart(alt.NamedData("rows")).encode(y=y, yOffset=offset, color=_tool(alt.Color, alt))
    bars = base.mark_rule(strokeWidth=2).encode(x="low:Q", x2="high:Q")
    points = [layer.encode(x=x) for layer in _points(alt, base)]
    return alt.layer(bars, *points).properties(width="container", height=460)


def _tool(channel: Any, alt: Any) -> Any:
    """Return a channel that tells tools apart by their place among those compared.

    The domain stands still, so that other tools are other data, not another chart; one domain also joins the legends.
    """
    legend = alt.Legend(labelExpr="names[datum.value]", values=alt.ExprRef("used"))
    return channel("tool:N", title=None, legend=legend, scale=alt.Scale(domain=list(range(N_COMPARED))))


def _axis(alt: Any) -> Any:
    words = "split(datum.label, '|')"
    return alt.Axis(labelExpr=words, labelAngle=0, labelLimit=220, labelOverlap=True, ticks=False, labelPadding=8)


def _shares(alt: Any) -> Any:
    return alt.Axis(format="~%", tickCount=5)


def _points(alt: Any, base: Any) -> tuple[Any, Any]:
    """Return points, and what makes those of small samples hollow."""
    points = base.mark_point(size=80, filled=True, opacity=1).encode(shape=_tool(alt.Shape, alt))
    hollow = base.mark_point(size=22, filled=True, opacity=1, fill=alt.ExprRef("paper")).encode(
        shape=_tool(alt.Shape, alt)
    )
    return points, hollow.transform_filter("datum.small")


def _themes() -> dict[str, Any]:
    return {
        name: {
            "paper": THEMES[name].paper,
            "ink": THEMES[name].ink,
            "soft": THEMES[name].soft,
            "muted": THEMES[name].muted,
            "grid": THEMES[name].grid,
            "axis": THEMES[name].axis,
            "series": colors,
            "dashes": DASHES,
            "shapes": SHAPES,
        }
        for name, colors in SERIES.items()
    }


def _names(skills: Sequence[str]) -> list[dict[str, str]]:
    terms = load_vocabulary().terms
    known = {skill: terms.get(skill) for skill in skills}
    return [
        {"id": skill, "name": term.label if term else skill, "ko": term.ko if term else ""}
        for skill, term in known.items()
    ]


def _labels() -> dict[str, Mapping[str, Mapping[str, str]]]:
    return {
        lang: {
            "roles": {**labels_for(lang).roles, "all": texts("explorer", lang)["all_roles"]},
            "families": {**labels_for(lang).families, "all": texts("explorer", lang)["all_families"]},
            "levels": labels_for(lang).levels,
        }
        for lang in LANGS
    }


def _library() -> str:
    import vl_convert

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
