"""Words: what published folders say in Korean and English, from the file beside this one."""

from functools import cache
from importlib import resources
from typing import Any

import yaml

from analysis.quality.finding import is_check, title


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
    return next((say(lang, key) for key in ("no_posting", "no_extra") if say("en", key) == why), why)
