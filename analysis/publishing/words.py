"""Words: what published folders say in Korean and English, from the file beside this one."""

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def _read() -> Any:
    text = resources.files("analysis.publishing").joinpath("words.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def say(lang: str, key: str, **values: object) -> str:
    """Return a text in one language, filled."""
    return str(_read()[lang][key]).format(**values)
