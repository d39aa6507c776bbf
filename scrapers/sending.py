"""Sending: connections that tell the moment at which a request has left, for the pace of its host counts from there."""

from collections.abc import Callable
from threading import local
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_POOLS = 64


class _Thread(local):
    tell: Callable[[], None] | None = None


_thread = _Thread()


class _Plain(HTTPConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        if _thread.tell:
            _thread.tell()


class _Secure(HTTPSConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        super().request(*args, **kwargs)
        if _thread.tell:
            _thread.tell()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class TellingAdapter(HTTPAdapter):
    """Tells the function that the sending thread gave to `on_sent` when a request has left."""

    def __init__(self) -> None:
        super().__init__(pool_connections=_POOLS, pool_maxsize=_POOLS)

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
