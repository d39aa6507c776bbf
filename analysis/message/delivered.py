"""Delivered: the last words that went out on each channel for each run, so that the same words go out once."""

import json
from collections.abc import Mapping
from typing import Any

from analysis.message.composing import FOLDER, Message
from analysis.message.evidence import LOG
from analysis.message.problem import order_of
from scrapers.store import Store

_SENDING = "sending"
_SENT = "sent"


def is_told(store: Store, message: Message, channel: str) -> bool:
    """True when these very words were the last that went out for their run on the channel."""
    return _stored(store, message.dag, message.run, channel, _SENT).get("digest") == message.digest


def is_begun(store: Store, message: Message, channel: str) -> bool:
    """True when sending these words began and nobody knows how it ended."""
    noted = _stored(store, message.dag, message.run, channel, _SENDING)
    return noted.get("digest") == message.digest and not noted.get("is_refused")


def mark_begun(store: Store, message: Message, channel: str) -> None:
    """Note that sending begins."""
    _write(store, _mark(message.dag, message.run, channel, _SENDING), {"digest": message.digest})


def mark_refused(store: Store, message: Message, channel: str) -> None:
    """Note that the words surely did not go out: they are owed."""
    mark = {"digest": message.digest, "is_refused": True}
    _write(store, _mark(message.dag, message.run, channel, _SENDING), mark)


def owed(store: Store, dag: str) -> list[str]:
    """Return the runs of a DAG of whose message it is known that some channel did not take it, oldest first."""
    folder, end = f"{FOLDER}/{dag}/told", f".{_SENDING}.json"
    found = {
        name.removeprefix(f"{folder}/").removesuffix(end).rpartition(".")[0]
        for name in store.files.names(folder, end)
        if _read(store, name).get("is_refused")
    }
    return sorted(found, key=order_of)


def unmark_begun(store: Store, message: Message, channel: str) -> None:
    """Take back the note of a sending that has ended."""
    name = _mark(message.dag, message.run, channel, _SENDING)
    if store.files.exists(name):
        store.files.remove(name)


def mark_told(store: Store, message: Message, channel: str, receipt: Mapping[str, str] | None = None) -> None:
    """Note that the words went out; `receipt` is what the channel calls them, so that others can be put under them."""
    _write(store, _mark(message.dag, message.run, channel, _SENT), {"digest": message.digest, "receipt": receipt or {}})
    unmark_begun(store, message, channel)


def receipt_of(store: Store, dag: str, run: str, channel: str) -> dict[str, str]:
    """Return what a channel calls the message of a run; empty when nothing went out."""
    return dict(_stored(store, dag, run, channel, _SENT).get("receipt", {}))


def _mark(dag: str, run: str, channel: str, how: str) -> str:
    return f"{FOLDER}/{dag}/told/{run}.{channel}.{how}.json"


def _write(store: Store, name: str, content: Mapping[str, Any]) -> None:
    store.files.write(name, (json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n").encode())


def _stored(store: Store, dag: str, run: str, channel: str, how: str) -> dict[str, Any]:
    name = _mark(dag, run, channel, how)
    return _read(store, name) if store.files.exists(name) else {}


def _read(store: Store, name: str) -> dict[str, Any]:
    """Return what a mark says. One that somebody emptied or broke says nothing, and the words go out once more."""
    try:
        return dict(json.loads(store.files.read(name).strip() or b"{}"))
    except (ValueError, TypeError):
        LOG.warning("%s is damaged: it counts as empty", store.files.path(name))
        return {}
