"""A loopback server that plays a source from the pages kept for it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TYPES = {".json": "application/json", ".xml": "application/xml", ".rss": "application/rss+xml", ".html": "text/html"}


class Player:
    """Answers with the pages of a folder as its routes.json says, and with 404 to whatever else is asked.

    A route holds method, path with query (in any order), file, and if need be body (the JSON that a POST must send),
    status, headers, or member (the one value of the file's object that is answered). `fault` answers in place of all.
    """

    def __init__(self, server: HTTPServer, folder: Path) -> None:
        self.url = server.url_for("/")
        self.folder = folder
        self.routes: list[dict[str, Any]] = json.loads((folder / "routes.json").read_text(encoding="utf-8"))
        self.fault: Response | None = None
        self.asked: list[str] = []
        server.expect_request(re.compile("/.*")).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.full_path.rstrip('?')}")
        if self.fault is not None:
            return self.fault
        route = next((route for route in self.routes if _fits(route, request)), None)
        return self._page(route) if route else Response("no such page", status=404)

    def _page(self, route: dict[str, Any]) -> Response:
        path = self.folder / route["file"]
        body = path.read_bytes()
        if "member" in route:
            body = json.dumps(json.loads(body)[route["member"]]).encode()
        kind = TYPES.get(path.suffix, "application/octet-stream")
        return Response(body, route.get("status", 200), route.get("headers", {}), content_type=kind)


def _fits(route: dict[str, Any], request: Request) -> bool:
    asked = urlsplit(route["path"])
    if route["method"] != request.method or unquote(asked.path) != request.path:
        return False
    if sorted(parse_qsl(asked.query, keep_blank_values=True)) != sorted(request.args.items(multi=True)):
        return False
    return "body" not in route or bool(route["body"] == request.get_json(silent=True))


@pytest.fixture
def play(httpserver: HTTPServer) -> Callable[[Path], Player]:
    """Have the pages of a folder answered by a loopback server."""
    return lambda folder: Player(httpserver, folder)


@pytest.fixture
def serve(httpserver: HTTPServer) -> Callable[[Callable[[Request], Any]], str]:
    """Have requests answered by a function of the test, which gives a Response or what becomes JSON; its address."""

    def start(answer: Callable[[Request], Any]) -> str:
        def handler(request: Request) -> Response:
            body = answer(request)
            if isinstance(body, Response):
                return body
            return Response(json.dumps(body, ensure_ascii=False), content_type="application/json")

        httpserver.clear()
        httpserver.expect_request(re.compile("/.*")).respond_with_handler(handler)
        return httpserver.url_for("/")

    return start
