"""The words of messages: complete in both languages."""

import re
import string
from importlib import resources

import pytest
import yaml

from analysis.message import commands, words
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


_ADVISED = [text for own in _CHECKS["checks"].values() for text in own.values() if "en" in text]
_ADVISED += [
    dict(zip(words.LANGS, told, strict=True)) for name, told in words._WORDS.items() if name[:3] in ("do_", "the")
]


@pytest.mark.parametrize("lang", words.LANGS)
@pytest.mark.parametrize("told", _ADVISED, ids=range(len(_ADVISED)))
def test_without_a_scheduler_nobody_is_sent_to_its_pages(told: dict[str, str], lang: str) -> None:
    typed = commands.as_command(lang, told[lang])
    assert not re.search(r"trigger|\b[Cc]lear|the DAG|DAG를|Read again|Reviewed|connection|연결 s|retrain_cl", typed)


@pytest.mark.parametrize(
    ("lang", "replaced"), [(lang, pair) for lang in words.LANGS for pair in commands._COMMANDS[lang]]
)
def test_what_is_put_into_commands_is_advised_somewhere(lang: str, replaced: tuple[str, str]) -> None:
    assert any(replaced[0] in told[lang] for told in _ADVISED)
