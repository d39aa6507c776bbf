"""Messages through the real hooks to servers on loopback: once per channel, each for itself, without a secret."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from analysis.message import Message, compose, delivered, read_message
from scrapers.store import Store
from tests.analysis.message.invented import DAG, commit, dead, history, states, week
from tests.dags.loopback import Mail, Slack, mail_server, slack_server

pytest.importorskip("airflow.providers.slack")

RUN = "weekly-2026-11-02"
SECRET = "T0/B0/Wx9sEcReTq7"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store(tmp_path / "root")
    history(found)
    commit(found, RUN, week(lever=dead("lever", 9)))
    return found


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    with slack_server() as server:
        monkeypatch.setenv("AIRFLOW_CONN_SLACK_ALERTS", server.connection(SECRET))
        yield server


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mail]:
    with mail_server() as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_ALERTS", server.connection("pAsSwOrD42"))
        monkeypatch.setenv("AIRFLOW_DEMAND_MAIL_TO", "ops@example.org, data@example.org")
        yield server


@pytest.fixture
def delivery() -> Any:
    from dags.parts import delivery

    return delivery


def tell(store: Store, run: str = RUN, **more: Any) -> Message:
    return compose(store, run, dag=DAG, **{"states": states(lever="failed"), **more})


def test_both_channels_are_told_once(delivery: Any, store: Store, slack: Slack, mail: Mail) -> None:
    message = tell(store)
    assert delivery.deliver(store, message) == {"slack": "sent", "email": "sent"}
    assert delivery.deliver(store, tell(store)) == {"slack": "told before", "email": "told before"}
    (body,), (letter,) = slack.told, mail.letters
    assert "1 thing to do: Lever could not be read" in body["blocks"][0]["text"]["text"]
    assert all(block["text"]["verbatim"] for block in body["blocks"])
    assert slack.paths == [f"/services/{SECRET}"]
    assert letter["Subject"] == "[airflow-demand] 1 thing to do: Lever could not be read · weekly-2026-11-02"
    assert mail.recipients == ["ops@example.org", "data@example.org"]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_letter_has_the_words_of_the_file_beside_its_page(delivery: Any, store: Store, mail: Mail, lang: str) -> None:
    message = tell(store, lang=lang)
    delivery.deliver(store, message)
    (letter,) = mail.letters
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content() for part in letter.iter_parts()] == [message.markdown, message.html]
    assert letter["Subject"] == message.subject
    assert not letter.defects
    assert all(part.get_content_charset() == "utf-8" for part in letter.iter_parts())
    assert ("Lever 수집 실패" if lang == "ko" else "Lever could not be read") in letter["Subject"]
    assert letter.as_bytes(policy=policy.SMTP).isascii(), "an old server takes no more than ASCII"


def test_new_words_go_out_and_so_do_old_ones_after_them(delivery: Any, store: Store, slack: Slack) -> None:
    calm, alarm = states(), states("tag")
    for asked in (calm, alarm, calm):
        assert delivery.deliver(store, tell(store, states=asked))["slack"] == "sent"
    assert len(slack.told) == 3


def test_one_channel_that_fails_leaves_the_other_alone_and_is_tried_again(
    delivery: Any, store: Store, slack: Slack, mail: Mail
) -> None:
    slack.answers = [500]
    with pytest.raises(delivery.DeliveryError, match=r"^message not delivered: slack: "):
        delivery.deliver(store, tell(store))
    assert len(mail.letters) == 1
    mail.refusals = ["550 no"]
    assert delivery.deliver(store, tell(store)) == {"slack": "sent", "email": "told before"}
    with pytest.raises(delivery.DeliveryError, match="email: "):
        delivery.deliver(store, tell(store, states=states("tag")))
    assert len(slack.told) == 3


def test_slack_is_asked_once_when_the_connection_breaks(delivery: Any, store: Store, slack: Slack) -> None:
    slack.answers = [0]
    with pytest.raises(delivery.DeliveryError):
        delivery.deliver(store, tell(store))
    assert delivery.deliver(store, tell(store))["slack"] == "uncertain"
    delivery.deliver_owed(store, DAG, but="")
    assert len(slack.told) == 1


def test_where_nobody_listens_slack_is_asked_again(
    delivery: Any, store: Store, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = os.environ["AIRFLOW_CONN_SLACK_ALERTS"]
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_ALERTS", right.replace(f":{slack.port}/", ":1/"))
    with pytest.raises(delivery.DeliveryError, match="refused"):
        delivery.deliver(store, tell(store))
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_ALERTS", right)
    assert delivery.deliver(store, tell(store))["slack"] == "sent"


def test_what_a_channel_refused_goes_out_with_the_next_run_once(
    delivery: Any, store: Store, slack: Slack, mail: Mail
) -> None:
    slack.answers = [500, 500]
    with pytest.raises(delivery.DeliveryError):
        delivery.deliver(store, tell(store))
    delivery.deliver_owed(store, DAG, but=RUN)
    assert len(slack.told) == 1
    for _ in range(3):
        delivery.deliver_owed(store, DAG, but="weekly-2026-11-09")
    assert (len(slack.told), len(mail.letters)) == (3, 1)


def test_a_kill_while_telling_sends_nothing_twice_to_slack_and_the_same_letter_to_mail(
    delivery: Any, store: Store, slack: Slack, mail: Mail, caplog: pytest.LogCaptureFixture
) -> None:
    message = tell(store)
    delivery.deliver(store, message)
    for channel in ("slack", "email"):
        # As a task leaves it that is killed between sending and noting it.
        store.files.remove(f"messages/{DAG}/told/{RUN}.{channel}.sent.json")
        delivered.mark_begun(store, message, channel)
    with caplog.at_level(logging.WARNING):
        assert delivery.deliver(store, message) == {"slack": "uncertain", "email": "sent"}
    assert "was killed or cut off while it told Slack" in caplog.text
    assert len(slack.told) == 1
    assert len({letter["Message-ID"] for letter in mail.letters}) == 1 < len(mail.letters)


def test_a_repeat_stands_under_the_message_that_told_of_it_first(
    delivery: Any, store: Store, slack: Slack, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_ALERTS", slack.api_connection())
    for day in ("02", "09", "16"):
        run = f"weekly-2026-11-{day}"
        if day != "02":
            commit(store, run, week(lever=dead("lever", 9)))
        delivery.deliver(store, tell(store, run))
    assert [body.get("thread_ts") for body in slack.told] == [None, "1.0", "1.0"]
    assert slack.paths == ["/api/chat.postMessage"] * 3
    first, *others = mail.letters
    assert first["In-Reply-To"] is None
    assert {letter["In-Reply-To"] for letter in others} == {first["Message-ID"]}


def test_missing_connections_are_named_with_how_to_add_them(
    delivery: Any, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert delivery.check_connections() == ["slack", "email"]
    assert [len(record.getMessage().splitlines()) for record in caplog.records] == [1, 1]
    assert "AIRFLOW_CONN_SLACK_ALERTS" in caplog.text
    assert "AIRFLOW_DEMAND_MAIL_TO" in caplog.text
    assert delivery.deliver(store, tell(store)) == {"slack": "not set up", "email": "not set up"}


def test_a_channel_that_must_be_there_fails_the_run_at_its_start(
    delivery: Any, slack: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    monkeypatch.setenv("AIRFLOW_DEMAND_REQUIRE", "slack")
    assert delivery.check_connections() == ["email"]
    monkeypatch.setenv("AIRFLOW_DEMAND_REQUIRE", "slack, email")
    with pytest.raises(AirflowFailException, match="e-mail is not set up: add the connection smtp_alerts"):
        delivery.check_connections()


def test_each_severity_has_its_channels(
    delivery: Any, store: Store, slack: Slack, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    monkeypatch.setenv("AIRFLOW_DEMAND_TELL", "none")
    monkeypatch.setenv("AIRFLOW_DEMAND_TELL_THIS_WEEK", "email")
    assert delivery.deliver(store, tell(store)) == {"email": "sent"}
    assert delivery.deliver(store, tell(store, states=states("tag"))) == {}
    assert slack.told == []
    monkeypatch.setenv("AIRFLOW_DEMAND_TELL_INFO", "pigeon")
    with pytest.raises(AirflowFailException, match="AIRFLOW_DEMAND_TELL_INFO names pigeon: channels are slack, email"):
        delivery.check_connections()


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"exception": MemoryError("killed\nby the kernel")}, "killed*"),
        ({"reason": "timed_out"}, "the run took longer than it may*"),
        ({"reason": "task_failure"}, "it ended without a word"),
    ],
)
def test_a_run_whose_summary_died_is_told_of_once(
    delivery: Any, store: Store, slack: Slack, monkeypatch: pytest.MonkeyPatch, known: dict[str, Any], words: str
) -> None:
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", store.files.root)
    context = {"dag": SimpleNamespace(dag_id=DAG), **known}
    for _ in range(2):
        delivery.tell_failure(context, RUN)
    (body,) = slack.told
    assert f"The weekly refresh failed: summary: {words}" in body["blocks"][0]["text"]["text"]


class Said:
    """The last task of a run, as far as a callback asks it: what the tasks of this run have left."""

    dag_id = DAG

    def __init__(self, **left: Any) -> None:
        self.left = left

    def xcom_pull(self, task_ids: str, key: str = "return_value") -> Any:
        return self.left.get(f"{task_ids}_{key}")


@pytest.fixture
def call(store: Store, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """End a DAG run of that Monday as failed; return the verdicts that Slack was told then."""
    from dags.parts.tail import tell_at_last
    from dags.weekly_refresh import CALENDAR

    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", store.files.root)

    def end(reason: str = "task_failure", run_id: str = "manual__2", conf: Any = None, **left: Any) -> list[str]:
        n = len(slack.told)
        at = datetime(2026, 11, 1, 21, tzinfo=UTC)
        dag_run = SimpleNamespace(logical_date=at, run_after=at, run_id=run_id, conf=conf)
        dag = SimpleNamespace(dag_id=DAG)
        tell_at_last(CALENDAR)({"dag": dag, "ti": Said(**left), "dag_run": dag_run, "reason": reason})
        return [body["blocks"][0]["text"]["text"] for body in slack.told[n:]]

    return end


def test_a_second_run_of_a_day_that_dies_is_told_whatever_the_first_said(
    delivery: Any, store: Store, call: Callable[..., list[str]]
) -> None:
    delivery.deliver(store, tell(store, states=states()))
    commit(store, f"{RUN}.2", week())
    (told,) = call("timed_out", prepare_run=f"{RUN}.2")
    assert "the run took longer than it may" in told
    assert f"{RUN}.2" in told
    (told,) = call("timed_out", prepare_run=RUN, summary_return_value={"outcome": "ok"}, summary_composed="of before")
    assert "the run took longer than it may" in told
    assert call("timed_out", prepare_run=RUN) == []


def test_a_run_that_ran_out_of_time_is_told_in_the_language_that_it_was_asked_in(
    call: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, named in enumerate(({"prepare_run": RUN}, {})):
        (told,) = call("timed_out", run_id=f"manual__{n}", conf={"lang": "ko"}, **named)
        assert "주간 갱신 실패: summary: 실행이 제한 시간을 넘음" in told
    monkeypatch.setenv("AIRFLOW_DEMAND_LANG", "ko")
    (told,) = call("timed_out", run_id="manual__en", conf={"lang": "en"})
    assert "the run took longer than it may" in told


def test_a_message_that_was_written_and_not_sent_is_sent_as_it_is(
    delivery: Any, store: Store, call: Callable[..., list[str]]
) -> None:
    message = tell(store)
    left = {"prepare_run": RUN, "summary_composed": message.digest}
    (told,) = call(**left)
    assert "1 thing to do: Lever could not be read" in told
    assert call(**left) == []
    assert tell(store) == message


def test_nothing_is_added_to_what_was_told_or_to_a_dry_run(call: Callable[..., list[str]]) -> None:
    assert call(prepare_run=RUN, summary_return_value={"outcome": "failed"}) == []
    assert call(conf={"dry_run": True}) == []


def test_a_run_that_got_no_name_leaves_the_message_of_the_morning_alone(
    store: Store, call: Callable[..., list[str]]
) -> None:
    morning = tell(store)
    (told,) = call()
    assert f"{RUN}.2" in told
    assert "Lever" not in told
    assert call() == []
    assert read_message(store, DAG, RUN) == morning


DAG_FILE = """
import logging
from airflow.sdk import dag, task

