"""The table of boards: what it says, on a terminal and as a log."""

import io
import logging

import pytest
from rich.console import Console

from scrapers.live_table import BoardTable, board_table
from scrapers.report import BoardResult


def filled(table: BoardTable) -> BoardTable:
    table.plan("shop", 3)
    table.start("shop", "acme")
    table.end(BoardResult("shop", "bakers", "ok", n=1_200))
    table.end(BoardResult("mall", "", "failed"))
    return table


def test_a_row_says_how_far_a_source_is() -> None:
    console = Console(file=io.StringIO(), width=80)
    console.print(filled(BoardTable()))
    shop, mall = console.file.getvalue().splitlines()[1:]  # type: ignore[attr-defined]
    assert shop.split() == ["shop", "1/3", "1,200", "0", "acme"]
    assert mall.split() == ["mall", "1/1", "0", "1"]


def test_a_narrow_terminal_cuts_the_name_of_the_board_and_no_number() -> None:
    console = Console(file=io.StringIO(), width=60)
    table = filled(BoardTable())
    table.start("shop", "https://careers.kelp.example/bakers/" + "x" * 90)
    console.print(table)
    head, shop, _ = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert head.split() == ["source", "boards", "postings", "failed", "reading"]
    assert shop.split()[:4] == ["shop", "1/3", "1,200", "0"]
    assert shop.rstrip().endswith("…")
    assert len(shop) <= 60


def test_elsewhere_it_is_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        filled(BoardTable(log_every=0.0))
    assert caplog.messages[-1] == "boards: 2 of 4, 1,200 postings, 1 failed"


def test_words_for_a_person_stand_below_the_table_and_elsewhere_on_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    console = Console(file=io.StringIO(), width=60)
    table = filled(BoardTable())
    table.tell("stopping: soon")
    console.print(table)
    assert console.file.getvalue().splitlines()[-1].rstrip() == "stopping: soon"  # type: ignore[attr-defined]
    assert capfd.readouterr().err == ""
    BoardTable(log_every=10.0).tell("stopping: soon")
    assert capfd.readouterr().err == "stopping: soon\n"


def test_no_terminal_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    with board_table() as table:
        filled(table)
    assert capsys.readouterr().err == ""
