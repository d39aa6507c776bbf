"""Commands: what a scheduler and its pages are advised to do, for whoever runs a refresh by a command."""

from collections.abc import Mapping
from typing import Final

_COMMANDS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "en": (
        ("trigger the DAG again", "run the same command again"),
        ("trigger the refresh with Read again", 'run the same command again with "force": true in CONF'),
        ("clear the task check", "run the same command again"),
        ("clear the task: the run", "run the same command again: it"),
        ("retrain_classifier with Roll back", "airflow-demand model rollback"),
        ("(Reviewed)", "(airflow-demand model promote VERSION --reviewed)"),
        ("add the connection slack_alerts, or set", "set"),
        ("add the connection smtp_alerts and set", "set AIRFLOW_CONN_SMTP_ALERTS and"),
    ),
    "ko": (
        ("DAG를 다시 실행하", "같은 명령을 다시 실행하"),
        ("갱신을 Read again으로 다시 실행하", '같은 명령의 CONF에 "force": true를 주어 다시 실행하'),
        ("태스크 check를 Clear하", "같은 명령을 다시 실행하"),
        ("태스크를 Clear하", "같은 명령을 다시 실행하"),
        ("retrain_classifier의 Roll back", "airflow-demand model rollback"),
        ("(Reviewed)", "(airflow-demand model promote VERSION --reviewed)"),
        ("연결 slack_alerts를 추가하거나 ", ""),
        ("연결 smtp_alerts를 추가하고 ", "AIRFLOW_CONN_SMTP_ALERTS와 "),
    ),
}
"""What only pages and a scheduler can do, and what whoever runs a refresh by hand does instead."""


def as_command(lang: str, advice: str) -> str:
    """Return advice without anything to trigger or to clear: the same, done at a terminal."""
    for on_pages, typed in _COMMANDS[lang]:
        advice = advice.replace(on_pages, typed)
    return advice
