"""Faults of servers, each played against a real source: what becomes of the board, of what is stored, of a next run."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scrapers import collect as collect_module
from scrapers import fetch
from scrapers.client import Client
from scrapers.collect import BoardResult, collect
from scrapers.sources import load
from scrapers.store import Store
from tests.scrapers.faulty import (
    HTML,
    TODAY,
    YESTERDAY,
    Fault,
    again,
    bomb,
    cut_gzip,
    drip,
    drip_headers,
    edit,
    extend,
    go,
    refuse,
    struck,
    swap,
    text,
    whole,
)
from tests.scrapers.kelp import healthy
from tests.scrapers.wire import Wire, page, serve

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
GH, LEVER, SR, HN = "greenhouse:kelp", "lever:kelp", "smartrecruiters:kelp", "hackernews:9100"
ONE, SITE = "jobposting:https://careers.kelp.example/jobs/1", "jobposting:careers.kelp.example"
RSS = "teamtailor:kelp"
NOWHERE = "jobposting:https://kelp.invalid/jobs/1"
SPEED = 10.0
BOUND = 10.0
"""Seconds in which any of these runs must end."""


BLOCK = b"<html><title>Just a moment...</title><p>Checking your browser</p></html>"
PAST = "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"
GOOD: dict[str, Any] = {"outcome": "ok", "jobs": TODAY}
FAULTS = [
    Fault("429 without Retry-After", GH, refuse("429 Slow"), "failed", "answers 429", requests=3),
    Fault("429 once", GH, refuse("429 Slow", "Retry-After: 1"), **GOOD, times=1, requests=2),
    Fault("429 for a day", GH, refuse("429 Slow", "Retry-After: 86400"), "failed", "asks to wait 86400 s", requests=1),
    Fault("429 for ever", GH, refuse("429 Slow", f"Retry-After: {'9' * 400}"), "failed", "asks to wait", requests=1),
    Fault("Retry-After in the past", GH, refuse("429 Slow", PAST), **GOOD, times=1, requests=2),
    Fault("Retry-After that is none", GH, refuse("503 Busy", "Retry-After: soon"), **GOOD, times=1, requests=2),
    Fault("a detail refused for a day", SR, refuse("429 Slow", "Retry-After: 86400"), "failed", "86400 s", (1,), "s/2"),
    Fault("500, then 200", GH, refuse("500 Oops"), **GOOD, times=2, requests=3),
    Fault("500", LEVER, refuse("500 Oops"), "failed", "answers 500", requests=3),
    Fault("404", GH, refuse("404 Not Found"), "gone", "answers 404", requests=1),
    Fault("one detail 500", SR, refuse("500 Oops"), "ok", "", (1, 3), "s/2", n_rejected=1),
    Fault("Algolia down", HN, refuse("502 Bad Gateway"), **GOOD, at="/api/v1/"),
    Fault("Firebase down", HN, refuse("502 Bad"), "truncated", "not checked", TODAY, "/v0/"),
    Fault("both down", HN, refuse("502 Bad"), "failed", "answers 502"),
    Fault("never answers", GH, lambda s, r: [30.0], "failed", "no answer", requests=3, timeout=0.3),
    Fault("never accepts", GH, lambda s, r: [], "failed", "no answer", requests=3, base="dead"),
    Fault("drips", GH, drip, "failed", "time for one board", requests=1, board_seconds=5.0),
    Fault("drips its headers", GH, drip_headers, "failed", "time for one board", requests=1, board_seconds=1.0),
    Fault("reset in the body", GH, lambda s, r: [page(s)[:-9], None], "failed", "no answer", requests=3),
    Fault("reset once", LEVER, lambda s, r: [page(s)[:-9], None], **GOOD, times=1),
    Fault("closed in the body", GH, lambda s, r: [page(s)[:-9]], "failed", "no answer", requests=3),
    Fault("no answer but a line", GH, lambda s, r: [b"HELO\r\n\r\n"], "failed", "no answer", requests=3),
    Fault("truncated gzip", GH, cut_gzip, "failed", "no answer", requests=3),
    Fault("truncated gzip of a page", SITE, cut_gzip, "ok", "", (1, 3), "/jobs/2", n_rejected=1),
    Fault("truncated gzip once", ONE, cut_gzip, "ok", "", (1,), "/jobs", times=1),
    Fault("gzip that is none", GH, text(BLOCK, headers="Content-Encoding: gzip"), "failed", "no answer"),
    Fault("gzip bomb", GH, bomb, "failed", "larger than 64 MB", requests=1),
    Fault("gzip", GH, lambda s, r: [whole(s)], **GOOD),
    Fault("wrong content type", GH, lambda s, r: [page(s, headers=HTML)], **GOOD),
    Fault("block page", GH, text(BLOCK, headers=HTML), "failed", "not JSON", requests=1),
    Fault("block page for one page of a site", SITE, text(BLOCK, headers=HTML), "ok", "", (1, 3), "/jobs/2"),
    Fault("block page for a sitemap", SITE, text(BLOCK, headers=HTML), "failed", "no sitemap", at="/sitemap"),
    Fault("block page for Algolia", HN, text(BLOCK, headers=HTML), **GOOD, at="/api/v1/"),
    Fault("redirect loop", GH, lambda s, r: go(r.path)(s, r), "failed", "redirects", requests=5),
    Fault("redirect to a private address", GH, go("http://127.0.0.2:9/"), "failed", "not a public one", requests=1),
    Fault("redirect to two hosts", GH, go("http://127.0.0.2:9\\@kelp.example/"), "failed", "plainly", requests=1),
    Fault("redirect to ftp", GH, go("ftp://boards.example/"), "failed", "only http", requests=1),
    Fault("redirect to nowhere", GH, go("http://["), "failed", requests=1),
    Fault("untrusted certificate", GH, text([]), "failed", "certificate", requests=1, base="tls"),
    Fault("null list", GH, text({"jobs": None, "meta": {"total": 0}}), "failed", "no list jobs"),
    Fault("null list of a page", SR, text({"content": None, "totalFound": 0}), "failed", "no list content"),
    Fault("null kids", HN, edit(lambda i: {**i, "kids": None}), "truncated", "no list", TODAY, "/v0/item/9100"),
    Fault("missing ids", GH, edit(extend([{"title": "X", "content": "y"}] * 2)), **GOOD, n_rejected=2),
    Fault("duplicate ids", GH, edit(lambda b: extend(b["jobs"])(b)), **GOOD),
    Fault("duplicate ids of a list", LEVER, edit(lambda b: b + b), **GOOD),
    Fault("list become object", LEVER, edit(lambda b: {"data": b}), "failed", "no list"),
    Fault("object become list", GH, edit(lambda b: b["jobs"]), "failed", "no list"),
    Fault("records become texts", GH, edit(extend(["Gardener"])), **GOOD, n_rejected=1),
    Fault("error object", LEVER, text({"ok": False, "error": "none such"}), "failed", "no list"),
    Fault("error object with status 200", GH, text({"status": 500, "error": "x"}), "failed", "no list"),
    Fault("40,000 records without title", GH, edit(extend([{"id": 7}] * 40_000)), **GOOD, n_rejected=40_000),
    Fault("false total", GH, edit(lambda b: {**b, "meta": {"total": 7}}), "truncated", "says 7", TODAY),
    Fault("no total", GH, edit(lambda b: {"jobs": b["jobs"]}), "truncated", "says None", TODAY),
    Fault("a page again and again", SR, again, "truncated", "repeats", TODAY, "s?"),
    Fault("an end before the total", SR, edit(lambda b: {**b, "totalFound": 9}), "truncated", "3 of 9", TODAY, "s?"),
    Fault("no postings before the total", SR, edit(lambda b: {**b, "content": []}), "failed", "after 0 of 3", at="s?"),
    Fault("NaN", GH, edit(extend([{"id": float("nan"), "title": "X", "content": "y"}])), **GOOD, n_rejected=1),
    Fault("Infinity for a date", LEVER, edit(lambda b: [{**j, "createdAt": float("inf")} for j in b]), **GOOD),
    Fault("a lone surrogate", GH, edit(extend([{"id": 5, "title": "\ud800", "content": "y"}])), **GOOD, n_rejected=1),
    Fault("a lone surrogate as id", LEVER, edit(lambda b: [*b, {"id": "\ud800", "text": "x"}]), **GOOD, n_rejected=1),
    Fault("U+2028 in a title", GH, swap("Gardener 2", "Gardener\u2028 2"), **GOOD),
    Fault("bad UTF-8", GH, swap("온실 2", b"\xff\xfe 2"), "failed", "not JSON"),
    Fault("two encodings in one page", SITE, swap("온실 2", "온실 2".encode("euc-kr")), **GOOD, at="/jobs/2"),
    Fault("byte order mark", GH, lambda s, r: [page(b"\xef\xbb\xbf" + s)], **GOOD),
    Fault("UTF-16", GH, lambda s, r: [page(s.decode().encode("utf-16"))], **GOOD),
    Fault("deep nesting", GH, text(b"[" * 200_000), "failed", "not JSON"),
    Fault("number of 5,000 digits", GH, text(b'{"jobs": [' + b"9" * 5_000 + b"]}"), "failed", "not JSON"),
    Fault("XML cut", RSS, lambda s, r: [page(s[:-9])], "failed", "not XML"),
    Fault("XML with entities", RSS, text(b'<!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>'), "failed", "not XML"),
    Fault("XML in UTF-16", RSS, lambda s, r: [page(s.decode().encode("utf-16"))], **GOOD),
    Fault("XML with control characters", RSS, swap("Gardener 2", "Gardener\x0b 2"), **GOOD),
    Fault("block page for a feed", RSS, text(BLOCK, headers=HTML), "failed", requests=1),
    Fault("robots disallow", ONE, text(b"User-agent: *\nDisallow: /"), "failed", "robots.txt does not", at="/robots"),
    Fault("robots 500", ONE, refuse("500 Oops"), "failed", "robots.txt does not", at="/robots"),
    Fault("robots redirected in a loop", ONE, go("/robots.txt"), "failed", "redirects", at="/robots"),
    Fault("a host without address", NOWHERE, text([]), "failed", "no answer", base="none"),
    Fault("204", GH, refuse("204 No Content"), "failed", "not JSON"),
    Fault("204 for a page", ONE, refuse("204 No Content"), "failed", "no JobPosting", at="/jobs"),
    Fault("an empty body", LEVER, text(b""), "failed", "not JSON"),
    Fault("304 not asked for", GH, refuse("304 Not Modified"), "failed", "answers 304", requests=1),
]


@pytest.fixture
def wire() -> Iterator[Wire]:
    with serve() as wire:
        yield wire


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key; made anew, for no key belongs into git."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.now(UTC) - timedelta(days=1)
    place = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), start, start + timedelta(9))
        .add_extension(place, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "self_signed.pem"
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()) + made.public_bytes(pem))
    return path


@pytest.fixture
def bases(wire: Wire, certificate: Path) -> Iterator[dict[str, str | None]]:
    with serve(certificate) as tls, socket.socket() as mute:
        # Bound without listening: nobody else is given the port, and it refuses.
        mute.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{mute.getsockname()[1]}"
        yield {"plain": wire.url, "tls": tls.url, "dead": dead, "none": None}


@pytest.fixture
def run(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Callable[..., BoardResult]:
    """Collect a target with a clock that runs fast, so that nobody waits for the pauses of the engine."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(collect_module, "Client", partial(Client, sleep=lambda seconds: time.sleep(seconds / SPEED)))

    def fast() -> float:
        return time.monotonic() * SPEED

    def call(store: Store, name: str, target: str, base: str | None, day: int) -> BoardResult:
        now = NOW + timedelta(days=day)
        report = collect([target], store, run=name, base_url=base, now=now, interval=0.0, clock=fast)
        return report.boards[0]

    return call


