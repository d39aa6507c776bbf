"""Tokens: how the board of an employer is named, so that its name turns no address elsewhere."""

import re
from collections.abc import Sequence
from typing import Final, NoReturn
from urllib.parse import quote, unquote

from scrapers.errors import TargetError
from scrapers.sources import Source

_TOKEN: Final = re.compile(r"[^\W_](?:[\w %&+'-]|\.(?!\.)){0,99}")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)


def ask_for_board(source: Source) -> NoReturn:
    """Raise TargetError: the platform has no list of its boards."""
    raise TargetError(source.name, "", f"name a board, e.g. {source.name}:TOKEN")


def check_token(source: Source, board: str) -> list[str]:
    """Return the board that a token names; raises TargetError for what can be part of no address."""
    if not _TOKEN.fullmatch(board):
        raise TargetError(source.name, "", f"{board!r} names no board; write {source.name}:TOKEN as in its address")
    return [board]


def in_path(board: str) -> str:
    """Return a token as a part of an address; in lists of boards it may stand escaped already."""
    return quote(unquote(board), safe="")


def check_host(source: Source, board: str, suffixes: Sequence[str] = (), *, is_host_allowed: bool = False) -> str:
    """Return the token of a board given as token, or as host under one of the suffixes; other hosts only if allowed.

    Raises TargetError for anything else.
    """
    bare = next((board.removesuffix(suffix) for suffix in suffixes if board.endswith(suffix)), board)
    token = board if "." in bare else bare
    is_sound = all(map(_LABEL.fullmatch, token.split("."))) and (is_host_allowed or "." not in token)
    if not is_sound:
        raise TargetError(
            source.name, "", f"{board!r} is no board: name the employer's token, as in {source.name}:acme"
        )
    return token
