"""Microdata: items of a schema.org type in a page's itemscope and itemprop attributes, as nested dictionaries."""

from typing import Any, Final

from lxml import etree

_MAX_NESTED: Final = 8
_FROM_ATTRIBUTE: Final = {
    "meta": "content",
    "link": "href",
    "a": "href",
    "img": "src",
    "time": "datetime",
    "data": "value",
}
_RICH: Final = frozenset(
    {"description", "responsibilities", "qualifications", "skills", "jobBenefits", "experienceRequirements"}
)


def find_items(html: str, kind: str) -> list[dict[str, Any]]:
    """Return the items of a type as dictionaries with "@type"; a property met twice is a list, rich text stays HTML."""
    if "itemtype" not in html.lower() or not html.strip():
        return []
    # As bytes: a page that declares another charset than it is read with would come out garbled.
    parser = etree.HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True)
    root = etree.fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser)
    if root is None:
        return []
    nodes = root.xpath("//*[@itemscope][@itemtype]")
    return [_read_item(node, 0) for node in nodes if _kind(node).lower() == kind.lower()]


def _kind(node: Any) -> str:
    return str(node.get("itemtype", "")).split(" ")[0].rstrip("/").rsplit("/", 1)[-1]


def _read_item(item: Any, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": _kind(item)}
    todo = list(reversed(item))
    while todo:
        node = todo.pop()
        is_item = node.get("itemscope") is not None
        for name in (node.get("itemprop") or "").split():
            is_nested = is_item and depth < _MAX_NESTED
            _put(found, name, _read_item(node, depth + 1) if is_nested else _value(node, name))
        if not is_item:
            todo.extend(reversed(node))
    return found


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _value(node: Any, name: str) -> str:
    for attribute in ("content", _FROM_ATTRIBUTE.get(node.tag, "content")):
        if node.get(attribute) is not None:
            return str(node.get(attribute))
    if name in _RICH:
        return str(etree.tostring(node, encoding="unicode", method="html", with_tail=False))
    return " ".join("".join(node.itertext()).split())
