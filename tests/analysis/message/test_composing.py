"""One message per run: the verdict, what is to do and for how long, from whatever there is."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from analysis.message import Message, compose, free_run, is_told, mark_told, read_message
from analysis.message.delivered import mark_refused, owed
from scrapers.errors import TargetError
from scrapers.report import BoardResult
from scrapers.stage import open_stage
from scrapers.store import Files, Store, StoreError
from tests.analysis.message.invented import (
    DAG,
    SOURCES,
    assess,
    boards,
    check,
    commit,
    dead,
    history,
    publish,
    states,
    week,
)

RUN = "weekly-2026-11-02"
UNREACHED = {"collect[greenhouse]": "greenhouse: none of 40 boards: the server is in trouble: collect again later"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store(tmp_path)
    history(found)
    return found


def tell(store: Store, run: str = RUN, lang: str = "en", **more: object) -> Message:
    asked: dict[str, object] = {"states": states(), "schedule": "Mondays 06:00, Seoul", "next_run": "2026-11-09 06:00"}
    return compose(store, run, dag=DAG, lang=lang, **{**asked, **more})  # type: ignore[arg-type]


def keys(message: Message, state: str = "new") -> list[str]:
    return [p.key for p in message.problems if p.state == state]


def test_a_healthy_run_asks_for_nothing(store: Store) -> None:
    commit(store, RUN, week())
    publish(store, RUN)
    message = tell(store, links={"report": "https://demand.example.org/report.html", "log": "published/log"})
    assert (message.severity, message.outcome, message.verdict) == ("info", "ok", "No action needed")
    assert message.problems == ()
    assert "Airflow, data roles: 3.6% → 3.7% (3.3–4.0), within noise" in message.markdown
    assert "| Greenhouse | 1,239 | 1,239 | 80 | 40 | · | · |" in message.markdown
    assert "Mondays 06:00, Seoul; next run 2026-11-09 06:00" in message.text


def test_the_parts_come_in_the_order_in_which_they_are_read(store: Store) -> None:
    commit(store, RUN, week(lever=dead("lever", 9)))
    assess(store, RUN, check("short_texts", "failed"), check("mix_roles"))
    publish(store, RUN)
    message = tell(store, links={"report": "https://demand.example.org/report.html"})
    parts = ["2 things to do", "## To do", "## Airflow's share", "## What was collected", "## Mix"]
    parts += ["## Checks that failed", "## Look closer", "next run"]
    for written in (message.markdown, unescape(message.html).replace('">', "## "), message.text.replace("*", "## ")):
        places = [written.find(part) for part in parts]
        assert -1 not in places
        assert places == sorted(places)


def test_the_same_run_is_told_in_the_same_bytes_and_files_stay(store: Store, tmp_path: Path) -> None:
    commit(store, RUN, week())
    assess(store, RUN, check("volume", "failed", subject="lever"))
    first = tell(store)
    files = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "messages").rglob("*.*")}
    assert len(files) == 3
    commit(store, "weekly-2026-11-09", week(ashby=dead("ashby", 12)))
    tell(store, "weekly-2026-11-09")
    assert tell(store) == first
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in files} == files


def test_a_dead_source_is_one_thing_whatever_else_notices_it(store: Store) -> None:
    commit(store, RUN, week(greenhouse=dead("greenhouse", 40)))
    assess(store, RUN, check("volume", "failed", subject="greenhouse"), check("volume", subject="lever"))
    message = tell(store, states=states(greenhouse="failed"), errors=UNREACHED)
    assert (message.severity, message.outcome) == ("this_week", "ok")
    assert message.verdict == "1 thing to do: Greenhouse could not be read"
    assert keys(message) == ["source:greenhouse:unreachable"]
    assert (
        "the server is in trouble: give it some time; then trigger the DAG again, which reads only what is missing"
        in message.text
    )
    assert "| Greenhouse | not read | 1,239 |" in message.markdown


def test_first_failure_repeat_and_recovery_are_told_apart(store: Store) -> None:
    told = []
    for day, found in (("2026-11-02", dead("lever", 9)), ("2026-11-09", dead("lever", 9)), ("2026-11-16", None)):
        commit(store, f"weekly-{day}", week(lever=found) if found else week())
        told.append(tell(store, f"weekly-{day}", states=states(lever="failed") if found else states()))
    first, repeat, over = told
    assert [keys(first), keys(repeat, "again"), keys(over, "recovered")] == [["source:lever:unreachable"]] * 3
    assert "jobs.example.org answers 503" in first.text
    assert "jobs.example.org answers 503" not in repeat.text
    assert "Lever could not be read, 2 runs in a row" in repeat.verdict
    assert "(2 runs in a row, since 2026-11-02)" in repeat.text
    assert (first.thread, repeat.thread, over.thread) == ("", RUN, "")
    assert over.verdict == "No action needed, 1 recovered"
    assert "was so in 2 runs, since 2026-11-02" in over.text
    assert tell(store, "weekly-2026-11-23").problems == ()


def test_what_nobody_could_look_at_stays_open_and_is_forgotten_after_a_while(store: Store) -> None:
    commit(store, RUN, week())
    assess(store, RUN, check("canary", "failed", "act_now"))
    tell(store)
    blind = [tell(store, f"weekly-2026-11-{9 + i:02}", states=states("tag")) for i in range(9)]
    assert all(keys(message, "unjudged") == ["check:canary"] for message in blind[:8])
    assert "open since 2026-11-02, not looked at this time" in blind[0].text
    assert keys(blind[8], "unjudged") == []


def test_a_check_that_holds_again_is_recovered_and_one_not_judged_is_not(store: Store) -> None:
    for day, outcome in (("2026-11-02", "failed"), ("2026-11-09", "not_judged"), ("2026-11-16", "ok")):
        commit(store, f"weekly-{day}", week())
        assess(store, f"weekly-{day}", check("duplicates", outcome, subject="lever"))
    told = [tell(store, f"weekly-{day}") for day in ("2026-11-02", "2026-11-09", "2026-11-16")]
    assert [[p.state for p in message.problems] for message in told] == [["new"], ["unjudged"], ["recovered"]]


@pytest.mark.parametrize(
    ("lang", "verdict", "title", "advice", "measured"),
    [
        (
            "en",
            "2 things to do: the new figures are held back because of dates ahead (Greenhouse) and 1 more",
            "**Dates ahead (Greenhouse)**",
            "→ Look at how the source writes dates now.\n  - 9 of 12 are dated 2.5 days ahead",
            "- Dates ahead (Greenhouse): 1.25, limit 0.5 (dates_future)",
        ),
        (
            "ko",
            "할 일 2건: 새 그림 보류, 미래 날짜 (Greenhouse) 외 1건",
            "**미래 날짜 (Greenhouse)**",
            "→ 표기를 확인하세요.\n  - 12건 중 9건",
            "- 미래 날짜 (Greenhouse): 1.25, 기준 0.5 (dates_future)",
        ),
    ],
)
def test_a_check_is_told_by_its_title_what_to_do_and_what_was_found(
    store: Store, lang: str, verdict: str, title: str, advice: str, measured: str
) -> None:
    commit(store, RUN, week())
    words = {"en": "dates ahead: 9 of 12 are dated 2.5 days ahead. Look at how the source writes dates now."}
    words["ko"] = "미래 날짜: 12건 중 9건. 표기를 확인하세요."
    late = check("dates_future", "failed", "act_now", "greenhouse", words=words)
    assess(store, RUN, late, check("schema", "failed", "act_now", "facts"))
    message = tell(store, lang=lang)
    assert message.verdict == verdict
    for part in (title, advice, measured):
        assert part in message.markdown


def test_a_closed_gate_says_since_when_the_figures_stand(store: Store) -> None:
    commit(store, RUN, week())
    assess(store, RUN, check("canary", "failed", "act_now", examples=[f"canary-{i}" for i in range(5)]))
    publish(store, RUN, as_of="2026-10-26", is_held=True)
    message = tell(store)
    assert (message.severity, message.outcome) == ("act_now", "held")
    assert message.verdict == "1 thing to do: the new figures are held back because of canary postings"
    assert "The published figures stay as of 2026-10-26" in message.text
    assert "canary-2\n      and 2 more" in message.text


def test_without_network_there_is_one_thing_to_do_and_every_source_is_named(store: Store) -> None:
    errors = {f"collect[{s}]": f"{s}: not reached: check the network and the board's name" for s in SOURCES}
    message = tell(store, states=states("store", **dict.fromkeys(SOURCES, "failed")), errors=errors)
    assert (message.severity, message.outcome) == ("act_now", "failed")
    assert message.verdict == "The weekly refresh failed: no source could be read"
    assert keys(message) == ["source:all:unreachable"]
    assert "Ashby, Greenhouse, Hacker News, Lever, Personio, Workable: not reached" in message.text


def test_when_all_sources_fail_alike_one_line_says_so_under_the_remedy(store: Store) -> None:
    advice = "no such host: check the network and the board's name, then collect again"
    last = "no board could be read: {n} x {advice} ({s}:b0); the first one: name not found (https://{s}.example/b0?a&b)"
    errors = {f"collect[{s}]": f"{s}: " + last.format(n=n, s=s, advice=advice) for s, n in SOURCES.items()}
    dead_all = states("store", **dict.fromkeys(SOURCES, "failed"))
    message = tell(store, states=dead_all, errors=errors)
    (problem,) = message.problems
    assert problem.lines == (
        "6 sources, 73 boards: no such host (Ashby, Greenhouse, Hacker News, Lever, Personio, Workable)",
    )
    assert message.text.index("check this machine's network") < message.text.index("6 sources")
    refused = {
        task: line.replace(advice, "asked too much: leave the host alone for some hours")
        for task, line in errors.items()
    }
    assert "→ asked too much: leave the host" in tell(store, states=dead_all, errors=refused).text
    mixed = {**errors, "collect[lever]": refused["collect[lever]"]}
    lines = tell(store, states=dead_all, errors=mixed).problems[0].lines
    assert "Lever (9 boards): asked too much" in lines


def test_a_task_that_died_without_a_word_is_named(store: Store) -> None:
    commit(store, RUN, week())
    message = tell(store, states=states("figures"))
    assert message.verdict.startswith("The weekly refresh failed: figures: it ended without a word")
    assert keys(message) == ["task:figures"]
    assert tell(store, states=states()).problems == ()


def test_a_message_comes_of_nothing_at_all(tmp_path: Path) -> None:
    message = tell(Store(tmp_path), states={}, errors={"summary": "killed"}, schedule="", next_run="")
    assert message.verdict == "The weekly refresh failed: summary: killed"
    assert "No figures have been published yet" in message.text
    other = compose(Store(tmp_path), "sales-2026-11-01", dag="another_dag", states={"load": "failed"})
    assert "Airflow's share" not in other.text
    assert tell(Store(tmp_path), states={}, errors={}).verdict == "No action needed"


def test_a_run_that_goes_on_tells_of_the_whole_day_and_counts_no_week_twice(store: Store) -> None:
    commit(store, RUN, week(lever=dead("lever", 9)))
    assert "of this day" not in tell(store, states=states(lever="failed")).text
    commit(store, f"{RUN}.2", dead("lever", 9))
    again = tell(store, f"{RUN}.2", states=states(lever="failed"))
    assert [(p.state, p.n) for p in again.problems] == [("again", 1)]
    assert "(still so, since 2026-11-02)" in again.text
    assert 'since <span style="white-space:nowrap">2026-11-02</span>)' in again.html
    commit(store, f"{RUN}.3", boards("lever", 9))
    over = tell(store, f"{RUN}.3")
    assert keys(over, "recovered") == ["source:lever:unreachable"]
    assert "| Lever | 279 | 279 | 18 | 9 | · | · |" in over.markdown
    assert "| Greenhouse | 1,239 | 1,239 |" in over.markdown
    assert "The 3 runs of this day together." in over.markdown


def test_the_tenth_run_of_a_day_follows_the_ninth(store: Store) -> None:
    for k in range(2, 11):
        commit(store, f"{RUN}.{k}", boards("lever", 9))
        tell(store, f"{RUN}.{k}", states=states("tag") if k == 9 else states())
    assert keys(tell(store, f"{RUN}.10"), "recovered") == ["task:tag"]


def test_what_is_usual_is_the_median_of_whole_readings_of_the_same_market(store: Store) -> None:
    commit(store, "weekly-2026-10-27", week(lever=boards("lever", 9, per=900)), has_base_url=True)
    commit(store, "weekly-2026-10-28", week(lever=boards("lever", 9, per=900)), since="2026-10")
    commit(store, "weekly-2026-10-29", week(lever=dead("lever", 9)))
    commit(store, RUN, week(lever=boards("lever", 9, per=100)))
    message = tell(store)
    assert "| Lever | 909 | 279 |" in message.markdown
    assert "median of the last 8 weeks" in message.markdown


@pytest.mark.parametrize(
    ("lang", "note"), [("en", "Usual: that of the reading before"), ("ko", "평소: 바로 앞 수집의 공고 수")]
)
def test_one_reading_before_is_no_median(tmp_path: Path, lang: str, note: str) -> None:
    young = Store(tmp_path / "young")
    commit(young, "weekly-2026-10-26", week())
    commit(young, RUN, week())
    assert note in tell(young, lang=lang).markdown


def test_few_failing_boards_are_good_to_know_and_many_are_to_look_at(store: Store) -> None:
    reason = {"outcome": "failed", "reason": "name not found"}
    commit(store, RUN, week(greenhouse=boards("greenhouse", 40, b1=reason, b2=reason)))
    few = tell(store)
    assert (few.verdict, few.severity, keys(few)) == ("No action needed", "info", ["source:greenhouse:few_boards"])
    assert "greenhouse:b1, greenhouse:b2: no such host" in few.text
    assert "boards not read" not in tell(store, "weekly-2026-11-03").markdown
    commit(store, "weekly-2026-11-09", week(ashby=boards("ashby", 12, b1=reason, b2=reason, b3=reason)))
    many = tell(store, "weekly-2026-11-09")
    assert many.verdict == "1 thing to do: Ashby: 3 of 12 boards not read to the end"


def test_boards_are_to_look_at_anew_when_few_become_many_and_over_when_they_are_few_again(store: Store) -> None:
    reason = {"outcome": "failed", "reason": "name not found"}
    told = []
    for day, n in (("02", 1), ("09", 1), ("16", 3), ("23", 3), ("30", 1)):
        failed: dict[str, Any] = {f"b{k}": reason for k in range(1, n + 1)}
        commit(store, f"weekly-2026-11-{day}", week(ashby=boards("ashby", 12, **failed)))
        message = tell(store, f"weekly-2026-11-{day}")
        told.append([(p.key.split(":")[2], p.state, p.n) for p in message.problems if p.severity != "info"])
    assert told == [[], [], [("boards", "new", 1)], [("boards", "again", 2)], [("boards", "recovered", 2)]]
    assert "Ashby: 1 of 12 boards" in message.text


def test_boards_that_are_only_doubted_ask_for_nothing_however_many(store: Store) -> None:
    doubted = {"outcome": "truncated", "n": 9, "reason": "collapse: 9 postings, usually 30"}
    commit(store, RUN, week(workable=boards("workable", 5, b1=doubted, b2=doubted, b3=doubted)))
    message = tell(store)
    assert (message.verdict, keys(message)) == ("No action needed", ["source:workable:few_boards"])
    assert "the next run reads them again" in message.text


def test_a_source_whose_boards_were_read_in_a_second_go_is_whole(store: Store) -> None:
    commit(store, RUN, [BoardResult("ashby", "", "failed", reason="timed out")])
    commit(store, f"{RUN}.2", boards("ashby", 12))
    assert tell(store, f"{RUN}.2", states=states()).problems == ()


def test_what_was_read_earlier_that_day_is_not_told_of_a_run_that_read_nothing(store: Store) -> None:
    commit(store, RUN, week())
    assert "What was collected" in tell(store).text
    message = tell(store, f"{RUN}.2", states=states("store", **dict.fromkeys(SOURCES, "failed")))
    assert message.outcome == "failed"
    assert "What was collected" not in message.text


def test_channels_that_are_not_set_up_are_named_and_ask_for_no_action(store: Store) -> None:
    commit(store, RUN, week())
    message = tell(store, missing=["slack"])
    assert message.verdict == "No action needed"
    assert "Slack is not set up" in message.markdown


@pytest.mark.parametrize("content", [b"{", b"[1]", b'{"problems": [{"n": 1}]}'])
def test_a_damaged_earlier_message_is_told_and_keeps_no_other_back(
    store: Store, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    days = [RUN, "weekly-2026-11-09", "weekly-2026-11-16"]
    for day in days:
        commit(store, day, week(lever=dead("lever", 9), **({"ashby": dead("ashby", 12)} if day != RUN else {})))
    tell(store)
    tell(store, days[1])
    damaged = f"messages/{DAG}/{days[1]}.json"
    store.files.write(damaged, content)
    message = tell(store, days[2])
    (line,) = {record.getMessage() for record in caplog.records}
    assert line == f"{store.files.path(damaged)} is damaged: restore it from a copy"
    found = {p.key: (p.state, p.first) for p in message.problems}
    assert found["source:lever:unreachable"] == ("again", RUN)
    assert found["source:ashby:unreachable"] == ("new", days[2])
    warned = f"The message of {days[1]} is damaged; what seems to be new today may have been there before"
    assert warned in message.markdown
    assert tell(store, days[2]) == message
    caplog.clear()
    assert read_message(store, DAG, days[1]) is None
    assert free_run(store, DAG, days[1], "manual__1") == f"{days[1]}.2"
    assert {record.getMessage() for record in caplog.records} == {line}


def test_a_data_root_out_of_reach_is_not_taken_for_damaged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(store, RUN, boards("lever", 9))
    tell(store)
    asked: list[str] = []

    def time_out(files: Files, name: str) -> bool:
        asked.append(name)
        if len(asked) > 99:
            pytest.fail("asked without end")
        raise StoreError("cannot reach s3://bakery (timed out)")

    for name in ("exists", "read"):
        monkeypatch.setattr(Files, name, time_out)
    steps: tuple[Callable[[], object], ...] = (
        lambda: free_run(store, DAG, RUN, "manual__1"),
        lambda: read_message(store, DAG, RUN),
        lambda: tell(store, "weekly-2026-11-09"),
    )
    for step in steps:
        with pytest.raises(StoreError, match="cannot reach"):
            step()


def test_a_damaged_mark_of_delivery_counts_as_empty(store: Store) -> None:
    message = tell(store)
    mark_refused(store, message, "email")
    mark_told(store, message, "slack")
    for name in store.files.names(f"messages/{DAG}/told"):
        store.files.write(name, b"{")
    assert owed(store, DAG) == []
    assert not is_told(store, message, "slack")


def test_a_retraining_says_what_became_of_the_challenger(tmp_path: Path) -> None:
    store = Store(tmp_path)
    outcome = {
        "kind": "refused",
        "challenger": "2026-12-ab",
        "champion": "2026-08-cd",
        "refusal": "role accuracy is worse",
        "n_postings": 9,
    }
    store.files.write("retraining/retrain-2026-12.json", json.dumps(outcome).encode())
    message = compose(store, "retrain-2026-12", dag="retrain_classifier", states={"train": "success"})
    assert "2026-08-cd stays the champion; 2026-12-ab was refused: role accuracy is worse" in message.text
    assert message.verdict == "No action needed"


def test_a_message_in_korean_is_korean(store: Store) -> None:
    commit(store, RUN, week(lever=dead("lever", 9)))
    message = tell(store, lang="ko", states=states(lever="failed"))
    assert message.verdict == "할 일 1건: Lever 수집 실패"
    assert "서버 장애: 시간을 두고 기다리세요" in message.text
    assert '<html lang="ko">' in message.html


def test_an_address_in_markdown_is_whole_and_no_link(store: Store) -> None:
    address = "https://jobs.example.org/b0?page=1&limit=100"
    commit(store, RUN, week(lever=dead("lever", 9, f"jobs.example.org answers 503 ({address})")))
    assert f"(`{address}`)" in tell(store).markdown


def test_a_run_without_a_name_tells_of_itself_alone_and_under_one_name(store: Store) -> None:
    commit(store, RUN, week(lever=dead("lever", 9)))
    morning = tell(store, states=states(lever="failed"))
    for _ in range(2):
        name = free_run(store, DAG, RUN, "manual__2")
        told = tell(store, name, states={"prepare": "failed"}, errors={"prepare": "no such board"}, asked="manual__2")
        assert name == f"{RUN}.2"
    assert keys(told) == ["task:prepare"]
    assert "What was collected" not in told.markdown
    assert read_message(store, DAG, RUN) == morning
    assert read_message(store, DAG, name) == told
    assert free_run(store, DAG, RUN, "manual__3") == f"{RUN}.3"


@pytest.mark.parametrize(("lang", "words"), [("en", "later figures of 2026-11-09;"), ("ko", "2026-11-09의 그림이")])
def test_a_run_done_again_behind_a_later_one_says_that_readers_stay_with_that(
    store: Store, lang: str, words: str
) -> None:
    publish(store, RUN)
    assert words not in tell(store, states=states(), lang=lang).text
    publish(store, "weekly-2026-11-09")
    shown = store.files.read("published/weekly-2026-11-09/manifest.json")
    store.files.write("published/current.json", shown)
    assert words in tell(store, states=states(), lang=lang).text


@pytest.mark.parametrize(
    ("lang", "verdict", "advice", "why"),
    [
        (
            "en",
            "The weekly refresh failed: prepare: weekly-2026-10-25 comes too late, weekly-2026-10-26 is stored already",
            "start a run of today instead",
            "  - weekly-2026-10-25 comes too late, weekly-2026-10-26 is stored already\n",
        ),
        (
            "ko",
            "주간 갱신 실패: prepare: weekly-2026-10-25 실행은 너무 늦음, weekly-2026-10-26 실행이 이미 저장됨",
            "오늘 실행을 새로 시작하세요",
            "  - weekly-2026-10-25 실행은 너무 늦음, weekly-2026-10-26 실행이 이미 저장됨\n",
        ),
    ],
)
def test_a_run_that_comes_too_late_is_given_one_advice(
    store: Store, lang: str, verdict: str, advice: str, why: str
) -> None:
    late = "weekly-2026-10-25"
    with pytest.raises(TargetError) as refused:
        open_stage(store, ["lever:b0"], run=late, now=datetime(2026, 11, 2, 6, tzinfo=UTC))
    message = tell(store, late, lang, states=states("prepare"), errors={"prepare": str(refused.value)})
    assert message.verdict == verdict
    assert why in message.markdown
    (problem,) = message.problems
    assert problem.advice.startswith(advice)
    assert not re.search("clear|Clear|mend|too late.*today", problem.advice)


@pytest.mark.parametrize(("lang", "clock"), [("en", "set the clock right"), ("ko", "시계를 맞추고")])
def test_a_run_behind_a_day_to_come_is_told_to_set_the_clock_right(store: Store, lang: str, clock: str) -> None:
    with pytest.raises(TargetError) as refused:
        open_stage(store, ["lever:b0"], run="weekly-2026-10-25", now=datetime(2026, 10, 25, 6, tzinfo=UTC))
    (problem,) = tell(store, RUN, lang, states=states("prepare"), errors={"prepare": str(refused.value)}).problems
    assert problem.advice.startswith(clock)
    assert "weekly-2026-10-26" in problem.advice
    assert "2026-10-25" in problem.lines[0]
    assert not re.search("clear|Clear|mend|operations", problem.lines[0])


@pytest.mark.parametrize(("lang", "command"), [("en", "run the same command again"), ("ko", "같은 명령을 다시 실행하")])
def test_without_a_scheduler_the_same_command_is_the_way(store: Store, lang: str, command: str) -> None:
    commit(store, RUN, week(lever=dead("lever", 9)))
    ended, missing = states("tag", lever="failed"), ["slack", "email"]
    for has_scheduler in (True, False):
        message = tell(store, lang=lang, has_scheduler=has_scheduler, states=ended, missing=missing)
        told = {p.key: p.advice for p in message.problems}
        assert [command in told[key] for key in ("task:tag", "source:lever:unreachable")] == [not has_scheduler] * 2
        assert ("slack_alerts" in told["channel:slack"]) == has_scheduler
        assert "AIRFLOW_CONN_SLACK_ALERTS" in told["channel:slack"]


@pytest.mark.parametrize(("number", "is_told"), [(3, True), (1, False)])
def test_a_run_that_readers_were_not_led_to_on_its_day_says_so_and_one_followed_by_another_does_not(
    store: Store, number: int, is_told: bool
) -> None:
    publish(store, RUN, number=number)
    publish(store, "retrain-2026-11-02", number=2)
    store.files.write("published/current.json", store.files.read("published/retrain-2026-11-02/manifest.json"))
    assert ("later figures of 2026-11-02;" in tell(store, states=states()).text) == is_told
