"""Plain words: what went wrong with a connection, for people who do not read the names of exceptions."""

import errno
import gzip
import http.client
import socket
import ssl
import zlib
from collections.abc import Iterator
from typing import Final

import requests
import urllib3

_UNREACHED: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
_CAUSES: Final[tuple[tuple[tuple[type[BaseException], ...], str], ...]] = (
    ((requests.exceptions.ProxyError,), "the proxy does not let it through"),
    ((socket.gaierror,), "name not found"),
    ((ssl.SSLCertVerificationError,), "certificate not valid"),
    ((ssl.SSLError,), "no secure connection"),
    ((ConnectionRefusedError,), "connection refused"),
    ((TimeoutError, urllib3.exceptions.TimeoutError), "timed out"),
    ((zlib.error, gzip.BadGzipFile, urllib3.exceptions.DecodeError), "the packed page is damaged"),
    (
        (ConnectionError, EOFError, http.client.HTTPException, urllib3.exceptions.ProtocolError),
        "closed the connection early",
    ),
)
"""Kinds of errors and their words; the first kind that any error of a chain belongs to tells."""


def in_words(error: BaseException) -> str:
    """Return what an error of the network means; its own text on one line where no words are known for it."""
    chain = list(_chain(error))
    for kinds, words in _CAUSES:
        if any(isinstance(cause, kinds) for cause in chain):
            return words
    if any(isinstance(cause, OSError) and cause.errno in _UNREACHED for cause in chain):
        return "the network does not reach it"
    return str(error)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it was raised for: libraries hand the cause on in four different ways."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]