def contents(store: Store, source: str) -> list[tuple[str, str]]:
    columns = ["posting_id", "content_sha"]
    return sorted((r["posting_id"], r["content_sha"]) for b in store.postings(source, columns) for r in b.to_pylist())


def state(store: Store, source: str) -> dict[str, bool]:
    events = (row for table in store.sightings(source) for row in table.to_pylist())
    return {e["posting_id"]: e["event"] != "vanished" for e in events}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_costs_nothing_that_a_healthy_run_does_not_bring(
    fault: Fault,
    wire: Wire,
    bases: dict[str, str | None],
    run: Callable[..., BoardResult],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = fault.target.partition(":")[0]
    hit, spared = Store(tmp_path / "hit"), Store(tmp_path / "spared")
    wire.answer = healthy(fault.target, YESTERDAY)
    for store in (hit, spared):
        run(store, "r0", fault.target, wire.url, 0)
    before = dict(contents(hit, source))
    wire.answer, wire.asked = struck(fault), []
    began = time.monotonic()
    with monkeypatch.context() as patch:
        patch.setattr(fetch, "BOARD_SECONDS", fault.board_seconds)
        patch.setattr(f"scrapers.sources.{source}.SOURCE", replace(load(source).SOURCE, timeout=fault.timeout))
        result = run(hit, "r1", fault.target, bases[fault.base], 1)
    assert time.monotonic() - began < BOUND
    assert (result.outcome, result.n, result.n_rejected) == (fault.outcome, len(fault.jobs), fault.n_rejected), result
    assert fault.reason in result.reason
    assert bool(result.reason) == (fault.outcome != "ok")
    assert "\n" not in result.reason
    is_whole = fault.outcome == "ok" and not fault.n_rejected and load(source).SOURCE.may_vanish
    assert result.n_vanished == (is_whole and fault.target != ONE)
    assert len(contents(hit, source)) == len(before) + result.n_new
    assert {numbers(hit, source)[i] for i in state(hit, source)} == {*numbers(spared, source).values(), *fault.jobs}
    assert fault.requests in (None, result.requests)
    wire.answer = healthy(fault.target, TODAY)
    for store in (hit, spared):
        assert run(store, "r2", fault.target, wire.url, 2).outcome == "ok"
    assert contents(hit, source) == contents(spared, source)
    assert state(hit, source) == state(spared, source)


def numbers(store: Store, source: str) -> dict[str, int]:
    """Return the number of the job behind each posting."""
    rows = (r for b in store.postings(source, ["posting_id", "native_id"]) for r in b.to_pylist())
    return {r["posting_id"]: int(r["native_id"][-1]) for r in rows}
