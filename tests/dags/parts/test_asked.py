"""What `make refresh` is asked is refused in one line before Airflow starts, or taken as it is."""

import json
import subprocess
import sys

import pytest

from dags.parts.asked import fault
from dags.weekly_refresh import PARAMS
from tests.dags.airflow_process import ROOT

CONFS = [
    {},
    {"sources": []},
    {"sources": None},
    {"sources": ["lever", "greenhouse:acme"], "since": "2026-01-01", "dry_run": True, "figures": ["fig_4_1"]},
]


@pytest.mark.parametrize("conf", CONFS)
def test_what_a_run_takes_is_taken_and_does_not_become_what_the_next_one_is_asked(conf: dict[str, object]) -> None:
    before = {name: param.value for name, param in PARAMS.items()}
    assert fault(json.dumps(conf)) == ""
    assert {name: param.value for name, param in PARAMS.items()} == before


@pytest.mark.parametrize(
    ("conf", "words"),
    [
        (
            '{"sources": ["greenhuose:rye"]}',
            "there is no source 'greenhuose', perhaps 'greenhouse'; there are: arbeitnow,",
        ),
        ('{"sources": ["qqqq"]}', "there is no source 'qqqq'; there are: arbeitnow,"),
        ('{"sourcs": ["lever"]}', "there is no parameter 'sourcs', perhaps 'sources'; there are: "),
        ('{"sources": ["remoteok:acme"]}', "remoteok: it has no boards"),
        ('{"sources": "lever"}', "sources: 'lever' is not of type"),
        ('{"figures": ["fig_4_1", "fig_4_99"]}', "figure 'fig_4_99' is not one of: fig_4_1, "),
        ('{"since": "soon"}', "since: 'soon' is not a 'date'"),
        ("lever", "CONF is no JSON ("),
        ('["lever"]', "CONF is no JSON object"),
    ],
)
def test_what_no_run_takes_is_one_line(conf: str, words: str) -> None:
    why = fault(conf)
    assert words in why
    assert "\n" not in why


def test_the_exit_code_tells_a_refusal_from_a_failed_run() -> None:
    command = [sys.executable, "-m", "dags.parts.asked", '{"sources": ["greenhuose"]}']
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "perhaps 'greenhouse'" in done.stderr
