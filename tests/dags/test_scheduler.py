"""The weekly refresh under Airflow itself, triggered by REST: a good week, a dead source, a closed gate."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.dags.airflow_process import ROOT, RunningAirflow, listening, running_airflow
from tests.dags.loopback import Mail, Slack, mail_server, slack_server
from tests.dags.market import SOURCES, Market
from tests.scrapers.wire import serve

pytestmark = pytest.mark.scheduler
DAG = "weekly_refresh"
PATIENCE = 600
"""Seconds for one week, on a machine that is busy with other things; two minutes are usual."""
# Boards were read today, if for another week.
CONF = {"sources": SOURCES, "only_from": "store", "figures": ["fig_4_3"], "force": True}
TASKS = ["prepare", "collect.greenhouse", "collect.lever", "store", "tag", "check"]
TASKS += ["rates", "figures", "report", "publish", "summary", "watch"]
LOCAL = "airflow.dag_processing.bundles.local.LocalDagBundle"
HASTY_RUN = "hasty-2026-11-23"
HEALTHY = dict.fromkeys(TASKS, "success")


def monday(n_ago: int) -> datetime:
    """Return the Monday of so many weeks ago, at six in the morning in Seoul."""
    last = datetime.now(UTC).replace(hour=21, minute=0, second=0, microsecond=0) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() + 1) % 7, weeks=n_ago)


@dataclass(frozen=True)
class Week:
    """One run as people meet it: colours, messages, and the vintage that readers see."""

    name: str
    id: str
    colour: str
    states: dict[str, str]
    told: list[dict[str, Any]]
    letters: list[EmailMessage]
    shown: dict[str, Any]


@dataclass
class Office:
    """A running Airflow with everything around it."""

    airflow: RunningAirflow
    market: Market
    slack: Slack
    mail: Mail

    def refresh(self, at: datetime) -> Week:
        """Run the DAG for a Monday and wait for its end."""
        n_told, n_letters = len(self.slack.told), len(self.mail.letters)
        run = self.airflow.trigger(DAG, CONF, at)
        colour = self.airflow.wait(DAG, run, within=PATIENCE)
        states = {name: state for name, state in self.airflow.states(DAG, run).items() if state != "skipped"}
        shown = json.loads((self.airflow.data / "published/current.json").read_bytes())
        told, letters = self.slack.told[n_told:], self.mail.letters[n_letters:]
        return Week(f"weekly-{at + timedelta(hours=9):%Y-%m-%d}", run, colour, states, told, letters, shown)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home, data = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("data")
    market = Market()
    with serve() as wire, slack_server() as slack, mail_server() as mail:
        wire.answer = market.answer
        env = {
            "AIRFLOW_DEMAND_DATA": str(data),
            "AIRFLOW_DEMAND_BASE_URL": wire.url,
            "AIRFLOW_DEMAND_MAIL_TO": "miller@example.org",
            "AIRFLOW_DEMAND_RETRIES": "0",
            "AIRFLOW_CONN_SLACK_ALERTS": slack.connection("T0/B0/SECRETWORD"),
            "AIRFLOW_CONN_SMTP_ALERTS": mail.connection(),
        }
        # Beside the project's DAGs one that runs out of time.
        folders = {"dags": ROOT / "dags", "hasty": Path(__file__).with_name("hasty")}
        bundles = [{"name": n, "classpath": LOCAL, "kwargs": {"path": str(p)}} for n, p in folders.items()]
        env["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"] = json.dumps(bundles)
        with running_airflow(home, **env) as running:
            running.data = data
            yield Office(running, market, slack, mail)


@pytest.fixture(scope="module")
def healthy(office: Office) -> Week:
    return office.refresh(monday(3))


@pytest.fixture(scope="module")
def one_dead(office: Office, healthy: Week) -> Week:
    office.market.down.add("/v0/postings")
    week = office.refresh(monday(2))
    office.market.down.clear()
    return week


@pytest.fixture(scope="module")
def held(office: Office, one_dead: Week) -> Week:
    office.market.year = datetime.now(UTC).year + 5
    return office.refresh(monday(1))


def folder(office: Office, week: Week) -> Path:
    return office.airflow.data / "published" / week.name


def letter(week: Week) -> str:
    body = week.letters[0].get_body(("html",))
    assert body
    return str(body.get_content())


def test_a_good_week_is_green_published_and_told_once_per_channel(office: Office, healthy: Week) -> None:
    assert (healthy.colour, healthy.states) == ("success", HEALTHY)
    assert (healthy.shown["vintage"], healthy.shown["good"]) == (healthy.name, healthy.name)
    assert {p.name for p in folder(office, healthy).iterdir()} >= {"index.html", "report.html", "quality.html", "rates"}
    assert list(folder(office, healthy).glob("figures/*4_3*.png"))
    assert (len(healthy.told), len(healthy.letters)) == (1, 1)
    assert "No action needed" in healthy.told[0]["text"]
    assert "No action needed" in healthy.letters[0]["subject"]
    assert healthy.letters[0]["to"] == "miller@example.org"


def test_unpausing_makes_up_for_no_missed_monday(office: Office, healthy: Week) -> None:
    runs = office.airflow.ask("GET", f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"]
    assert {run["run_type"] for run in runs} == {"manual"}


def test_a_dead_source_is_red_alone_and_the_one_thing_to_do(office: Office, one_dead: Week) -> None:
    assert (one_dead.colour, one_dead.states) == ("success", HEALTHY | {"collect.lever": "failed"})
    assert (one_dead.shown["vintage"], one_dead.shown["good"]) == (one_dead.name, one_dead.name)
    assert (len(one_dead.told), len(one_dead.letters)) == (1, 1)
    for words in (one_dead.told[0]["text"], one_dead.letters[0]["subject"]):
        assert "1 thing to do" in words
    assert "lever" in json.dumps(one_dead.told[0]["blocks"])
    assert "lever" in letter(one_dead)
    assert "403" in office.airflow.log(DAG, one_dead.id, "collect.lever")


def test_behind_a_closed_gate_the_old_figures_stay_stamped(office: Office, one_dead: Week, held: Week) -> None:
    expected = {name: state for name, state in HEALTHY.items() if name not in ("rates", "figures")}
    assert (held.colour, held.states) == ("failed", expected | {"watch": "failed"})
    assert (held.shown["vintage"], held.shown["good"]) == (held.name, one_dead.name)
    assert one_dead.name.removeprefix("weekly-") in (folder(office, held) / "index.html").read_text("utf-8")
    kept, was = folder(office, held), folder(office, one_dead)
    for old in [*was.glob("figures/*.csv"), *was.glob("rates/*")]:
        assert (kept / old.relative_to(was)).read_bytes() == old.read_bytes()
    assert one_dead.name.removeprefix("weekly-") in (kept / "figures/fig_4_3.en.md").read_text("utf-8")
    assert (len(held.told), len(held.letters)) == (1, 1)
    verdict = json.loads((office.airflow.data / f"messages/{DAG}/{held.name}.json").read_bytes())["verdict"]
    assert verdict in held.told[0]["text"]
    assert "figures" in verdict


def test_a_run_that_takes_too_long_is_told_of_once_per_channel(office: Office) -> None:
    slack, mail = office.slack, office.mail
    n_told, n_letters = len(slack.told), len(mail.letters)
    run = office.airflow.trigger("hasty")
    assert office.airflow.wait("hasty", run) == "failed"
    assert office.airflow.states("hasty", run) == {"prepare": "success"} | dict.fromkeys(
        ("linger", "summary", "watch"), "skipped"
    )
    deadline = time.monotonic() + 60
    while len(mail.letters) == n_letters:
        assert time.monotonic() < deadline, "nobody was told"
        time.sleep(0.5)
    # Whoever told once more would do so when the DAG is next read.
    time.sleep(5)
    assert (len(slack.told), len(mail.letters)) == (n_told + 1, n_letters + 1)
    for words in (slack.told[-1]["text"], mail.letters[-1]["subject"]):
        assert "the run took longer than it may" in words
        assert HASTY_RUN in words
    told = json.loads((office.airflow.data / f"messages/hasty/{HASTY_RUN}.json").read_bytes())
    assert told["outcome"] == "failed"


@pytest.mark.parametrize(
    ("conf", "named"),
    [({"sources": ["nowhere:rye"]}, "nowhere:rye"), ({"since": "spring"}, "spring"), ({"force": "yes"}, "yes")],
    ids=["sources", "since", "force"],
)
def test_a_parameter_that_cannot_be_is_refused_with_words(office: Office, conf: dict[str, object], named: str) -> None:
    with pytest.raises(HTTPError) as refused:
        office.airflow.trigger(DAG, conf)
    assert refused.value.code == 400
    assert named in refused.value.read().decode()


def test_nothing_listens_beyond_this_machine_and_no_log_tells_a_secret(office: Office, held: Week) -> None:
    places = listening(office.airflow.launcher.pid)
    assert office.airflow.url.removeprefix("http://") in places
    assert all(place.startswith("127.0.0.1:") for place in places), places
    for log in office.airflow.home.glob("**/*.log"):
        assert "SECRETWORD" not in log.read_text(encoding="utf-8"), log
