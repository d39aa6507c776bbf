"""Sending: connections that tell the moment at which a request has left, and that lead to the public web alone.

The pace of a host counts from that moment. A name may lead elsewhere with every look-up: the connection is judged by
the address it has reached, before a byte is sent. What a proxy reaches is not seen: there the name is looked up.
"""

import ipaddress
import socket
from collections.abc import Callable
from threading import local
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_POOLS = 64


class NotPublicError(ValueError):
    """A name leads to an address that is not of the public web."""


class _Thread(local):
    tell: Callable[[], None] | None = None
    is_guarded: bool = False


_thread = _Thread()


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        reached = super()._new_conn()
        if _thread.is_guarded and self.proxy is None and is_private(reached.getpeername()[0]):
            reached.close()
            raise NotPublicError
        return reached

    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        if _thread.tell:
            _thread.tell()


class _Secure(_Plain, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class TellingAdapter(HTTPAdapter):
    """Tells the function that the sending thread gave to `on_sent` when a request has left.

    With `is_guarded` what leads to an address that is not public raises NotPublicError, and nothing is sent.
    """

    def __init__(self, *, is_guarded: bool = False) -> None:
        self._is_guarded = is_guarded
        super().__init__(pool_connections=_POOLS, pool_maxsize=_POOLS)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request; `kwargs` are those of a session."""
        url = request.url or ""
        if self._is_guarded and select_proxy(url, kwargs.get("proxies")) and _leads_home(urlsplit(url).hostname or ""):
            raise NotPublicError
        _thread.is_guarded = self._is_guarded
        return super().send(request, *args, **kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make the pools of connections through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
        return manager


def on_sent(tell: Callable[[], None]) -> None:
    """Have a function called whenever a request of this thread has left."""
    _thread.tell = tell


def is_private(host: str) -> bool:
    """Tell whether a host is named by an address that is not public; other names are not judged."""
    try:
        return host == "localhost" or not ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return False


def _leads_home(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return any(is_private(str(info[4][0])) for info in found)
