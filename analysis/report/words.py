"""Words: what the pages say in Korean and English, from the folder of templates."""

from functools import cache
from typing import Any

import yaml

from analysis.report.markup import template


@cache
def _read() -> Any:
    return yaml.safe_load(template("words.yaml"))


def texts(part: str, lang: str) -> dict[str, str]:
    """Return the texts of a part by name."""
    return dict(_read()[part][lang])


def lines(part: str, lang: str) -> list[str]:
    """Return the texts of a part that is a list."""
    return list(_read()[part][lang])


def say(lang: str, key: str, **values: object) -> str:
    """Return a text of the pages, filled."""
    return texts("page", lang)[key].format(**values)


def heads(lang: str, key: str) -> list[str]:
    """Return the heads of a table."""
    return say(lang, key).split("|")


def name(lang: str, code: str) -> str:
    """Return what measure calls something by a code, such as a verdict, in one language; unknown codes as they are."""
    return texts("codes", lang).get(code, code)
