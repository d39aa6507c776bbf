"""Tokens of boards: which names are refused, and that an accepted one never leaves its platform."""

from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.errors import TargetError
from scrapers.sources.greenhouse import SOURCE
from scrapers.tokens import check_host, check_token, in_path


def test_a_board_is_a_token_or_a_host_of_the_platform() -> None:
    assert check_host(SOURCE, "acme-1", (".example.com",)) == "acme-1"
    assert check_host(SOURCE, "acme.example.com", (".example.com",)) == "acme"
    assert check_host(SOURCE, "jobs.acme.com", (".example.com",), is_host_allowed=True) == "jobs.acme.com"
    assert check_host(SOURCE, "a.na.example.com", (".example.com",), is_host_allowed=True) == "a.na.example.com"


@pytest.mark.parametrize(
    "board",
    ["", " ", "acme/../x", "acme?x=1", "acme#", "a@b", "a:80", "-a", "a..b", ".a", "http://a", "모래", "a.b.com"],
)
def test_what_could_turn_an_address_elsewhere_is_no_board(board: str) -> None:
    with pytest.raises(TargetError):
        check_host(SOURCE, board, (".example.com",))


@given(st.text(max_size=30) | st.from_regex(r"[\w.:/@?#%\\\\-]{1,20}", fullmatch=True))
def test_an_accepted_board_never_leaves_the_platform(board: str) -> None:
    with suppress(TargetError):
        token = check_host(SOURCE, board, (".example.com",))
        parts = urlsplit(f"https://{token}.example.com/xml")
        assert (parts.hostname, parts.path) == (f"{token}.example.com".lower(), "/xml")
        assert parts.port is None
        assert parts.username is None


@pytest.mark.parametrize("board", ["acme", "Acme Foods", "Acme%20Foods", "acme.ai", "a", "회사", "7-seas", "a_b"])
def test_a_token_is_one_part_of_an_address(board: str) -> None:
    assert check_token(SOURCE, board) == [board]
    assert "/" not in in_path(board)
    assert in_path(in_path(board)) == in_path(board)


@pytest.mark.parametrize("board", ["", " acme", "../x", "a..b", "a/b", "a?b", "a#b", "a\\b", "a\x00", "-a", "a" * 101])
def test_what_can_be_no_token_is_refused(board: str) -> None:
    with pytest.raises(TargetError):
        check_token(SOURCE, board)


def test_an_escaped_slash_stays_escaped() -> None:
    assert in_path("a%2F..%2Fb") == "a%2F..%2Fb"
