"""The words of messages: complete in both languages."""

import re
import string
from importlib import resources

import pytest
import yaml

from analysis.message import words
from scrapers import report


@pytest.mark.parametrize("name", words._WORDS)
def test_both_languages_fill_the_same_gaps(name: str) -> None:
    gaps = [sorted(gap for _, gap, _, _ in string.Formatter().parse(text) if gap) for text in words._WORDS[name]]
    assert gaps[0] == gaps[1]
    assert re.search("[가-힣]|Airflow|^{", words._WORDS[name][1])


def test_whatever_is_advised_about_a_board_is_known_to_messages() -> None:
    advised = {advice for _, advice in report._ADVICE} | {report._CUT, report._OTHER}
    advised |= {report.advise(report.BoardResult("lever", "x", "gone"))}
    assert advised == set(words.ADVICE)


def test_an_advice_inside_a_line_is_translated() -> None:
    line = "lever: not reached: check the network and the board's name, then collect again"
    assert words.advice_in("ko", line) == "lever: 연결 실패: 네트워크와 게시판 이름을 확인하세요"
    assert words.advice_in("en", line) == "lever: not reached: check the network and the board's name"


_CHECKS = yaml.safe_load(resources.files("analysis.quality").joinpath("words.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("told", [text for own in _CHECKS["checks"].values() for text in own.values()])
def test_a_check_asks_for_no_command_of_a_terminal(told: dict[str, str]) -> None:
    assert not re.search(r"--|airflow-demand|collect", " ".join(told.values()))


@pytest.mark.parametrize("told", words.ADVICE.values())
def test_a_message_asks_for_no_command_of_a_terminal(told: tuple[str, str]) -> None:
    assert not re.search(r"--\w|collect|command|다시 수집하세요", " ".join(told))
    assert re.search("[가-힣]", told[1])
