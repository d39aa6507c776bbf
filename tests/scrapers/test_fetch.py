"""The client against a real server on the loopback: retries, pace, caps, redirects, robots, deadline."""

import gzip
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scrapers.client import Client
from scrapers.errors import BusyError, DeadlineError, FetchError, GoneError, ParseError, TargetError
from scrapers.fetch import MAX_BYTES, Fetcher, sha_of, user_agent
from tests.scrapers.clock import Time

HOST = "https://jobs.example.org"


def fetcher_of(server: HTTPServer, time_: Time | None = None, **more: object) -> Fetcher:
    time_ = time_ or Time()
    return Fetcher("demo", base_url=server.url_for("/"), clock=time_.clock, sleep=time_.sleep, **more)  # type: ignore[arg-type]


@contextmanager
def raw_server(answer: list[bytes], gap: float) -> Iterator[str]:
    """Serve bytes as they are, with a pause before each."""
    stop = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            with suppress(OSError):
                for part in answer:
                    if stop.wait(gap):
                        return
                    self.request.sendall(part)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            stop.set()
            server.shutdown()


def test_base_url_replaces_scheme_and_host_and_keeps_path_and_query(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/boards/acme", query_string={"a": "1", "b": "ü x"}).respond_with_json({"jobs": []})
    page = fetcher_of(httpserver).get(f"{HOST}/v1/boards/acme", {"a": 1, "b": "ü x"})
    assert page.json() == {"jobs": []}
    assert page.url.startswith(HOST)
    assert page.sha == sha_of(page.body)


def test_each_page_is_handed_to_the_keeper_with_an_honest_name(httpserver: HTTPServer) -> None:
    kept: dict[str, bytes] = {}
    httpserver.expect_request("/a", headers={"User-Agent": user_agent("mailto:me@example.org")}).respond_with_data("x")
    fetcher = fetcher_of(httpserver, keep=lambda b: kept.setdefault("sha", b).decode(), contact="mailto:me@example.org")
    assert fetcher.get(f"{HOST}/a").sha == "x"
    assert kept == {"sha": b"x"}
    assert user_agent("u").startswith("airflow-demand/")
    assert user_agent("u").endswith("(+u)")


def test_a_short_retry_after_is_waited_for_and_the_page_is_had(httpserver: HTTPServer) -> None:
    time_ = Time()
    httpserver.expect_ordered_request("/a").respond_with_data("later", status=429, headers={"Retry-After": "7"})
    httpserver.expect_ordered_request("/a").respond_with_data("here")
    fetcher = fetcher_of(httpserver, time_)
    assert fetcher.get(f"{HOST}/a").text == "here"
    assert time_.slept == [pytest.approx(7.0)]
    assert fetcher.n_requests == 2


def test_a_long_retry_after_ends_at_once_and_the_host_is_left_alone(httpserver: HTTPServer) -> None:
    time_ = Time()
    httpserver.expect_request("/a").respond_with_data("later", status=429, headers={"Retry-After": "3600"})
    httpserver.expect_request("/b").respond_with_data("here")
    fetcher = fetcher_of(httpserver, time_)
    with pytest.raises(BusyError, match="3600 s"):
        fetcher.get(f"{HOST}/a")
    with pytest.raises(BusyError):
        fetcher.get(f"{HOST}/b")
    assert time_.slept == []
    assert len(httpserver.log) == 1
    assert fetcher.get("https://other.example.org/b").text == "here"


@pytest.mark.parametrize(("status", "n"), [(500, 3), (503, 3), (403, 1), (400, 1)])
def test_only_passing_troubles_are_tried_again(httpserver: HTTPServer, status: int, n: int) -> None:
    httpserver.expect_request("/a").respond_with_data("no", status=status)
    fetcher = fetcher_of(httpserver)
    with pytest.raises(FetchError, match=str(status)) as caught:
        fetcher.get(f"{HOST}/a")
    assert fetcher.n_requests == len(httpserver.log) == n
    assert "\n" not in str(caught.value)
    assert caught.value.outcome == "failed"


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_page_is_gone(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/a").respond_with_data("no", status=status)
    with pytest.raises(GoneError) as caught:
        fetcher_of(httpserver).get(f"{HOST}/a")
    assert caught.value.outcome == "gone"


def test_a_post_is_tried_again_only_when_asked(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a", method="POST", json={"page": 1}).respond_with_data("no", status=502)
    fetcher = fetcher_of(httpserver)
    with pytest.raises(FetchError):
        fetcher.post(f"{HOST}/a", {"page": 1})
    assert fetcher.n_requests == 1
    with pytest.raises(FetchError):
        fetcher.post(f"{HOST}/a", {"page": 1}, is_retried=True)
    assert fetcher.n_requests == 4


def test_a_dead_server_is_a_fetch_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    fetcher = Fetcher("demo", base_url=f"http://127.0.0.1:{port}", sleep=lambda _: None)
    with pytest.raises(FetchError, match="no answer"):
        fetcher.get(f"{HOST}/a")
    assert fetcher.n_requests == 3


def test_a_page_too_large_is_refused_also_when_it_comes_packed(httpserver: HTTPServer) -> None:
    bomb = gzip.compress(b"\0" * (MAX_BYTES + 1))
    assert len(bomb) < 100_000
    httpserver.expect_request("/packed").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    httpserver.expect_request("/fits").respond_with_data(gzip.compress(b"yyy"), headers={"Content-Encoding": "gzip"})
    assert fetcher_of(httpserver).get(f"{HOST}/fits").text == "yyy"
    with pytest.raises(FetchError, match="larger than 64 MB"):
        fetcher_of(httpserver).get(f"{HOST}/packed")


def test_a_redirect_within_the_base_is_followed_and_a_loop_ends(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=302, headers={"Location": "/b"})
    away = {"Location": "https://www.example.org/c?d=1"}
    httpserver.expect_request("/b").respond_with_data("", status=301, headers=away)
    httpserver.expect_request("/c", query_string="d=1").respond_with_data("there")
    httpserver.expect_request("/loop").respond_with_data("", status=302, headers={"Location": "/loop"})
    fetcher = fetcher_of(httpserver)
    assert fetcher.get(f"{HOST}/a").text == "there"
    with pytest.raises(FetchError, match="redirects"):
        fetcher.get(f"{HOST}/loop")


@pytest.mark.parametrize(
    "target", ["file:///etc/hostname", "ftp://example.org/x", "http://169.254.169.254/latest", "http://10.1.2.3/"]
)
def test_a_redirect_out_of_the_public_web_is_refused(httpserver: HTTPServer, target: str) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=302, headers={"Location": target})
    httpserver.expect_request("/latest").respond_with_data("secret")
    with pytest.raises(FetchError, match=r"only http|not a public"):
        fetcher_of(httpserver).get(f"{HOST}/a")
    assert len(httpserver.log) == 1


def test_without_base_url_a_private_address_is_never_asked(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("secret")
    with pytest.raises(FetchError, match="not a public"):
        Fetcher("demo").get(httpserver.url_for("/a"))
    assert httpserver.log == []


@pytest.mark.parametrize("base_url", ["localhost:8000", "foo", "", "http://", "http://[", "http://a:b", "ftp://a"])
def test_a_base_url_must_be_an_http_address(base_url: str) -> None:
    with pytest.raises(TargetError, match="must begin with http"):
        Fetcher("demo", base_url=base_url)


def test_waiting_never_passes_the_deadline(httpserver: HTTPServer) -> None:
    time_ = Time()
    httpserver.expect_request("/a").respond_with_data("", status=503, headers={"Retry-After": "50"})
    fetcher = fetcher_of(httpserver, time_)
    fetcher.limit(40)
    with pytest.raises(DeadlineError):
        fetcher.get(f"{HOST}/a")
    assert time_.slept == []
    fetcher.limit(40)
    assert fetcher.n_requests == 0


def test_only_one_interval_a_request_and_pauses_are_time_of_the_board(httpserver: HTTPServer) -> None:
    time_ = Time()
    httpserver.expect_request("/a").respond_with_data("x")
    client = Client(base_url=httpserver.url_for("/"), interval=1.0, clock=time_.clock, sleep=time_.sleep)
    board = Fetcher("demo", client=client)
    board.limit(20)
    host = urlsplit(httpserver.url_for("/")).netloc
    for _ in range(8):
        board.get(f"{HOST}/a")
        # As if nine others were before the door.
        client.pace._door(host).next_at += 9
    assert sum(time_.slept) > 7 * 9
    client.pace.pause(host, 8)
    board.get(f"{HOST}/a")
    board.get(f"{HOST}/a")
    client.pace.pause(host, 8)
    with pytest.raises(DeadlineError):
        board.get(f"{HOST}/a")


@pytest.mark.parametrize(
    "answer",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 1000],
        [b"HTTP/1.1 200 OK\r\n", *[b"X-Drip: y\r\n"] * 90],
        [b"H", b"T", b"T", b"P", *[b" "] * 1000],
    ],
    ids=["body", "headers", "status"],
)
def test_a_server_that_drips_is_left_at_the_deadline(answer: list[bytes]) -> None:
    with raw_server(answer, gap=0.1) as url:
        fetcher = Fetcher("demo", base_url=url)
        fetcher.limit(0.6)
        began = time.monotonic()
        with pytest.raises(DeadlineError):
            fetcher.get(f"{HOST}/a")
        assert time.monotonic() - began < 2


def test_an_answer_cut_short_is_no_page() -> None:
    with raw_server([b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"], gap=0.0) as url:
        fetcher = Fetcher("demo", base_url=url, sleep=lambda _: None)
        fetcher.limit(5)
        with pytest.raises(FetchError):
            fetcher.get(f"{HOST}/a")


def test_what_is_no_json_is_a_parse_error(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("<html>blocked</html>")
    page = fetcher_of(httpserver).get(f"{HOST}/a")
    with pytest.raises(ParseError, match="not JSON"):
        page.json()


def test_redirected_post_keeps_its_body_only_where_the_server_says_so(httpserver: HTTPServer) -> None:
    seen = list[tuple[str, bytes]]()

    def note(request: Request) -> Response:
        seen.append((request.method, request.get_data()))
        return Response("ok")

    httpserver.expect_request("/keep").respond_with_data("", status=307, headers={"Location": "/end"})
    httpserver.expect_request("/drop").respond_with_data("", status=303, headers={"Location": "/end"})
    httpserver.expect_request("/end").respond_with_handler(note)
    fetcher = fetcher_of(httpserver)
    fetcher.post(f"{HOST}/keep", {"a": 1})
    fetcher.post(f"{HOST}/drop", {"a": 1})
    assert seen == [("POST", b'{"a": 1}'), ("GET", b"")]
