"""Names that lead to this machine, at once or at a later look-up: nothing is sent to them, with a proxy or without."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.errors import FetchError
from scrapers.fetch import Fetcher
from scrapers.sending import is_private
from tests.scrapers.wire import Wire, page, serve

PUBLIC, HOME = "93.184.216.34", "127.0.0.1"
NAME = "beds.example"


@pytest.fixture
def wire() -> Iterator[Wire]:
    with serve() as wire:
        wire.answer = lambda request: [page(b"secret")]
        yield wire


@pytest.fixture
def port(wire: Wire) -> str:
    return wire.url.rpartition(":")[2]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the look-ups of the name answer, one after the other and the last for ever; "" for no address."""
    left, look_up, connect = list[str](), socket.getaddrinfo, socket.socket.connect

    def resolve(host: str, *args: Any, **kwargs: Any) -> Any:
        if host != NAME:
            return look_up(host, *args, **kwargs)
        if not (address := left.pop(0) if len(left) > 1 else left[0]):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return look_up(address, *args, **kwargs)

    def stay(connection: socket.socket, address: Any) -> None:
        # The tests ask nobody but this machine.
        if is_private(address[0]):
            connect(connection, address)
        else:
            raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", stay)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return left


@pytest.mark.parametrize("told", [[HOME], [PUBLIC, HOME], ["", HOME], [PUBLIC, PUBLIC, HOME], ["127.0.0.2", HOME]])
def test_nothing_is_sent_to_a_name_that_leads_to_this_machine(
    told: list[str], answers: list[str], wire: Wire, port: str
) -> None:
    answers[:] = told
    with pytest.raises(FetchError):
        Fetcher("demo", sleep=lambda _: None).get(f"http://{NAME}:{port}/a")
    assert wire.asked == []


def test_a_name_that_leads_to_this_machine_is_not_tried_again(answers: list[str], port: str) -> None:
    answers[:] = [HOME]
    fetcher = Fetcher("demo", sleep=lambda _: None)
    with pytest.raises(FetchError, match="not a public one"):
        fetcher.get(f"http://{NAME}:{port}/a")
    assert fetcher.n_requests == 1


def test_a_proxy_on_this_machine_is_asked_for_public_names_alone(
    answers: list[str], wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", wire.url)
    answers[:] = [HOME]
    with pytest.raises(FetchError, match="not a public one"):
        Fetcher("demo").get(f"http://{NAME}/a")
    assert wire.asked == []
    for told in (PUBLIC, ""):
        answers[:] = [told]
        assert Fetcher("demo").get(f"http://{NAME}/a").text == "secret"
    assert [request.path for request in wire.asked] == [f"http://{NAME}/a"] * 2


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.9", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.9"])
def test_addresses_of_this_machine_and_its_networks_are_private(host: str) -> None:
    assert is_private(host)


@given(st.ip_addresses())
def test_each_address_is_judged_as_its_registry_has_it(address: Any) -> None:
    assert is_private(str(address)) != address.is_global
