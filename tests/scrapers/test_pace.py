"""The pace of hosts, kept by threads and read from what they did."""

import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.pace import Limit, Pace, door_of


def go(pause: float, waited: float) -> None:
    """Never refuse."""


def run_threads(n: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(i,)) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)


def test_starts_are_apart_and_places_are_counted_whoever_asks() -> None:
    pace, starts, n_inside, most = Pace(), list[float](), 0, 0
    lock = threading.Lock()

    def ask(_: int) -> None:
        nonlocal n_inside, most
        for _i in range(3):
            with pace.turn("a", Limit(0.02, 3), go) as sent:
                sent()
                with lock:
                    starts.append(time.monotonic())
                    n_inside += 1
                    most = max(most, n_inside)
                time.sleep(0.05)
                with lock:
                    n_inside -= 1

    run_threads(6, ask)
    assert len(starts) == 18
    assert most <= 3
    assert starts[-1] - starts[0] >= 17 * 0.02
    # Noted after the door, so that a stamp may be late; never are two of them together.
    assert sum(b - a < 0.01 for a, b in pairwise(starts)) <= 2


def test_hosts_do_not_wait_for_each_other() -> None:
    pace = Pace()
    began = time.monotonic()
    for host in "abcdef":
        with pace.turn(host, Limit(5.0), go):
            pass
    assert time.monotonic() - began < 2


def test_a_pause_holds_for_whoever_waits_already() -> None:
    pace, entered = Pace(), list[float]()
    with pace.turn("a", Limit(0.1), go):
        pass

    def ask(_: int) -> None:
        with pace.turn("a", Limit(0.0, 5), go):
            entered.append(time.monotonic())

    began = time.monotonic()
    timer = threading.Timer(0.02, pace.pause, ("a", 0.5))
    timer.start()
    run_threads(3, ask)
    assert min(entered) - began >= 0.5


def test_who_may_not_wait_is_told_so_before_waiting() -> None:
    pace = Pace()
    pace.pause("a", 60.0)

    def refuse(pause: float, waited: float) -> None:
        if pause > 5:
            raise TimeoutError(f"{pause:.0f}")

    began = time.monotonic()
    with pytest.raises(TimeoutError, match="60"), pace.turn("a", Limit(60.0), refuse):
        pass
    assert time.monotonic() - began < 2


@given(interval=st.floats(0, 100), pause=st.floats(0, 100))
def test_what_is_waited_for_the_turn_is_told_apart_from_a_pause(interval: float, pause: float) -> None:
    now, waited = [1000.0], list[float]()

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(lambda: now[0], sleep)
    with pace.turn("a", Limit(interval), go):
        pass
    pace.pause("a", pause)
    with pace.turn("a", Limit(interval), lambda _, seconds: waited.append(seconds)):
        pass
    assert now[0] - 1000.0 == pytest.approx(max(pause, interval * 1.01))
    assert sum(waited) == pytest.approx(max(interval * 1.01 - pause, 0.0), abs=1e-6)


def test_a_place_is_given_back_also_after_an_error() -> None:
    pace = Pace()
    for _ in range(3):
        with pytest.raises(KeyError), pace.turn("a", Limit(0.0, 1), go):
            raise KeyError
    pace.close("a", "busy")
    assert (pace.closed("a"), pace.closed("b")) == ("busy", "")


@pytest.mark.parametrize(
    ("url", "door"),
    [
        ("https://beds.example/a?b=http://c.example", "beds.example"),
        ("HTTPS://Beds.Example:443", "beds.example"),
        ("http://who:word@beds.example.:80/", "beds.example"),
        ("http://beds.example:443/", "beds.example:443"),
        ("https://[2001:DB8::1]:8443/", "[2001:db8::1]:8443"),
    ],
)
def test_a_host_has_one_door_however_its_address_is_written(url: str, door: str) -> None:
    assert door_of(url) == door


@given(
    name=st.from_regex(r"[a-z][a-z0-9-]{0,9}(\.[a-z]{2,5}){1,2}", fullmatch=True),
    scheme=st.sampled_from(["http", "https"]),
    port=st.integers(0, 65535),
)
def test_only_another_port_makes_another_door(name: str, scheme: str, port: int) -> None:
    door = door_of(f"{scheme}://{name}/")
    assert door == name
    assert door_of(f"{scheme.upper()}://{name.title()}:{port}/jobs") in (name, f"{name}:{port}")
    assert (door_of(f"{scheme}://{name}:{port}") == name) == (port == {"http": 80, "https": 443}[scheme])
