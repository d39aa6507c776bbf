"""Stamps: the words "as of" put on every file of a good vintage that stands in for data held back."""

import io
import json
import re
from html import escape
from typing import Any, Final

import matplotlib.image
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.draw.fonts import drawing
from analysis.draw.options import LANGS
from analysis.draw.style import THEMES, Theme
from analysis.publishing.vintages import Published, to_json
from analysis.publishing.words import reason, say
from analysis.quoting import to_markdown
from analysis.report.markup import both, keep_dates

DPI: Final = 144
_POINTS: Final = 15.0
_ROOM: Final = 0.94
"""Share of the width that the words may fill."""
_WHY: Final = 48
"""Characters of a reason in that line."""
_SIZE: Final = re.compile(r'(<svg\b[^>]*?\bheight=")([\d.]+)(pt"[^>]*?\bviewBox="0 0 ([\d.]+) )([\d.]+)(")', re.S)
_FONTS: Final = "NanumGothic, 'Malgun Gothic', 'Apple SD Gothic Neo', 'Noto Sans KR', sans-serif"


def stamp(name: str, content: bytes, made: Published, title: str = "", alt: str = "") -> bytes | None:
    """Return a file of a good vintage with the stamp of a held one, or None for a kind that cannot be stamped.

    Tables keep their bytes: their rows name the vintage. `title` and `alt` are what a picture says of itself.
    """
    lang = next((lang for lang in LANGS if f".{lang}." in name), "en")
    strip = _words(lang, made)
    if name.endswith(".png"):
        return _png(content, strip, title, alt)
    if name.endswith(".svg"):
        return _svg(content.decode(), strip)
    if name.endswith(".html"):
        return html(content.decode(), made, "banner").encode()
    if name.endswith(".md"):
        return f"> **{to_markdown(banner(lang, made))}**\n\n{content.decode()}".encode()
    if name.endswith(".meta.json"):
        return to_json({**json.loads(content), "held": {"as_of": made.as_of, "on": made.on, "why": list(made.why)}})
    return None if name.endswith(".pdf") else content


def _words(lang: str, made: Published) -> str:
    """Return the line that pictures get: the day of the data and the first reason why newer ones are held back."""
    told = say(lang, "strip", as_of=made.as_of) if made.as_of else say(lang, "strip_undated")
    if not made.why:
        return told
    first, n_more = reason(lang, made.why[0]), len(made.why) - 1
    short = first if len(first) <= _WHY else f"{first[: _WHY - 1]}…"
    return say(lang, "strip_more" if n_more else "strip_why", strip=told, why=short, n=n_more)


def banner(lang: str, made: Published, key: str = "banner") -> str:
    """Return the sentences that pages and captions of a held vintage open with."""
    as_of = made.as_of or say(lang, "no_day")
    why = say(lang, "banner_why", why="; ".join(reason(lang, each) for each in made.why)) if made.why else ""
    return f"{say(lang, key, as_of=as_of, on=made.on or say(lang, 'no_day'))} {why}".strip()


def html(page: str, made: Published, key: str) -> str:
    """Return a page with a banner at the top of its main part."""
    words = both({lang: f'<p style="max-width:none">{keep_dates(banner(lang, made, key))}</p>' for lang in LANGS})
    box = f'<div class="stamp" role="note" style="{BOX}">{words}</div>'
    return re.sub(r"(<main\b[^>]*>)", lambda found: found[1] + box, page, count=1)


BOX: Final = (
    f"background:{THEMES['light'].mark};color:{THEMES['light'].on_mark};border:2px solid {THEMES['light'].mark_edge};"
    "border-radius:.4rem;padding:.25rem 1rem;margin:1rem 0;font-weight:700"
)


def _theme(picture: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> Theme:
    """Return the theme whose paper is the nearest to the picture's corner."""
    is_dark = float(picture[0, 0, :3].mean()) < 128
    return THEMES["dark" if is_dark else "light"]


def _png(content: bytes, words: str, title: str, alt: str) -> bytes:
    picture = np.round(255 * matplotlib.image.imread(io.BytesIO(content), format="png")).astype(np.uint8)
    whole = np.vstack([picture, _strip(picture.shape[1], words, _theme(picture))[:, :, : picture.shape[2]]])
    found = io.BytesIO()
    # As in the picture itself: no date and no version, so that the same stamp gives the same bytes.
    about: dict[str, Any] = {"Software": None, "Title": title, "Description": f"{words}. {alt}"}
    matplotlib.image.imsave(found, whole, format="png", metadata=about, dpi=DPI)
    return found.getvalue()


def _strip(width: int, words: str, theme: Theme) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    with drawing():
        fig = Figure(facecolor=theme.mark, dpi=DPI)
        canvas: Any = FigureCanvasAgg(fig)
        points = _POINTS
        probe = Text(0, 0, words, fontsize=points, fontweight="bold", figure=fig)
        taken = probe.get_window_extent(canvas.get_renderer())
        points *= min(1.0, _ROOM * width / taken.width)
        # Half a pixel more: a size in inches that comes out a hair short is cut off, not rounded.
        height = round(2.2 * points * DPI / 72)
        fig.set_size_inches((width + 0.5) / DPI, (height + 0.5) / DPI)
        style: dict[str, Any] = {"fontsize": points, "fontweight": "bold", "color": theme.on_mark}
        fig.text(0.5, 0.5, words, ha="center", va="center_baseline", **style)
        canvas.draw()
        drawn = np.asarray(canvas.buffer_rgba(), dtype=np.uint8)[:height, :width].copy()
    edge = [int(theme.mark_edge[i : i + 2], 16) for i in (1, 3, 5)]
    drawn[:2, :, :3] = edge
    return drawn


def _svg(text: str, words: str) -> bytes | None:
    """Return a drawing that is taller by a strip with one line of text; None where its size is not told as expected."""
    found = _SIZE.search(text)
    if found is None:
        return None
    width, height = float(found[4]), float(found[5])
    points = min(_POINTS, _ROOM * width / (0.62 * len(words)))
    strip = round(2.2 * points, 1)
    grown = f"{found[1]}{height + strip:g}{found[3]}{height + strip:g}{found[6]}"
    theme = THEMES["light"]
    more = (
        f'<g id="as_of"><rect x="0" y="{height:g}" width="{width:g}" height="{strip:g}" fill="{theme.mark}"/>'
        f'<text x="{width / 2:g}" y="{height + 0.64 * strip:g}" text-anchor="middle" font-size="{points:.1f}" '
        f'font-weight="bold" font-family="{_FONTS}" fill="{theme.on_mark}">{escape(words)}</text></g>\n'
    )
    body, end, rest = text.rpartition("</svg>")
    return (body[: found.start()] + grown + body[found.end() :] + more + end + rest).encode()