@dag(schedule=None, default_args={"retries": 0})
def told():
    @task
    def prepare():
        from dags.parts.delivery import check_connections
        return check_connections()

    @task
    def summary(missing, how, ti=None):
        from analysis.message import compose
        from dags.parts.delivery import DeliveryError, deliver
        from scrapers.store import Store, default_root
        store = Store(default_root())
        message = compose(store, "weekly-2026-11-02", dag="weekly_refresh", states={}, missing=missing)
        try:
            deliver(store, message)
        except DeliveryError as error:
            ti.xcom_push(key="error", value=str(error))
            logging.getLogger("told").exception("as Airflow logs it")
        return deliver(store, message)

    summary(prepare(), "{{ conn.slack_alerts.host }}")

told()
"""


def test_no_secret_reaches_a_log_a_file_or_the_database(
    airflow_db: None,
    store: Store,
    slack: Slack,
    mail: Mail,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The database holds XCom and rendered templates; both servers refuse at first, one with the password."""
    from airflow.dag_processing.dagbag import DagBag

    slack.answers, mail.refusals = [403], ["550 pAsSwOrD42 is not liked"]
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", store.files.root)
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "told.py").write_text(DAG_FILE)
    bundle = {"name": "told", "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle"}
    bundles = json.dumps([bundle | {"kwargs": {"path": str(tmp_path / "dags")}}])
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", bundles)
    with caplog.at_level(logging.DEBUG):
        ended = DagBag(tmp_path / "dags").dags["told"].test()
    assert str(ended.state) == "success"
    assert (len(slack.told), len(mail.letters)) == (2, 2)
    home = Path(os.environ["AIRFLOW_HOME"])
    files = [path for folder in (home, tmp_path) for path in folder.rglob("*") if path.is_file()]
    written = {path.name: path.read_bytes().decode("utf-8", "replace") for path in files}
    written |= {"log": caplog.text, "streams": "".join(capfd.readouterr())}
    assert "*** is not liked" in "".join(text for name, text in written.items() if name.startswith("airflow.db"))
    for secret in ("Wx9sEcReTq7", "pAsSwOrD42"):
        assert not [name for name, text in written.items() if secret in text]
