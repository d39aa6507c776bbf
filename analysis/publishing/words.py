"""Words: what published folders say in Korean and English, from the file beside this one."""

import re
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from analysis.quality.finding import is_check, title

_ABSENCES: Final = (
    "no_posting",
    "no_extra",
    "no_years",
    "no_years_but",
    "nowhere",
    "no_country",
    "no_source",
    "no_skill",
)
"""Texts whose English words are those in which drawing and judging say why they could not: the first that fits."""


@cache
def _read() -> Any:
    text = resources.files("analysis.publishing").joinpath("words.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def say(lang: str, key: str, **values: object) -> str:
    """Return a text in one language, filled."""
    return str(_read()[lang][key]).format(**values)


def reason(lang: str, why: str) -> str:
    """Return one reason for holding data back in words: a check's name and subject, or any other text as it is."""
    name, _, subject = why.partition(" ")
    return title(name, lang, subject) if is_check(name) else why


def absence(lang: str, why: str) -> str:
    """Return in words why something was not made; what no page has words for stays as it was said."""
    found = ((key, _pattern(key).fullmatch(why)) for key in _ABSENCES)
    return next((say(lang, key, **match.groupdict()) for key, match in found if match), why)


@cache
def _pattern(key: str) -> re.Pattern[str]:
    """Return what an English text matches, with a group for each of its gaps."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^;]+)", re.escape(_read()["en"][key])))
