"""Slim SVG: a figure of matplotlib as accessible markup whose letters are shared by all figures of a page."""

import re
from dataclasses import dataclass, field, fields
from html import escape
from typing import Final

from lxml import etree

from analysis.draw.style import THEMES, Theme

_SVG: Final = "{http://www.w3.org/2000/svg}"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_LETTER: Final = "scale(0.015625)"
"""What matplotlib puts on the outline of a letter, and on nothing else."""
_NUMBER: Final = re.compile(r"-?\d*\.\d+")
_COLOR: Final = re.compile(r"#[0-9a-f]{6}\b")


def shades(theme: str) -> dict[str, str]:
    """Return the theme's colour for every colour of the light theme; where one has two meanings, of the first."""
    found: dict[str, str] = {}
    for each in fields(Theme):
        found.setdefault(getattr(THEMES["light"], each.name).lower(), getattr(THEMES[theme], each.name).lower())
    return found


@dataclass(slots=True)
class Glyphs:
    """The letters that the figures of one page are drawn with, each kept once."""

    names: dict[str, str] = field(default_factory=dict)

    def name(self, outline: str) -> str:
        """Return the page's id of a letter."""
        return self.names.setdefault(outline, f"g{len(self.names):x}")

    def to_html(self) -> str:
        """Return the letters as a hidden drawing that every figure refers to."""
        paths = "".join(f'<path id="{name}" d="{d}" transform="{_LETTER}"/>' for d, name in self.names.items())
        return f'<svg class="glyphs" aria-hidden="true" focusable="false"><defs>{paths}</defs></svg>'


def slim(content: bytes, key: str, title: str, alt: str, glyphs: Glyphs) -> str:
    """Return a figure as inline markup: its own ids begin with `key`, its letters are in `glyphs`.

    Coordinates keep one decimal of a point, the places of letters two. Colours of the light theme become variables
    (--c and six digits), so that the page can darken them.
    """
    root = etree.fromstring(
        content, etree.XMLParser(remove_comments=True, remove_blank_text=True, resolve_entities=False)
    )
    letters = _take_letters(root, glyphs)
    for node in list(root.iter(f"{_SVG}metadata", f"{_SVG}title", f"{_SVG}style")):
        node.getparent().remove(node)
    for node in root.iter():
        _shorten(node, key, letters)
    _drop_idle(root, key)
    body = "".join(etree.tostring(child, encoding="unicode") for child in root)
    body = re.sub(r' xmlns(?::\w+)?="[^"]*"', "", body)
    label = f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(alt)}</desc>'
    return (
        f'<svg role="img" aria-labelledby="{key}-t" aria-describedby="{key}-d" viewBox="{root.get("viewBox")}">'
        f"{label}{body}</svg>"
    )


def _take_letters(root: etree._Element, glyphs: Glyphs) -> dict[str, str]:
    letters = {}
    for path in list(root.iter(f"{_SVG}path")):
        if path.get("transform") == _LETTER and path.get("id"):
            letters[f"#{path.get('id')}"] = f"#{glyphs.name(_tight(path.get('d', ''), 0))}"
            path.getparent().remove(path)
    return letters


def _shorten(node: etree._Element, key: str, letters: dict[str, str]) -> None:
    if node.get("id"):
        node.set("id", f"{key}-{node.get('id')}")
    if "d" in node.attrib:
        node.set("d", _tight(node.get("d", ""), 1))
    if "style" in node.attrib:
        node.set("style", _color(node.get("style", "").replace(": ", ":").replace("; ", ";")))
    for name in ("clip-path", "style"):
        if "url(#" in node.get(name, ""):
            node.set(name, node.get(name, "").replace("url(#", f"url(#{key}-"))
    if _HREF in node.attrib:
        target = node.attrib.pop(_HREF)
        node.set("href", letters.get(target, f"#{key}-{target[1:]}"))
        _place(node)
    elif "transform" in node.attrib:
        node.set("transform", re.sub(r"translate\([^)]*\)", lambda t: _round(t[0], 2), node.get("transform", "")))
    for name in ("x", "y", "width", "height"):
        if name in node.attrib:
            node.set(name, _round(node.get(name, ""), 2))


def _place(use: etree._Element) -> None:
    """Write a letter's place as x and y: shorter than a transform, and the same."""
    found = re.fullmatch(r"translate\((\S+)(?:[ ,]+(\S+))?\)", use.get("transform", ""))
    if found:
        del use.attrib["transform"]
        for name, value in zip("xy", found.groups(), strict=True):
            if value and float(value):
                use.set(name, _round(value, 2))


def _drop_idle(root: etree._Element, key: str) -> None:
    """Drop ids that nothing refers to, groups that hold nothing, and groups that say nothing."""
    text = " ".join(value for node in root.iter() for name, value in node.attrib.items() if name != "id")
    used = set(re.findall(rf"#({re.escape(key)}-[^\s\")]+)", text))
    for node in root.iter():
        if node.get("id") not in used:
            node.attrib.pop("id", None)
    for node in reversed(list(root.iter(f"{_SVG}g", f"{_SVG}defs"))):
        if not len(node):
            node.getparent().remove(node)
        elif node.tag == f"{_SVG}g" and not node.attrib:
            parent = node.getparent()
            place = parent.index(node)
            parent[place : place + 1] = list(node)


def _color(style: str) -> str:
    return _COLOR.sub(lambda found: f"var(--c{found[0][1:]})" if found[0] in _SHADES else found[0], style)


_SHADES: Final = frozenset(shades("dark"))


def _tight(path: str, decimals: int) -> str:
    text = _round(" ".join(path.split()), decimals)
    return re.sub(r" ?([A-Za-z]) ?", r"\1", text).replace(" -", "-")


def _round(text: str, decimals: int) -> str:
    return _NUMBER.sub(lambda found: _one(float(found[0]), decimals), text)


def _one(value: float, decimals: int) -> str:
    short = f"{value:.{decimals}f}"
    short = short.rstrip("0").rstrip(".") if "." in short else short
    return "0" if short in ("-0", "") else short
