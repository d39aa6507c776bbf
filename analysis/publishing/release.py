"""Release: makes a run's draft, or the last good vintage stamped, the vintage that readers see."""

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.publishing import changes, drafts
from analysis.publishing.difference import NAME, Diff, compare, nothing_new
from analysis.publishing.index import index_html
from analysis.publishing.stamps import html, stamp
from analysis.publishing.vintages import (
    Published,
    current,
    day_of,
    digest,
    last_good,
    latest,
    next_name,
    read_json,
    read_manifest,
    seal,
    show,
    to_json,
)
from scrapers.store import Store

_OWN = ("index.html", NAME, "diff.md")
"""What a vintage says of itself: written anew for each, never stamped."""


def publish(store: Store, run: str) -> Published:
    """Make the draft of a run a vintage and show it to readers; a run that has been published stays as it is.

    Readers see the vintage before or this one and never a mix: its folder is not named by anything before its manifest
    stands, and does not change afterwards. Who reads several files asks published/current.json, or resolves the link
    published/current, once. To a vintage of an earlier day than the one they see, or of an earlier state of the store,
    they are not led: `is_shown` tells.
    Killed at any step and called again, it ends in the same bytes. Raises PublishError where a part of the draft is
    missing, and StoreError where the store cannot be written or another run is writing.
    """
    with store.lock():
        made = latest(store, run)
        if made is None or made.is_held:
            made = _release(store, run)
        show(store, made)
        drafts.drop_drafts(store, run, current(store))
    return made


def hold(store: Store, run: str, why: Sequence[str]) -> Published:
    """Show the last good vintage again, stamped with its day and why newer data are held back.

    Pictures grow by a strip, pages and captions by a banner; PDF files are left out. The quality page is the draft's
    where there is one, since it tells of the data held back. The good vintage and the draft stay as they are. Where
    nothing good has been published, nothing is shown and the answer names no vintage.
    """
    with store.lock():
        good = last_good(store, run)
        if good is None:
            day = day_of(store, run)
            return Published(vintage="", run=run, on=day, as_of="", good="", is_held=True, why=tuple(why), number=0)
        made = latest(store, run)
        if made is None or not made.is_held or made.why != tuple(why):
            made = _stand_in(store, run, good, tuple(why))
        show(store, made)
    return made


def _release(store: Store, run: str) -> Published:
    draft = drafts.read_draft(store, run)
    before = last_good(store, run, draft.basis.n_commits)
    name, day = next_name(store, run), day_of(store, run)
    made = Published(
        vintage=name,
        run=run,
        on=day,
        as_of=day,
        good=name,
        before=before.vintage if before else "",
        number=_number(store),
    )
    figures = {path: digest(content) for path, content in draft.content.items()}
    found = compare(store, run, before, draft.basis, figures)
    about = {"basis": draft.basis.to_dict(), "missing": dict(draft.missing)}
    seal(store, made, _complete(made, found, draft.content, about), about)
    return made


def _stand_in(store: Store, run: str, good: Published, why: tuple[str, ...]) -> Published:
    made = Published(
        vintage=next_name(store, run),
        run=run,
        on=day_of(store, run),
        as_of=good.on,
        good=good.vintage,
        is_held=True,
        why=why,
        before=good.vintage,
        number=_number(store),
    )
    manifest = read_manifest(store, good.vintage)
    content: dict[str, bytes] = {}
    left_out = []
    for name in manifest["files"]:
        if name in _OWN:
            continue
        stamped = _stamped(store, made, name)
        if stamped is None:
            left_out.append(name)
        else:
            content[name] = stamped
    about = {"basis": manifest["basis"], "missing": manifest["missing"], "left_out": left_out}
    seal(store, made, _complete(made, nothing_new(run, good), content, about), about)
    return made


def _stamped(store: Store, made: Published, name: str) -> bytes | None:
    own = drafts.read_file(store, made.run, name) if name == "quality.html" else None
    if own is not None:
        return html(own.decode(), made, "quality_banner").encode()
    folder = f"published/{made.good}"
    title = alt = ""
    if name.endswith(".png"):
        stem, lang, _ = name.rsplit(".", 2)
        record = read_json(store.files, f"{folder}/{stem}.meta.json")
        title, alt = record["title"][lang], record["alt"][lang]
    return stamp(name, store.files.read(f"{folder}/{name}"), made, title, alt)


def _complete(made: Published, found: Diff, content: Mapping[str, bytes], about: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files of a vintage with those that it says of itself."""
    page = index_html(made, found, content, about["basis"]["data"], about["missing"])
    return {
        **content,
        NAME: to_json(found.to_dict()),
        "diff.md": changes.to_text(found, made.vintage).encode(),
        "index.html": page.encode(),
    }


def _number(store: Store) -> int:
    shown = current(store)
    return shown.number + 1 if shown else 1
