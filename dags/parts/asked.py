"""What `make refresh` is asked: refuses, before Airflow starts, parameters that no run would take."""

import json
import sys
from collections.abc import Iterable
from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from airflow.sdk.exceptions import ParamValidationError

from dags.parts.defaults import SOURCES, check_figures


def fault(text: str) -> str:
    """Return why a run cannot take these parameters, as JSON, in one line; empty where it can."""
    from dags.weekly_refresh import PARAMS

    try:
        asked = json.loads(text)
    except ValueError as error:
        return f'CONF is no JSON ({error}): write it as CONF=\'{{"sources": ["lever"]}}\''
    if not isinstance(asked, dict):
        return 'CONF is no JSON object: write it as CONF=\'{"sources": ["lever"]}\''
    return next(filter(None, (_fault_of(name, value, PARAMS) for name, value in asked.items())), "")


def _fault_of(name: str, value: Any, params: dict[str, Any]) -> str:
    if name not in params:
        return _unknown("parameter", name, params)
    for target in value if name == "sources" and isinstance(value, list) else ():
        source, _, board = str(target).partition(":")
        if why := "" if source in SOURCES else _unknown("source", source, SOURCES):
            return why
        if why := _fault_of_board(source, board):
            return why
    try:
        # A copy: a parameter keeps what it was resolved to, and both DAGs share some.
        deepcopy(params[name]).resolve(value)
    except ParamValidationError as error:
        return f"{name}: {str(error).splitlines()[0]}"
    return _fault_of_figures(value) if name == "figures" else ""


def _fault_of_figures(ids: list[str] | None) -> str:
    from analysis.faults import Fault

    try:
        check_figures(ids)
    except Fault as error:
        return str(error)
    return ""


def _fault_of_board(source: str, board: str) -> str:
    from scrapers.collect import plan
    from scrapers.errors import TargetError

    try:
        plan([f"{source}:{board}"] if board else [], None)
    except TargetError as error:
        return str(error)
    return ""


def _unknown(kind: str, word: str, known: Iterable[str]) -> str:
    """Return one line with the word, the nearest of those known, and all of them."""
    near = get_close_matches(word, known := sorted(known), n=1)
    return f"there is no {kind} {word!r}{f', perhaps {near[0]!r}' if near else ''}; there are: {', '.join(known)}"


def main() -> int:
    """Return the exit code for the parameters in the first argument: 2, with one line, when no run would take them."""
    why = fault(sys.argv[1])
    if why:
        print(why, file=sys.stderr)
    return 2 if why else 0


if __name__ == "__main__":
    sys.exit(main())
