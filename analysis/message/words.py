"""Words of a run's message in English and Korean."""

import re
from collections.abc import Mapping
from typing import Final

LANGS: Final = ("en", "ko")

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "weekly_refresh": ("The weekly refresh", "주간 갱신"),
    "retrain_classifier": ("The retraining", "분류기 재학습"),
    # Verdicts
    "nothing": ("No action needed", "할 일 없음"),
    "nothing_recovered": ("No action needed, {n} recovered", "할 일 없음 (해결 {n}건)"),
    "to_do": ("1 thing to do", "할 일 1건"),
    "to_dos": ("{n} things to do", "할 일 {n}건"),
    "failed": ("{dag} failed: {why}", "{dag} 실패: {why}"),
    "held": ("the new figures are held back because of {why}", "새 그림 보류, {why}"),
    "act_now": ("act now", "지금 조치"),
    "this_week": ("look this week", "이번 주 확인"),
    "info": ("for your information", "참고"),
    # Things, in their first week
    "unreachable": ("{source} could not be read", "{source} 수집 실패"),
    "unreachable_all": ("no source could be read", "모든 출처 수집 실패"),
    "unreachable_listed": ("{sources}: {why}", "{sources}: {why}"),
    "unreachable_counted": ("{sources} ({n} boards): {why}", "{sources} (게시판 {n}곳): {why}"),
    "unreachable_alike": ("{k} sources, {n} boards: {why} ({sources})", "출처 {k}곳, 게시판 {n}곳: {why} ({sources})"),
    "some_boards": (
        "{source}: {n} of {all} boards not read to the end",
        "{source}: 게시판 {all}곳 중 {n}곳 수집 미완료",
    ),
    "gone": ("{source}: {n} boards are gone", "{source}: 사라진 게시판 {n}곳"),
    "gone_1": ("{source}: 1 board is gone", "{source}: 사라진 게시판 1곳"),
    "task": ("the task {task} failed", "태스크 {task} 실패"),
    "in_task": ("{task}: {why}", "{task}: {why}"),
    "no_word": (
        "it ended without a word: killed, or out of memory",
        "아무 기록 없이 종료됨: 강제 종료 또는 메모리 부족",
    ),
    "too_late": (
        "{run} comes too late, {newer} is stored already",
        "{run} 실행은 너무 늦음, {newer} 실행이 이미 저장됨",
    ),
    "too_soon": (
        "{run} comes too late, {newer} is stored already: that day is still to come (today is {today})",
        "{run} 실행은 너무 늦음, {newer} 실행이 이미 저장됨: 아직 오지 않은 날(오늘은 {today})",
    ),
    "too_long": ("the run took longer than it may", "실행이 제한 시간을 넘음"),
    "slack_missing": ("Slack is not set up", "Slack 미설정"),
    "email_missing": ("e-mail is not set up", "이메일 미설정"),
    "message_damaged": (
        "the message of {run} is damaged; what seems to be new today may have been there before",
        "{run}의 메시지 파일이 손상됨. 오늘 새로 보이는 문제가 전부터 있었을 수 있음",
    ),
    # What to do
    "do_task": (
        "read the log of {task}, mend the cause, then clear the task: the run goes on where it stopped",
        "{task} 로그를 확인해 원인을 고친 뒤 태스크를 Clear하면 멈춘 곳부터 이어집니다",
    ),
    "do_today": (
        "start a run of today instead: boards show only what is open today",
        "오늘 실행을 새로 시작하세요. 게시판에는 오늘 열려 있는 공고만 있습니다",
    ),
    "do_clock": (
        "set the clock right and take {newer} back: see A run of a day to come in docs/operations.md",
        "시계를 맞추고 {newer} 실행을 되돌리세요. docs/operations.md의 A run of a day to come에 방법이 있습니다",
    ),
    "do_source": (
        "check the source, then trigger the DAG again, which reads only what is missing",
        "출처를 확인하고 DAG를 다시 실행하면 빠진 게시판만 수집합니다",
    ),
    "then_again": (
        "{advice}; then trigger the DAG again, which reads only what is missing",
        "{advice}. DAG를 다시 실행하면 빠진 게시판만 수집합니다",
    ),
    "do_all": (
        "check this machine's network and proxy, then trigger the DAG again",
        "이 서버의 네트워크와 프록시를 확인한 뒤 DAG를 다시 실행하세요",
    ),
    "do_slack": (
        "add the connection slack_alerts, or set AIRFLOW_CONN_SLACK_ALERTS",
        "연결 slack_alerts를 추가하거나 AIRFLOW_CONN_SLACK_ALERTS를 설정하세요",
    ),
    "do_email": (
        "add the connection smtp_alerts and set AIRFLOW_DEMAND_MAIL_TO",
        "연결 smtp_alerts를 추가하고 AIRFLOW_DEMAND_MAIL_TO를 설정하세요",
    ),
    "do_message": (
        "restore its .json below messages/ from a copy, or remove it",
        "messages/ 아래의 해당 .json 파일을 백업에서 되살리거나 지우세요",
    ),
    # How long
    "new": ("new", "신규"),
    "in_a_row": ("{title}, {n} runs in a row", "{title}, {n}회 연속"),
    "again": ("{n} runs in a row, since {first}", "{n}회 연속, {first}부터"),
    "still": ("still so, since {first}", "{first}부터 계속"),
    "recovered": ("was so in {n} runs, since {first}", "{first}부터 {n}회 지속"),
    "recovered_1": ("was so on {first}", "{first}에 발생"),
    "unjudged": ("open since {first}, not looked at this time", "{first}부터 미해결, 이번에는 확인하지 못함"),
    # Sections
    "things": ("To do", "할 일"),
    "recoveries": ("Recovered", "해결됨"),
    "notes": ("Good to know", "참고"),
    "headline": ("Airflow's share", "Airflow 비율"),
    "sources": ("What was collected", "수집 결과"),
    "mix": ("Mix", "구성 변화"),
    "checks": ("Checks that failed", "실패한 점검"),
    "value": ("{name}: {value}, limit {limit} ({check})", "{name}: {value}, 기준 {limit} ({check})"),
    "links": ("Look closer", "자세히 보기"),
    "outcome": ("Outcome", "결과"),
    # Headline
    "share": ("Airflow, {who}", "Airflow, {who}"),
    "data_roles": ("data roles", "데이터 직무"),
    "first_vintage": ("first time, nothing to compare with", "첫 측정, 비교 대상 없음"),
    "unchanged": ("unchanged", "변화 없음"),
    "not_judged": ("not judged", "판정 안 함"),
    "withheld": ("withheld, too few", "표본 부족으로 보류"),
    "change": ("change {delta} points ({low} to {high})", "변화 {delta}%p ({low} ~ {high})"),
    "n_postings": ("{n} postings", "공고 {n}건"),
    "turnover": (
        "{new} employers new, {gone} without an open posting now",
        "새 회사 {new}곳, 열린 공고가 없어진 회사 {gone}곳",
    ),
    "real": ("beyond noise", "오차 범위를 벗어남"),
    "noise": ("within noise", "오차 범위 이내"),
    "as_of": ("The published figures stay as of {day}", "공개된 그림은 {day} 기준으로 유지됩니다"),
    "later": (
        "Readers stay with the later figures of {day}; those of this run are kept beside them",
        "독자에게는 더 나중인 {day}의 그림이 계속 보이며, 이 실행의 그림은 따로 보관됩니다",
    ),
    "nothing_yet": ("No figures have been published yet", "아직 공개된 그림이 없습니다"),
    # The table
    "source": ("Source", "출처"),
    "fetched": ("Read", "수집"),
    "usual": ("Usual", "평소"),
    "added": ("New", "신규"),
    "changed": ("Changed", "변경"),
    "vanished": ("Gone", "종료"),
    "errors": ("Errors", "오류"),
    "all": ("all", "전체"),
    "usual_is_one": (
        "Read: postings on the boards. Usual: that of the reading before. Errors: boards not read to the end.",
        "수집: 게시판에 있는 공고 수. 평소: 바로 앞 수집의 공고 수. 오류: 끝까지 읽지 못한 게시판 수.",
    ),
    "usual_is": (
        "Read: postings on the boards. Usual: median of the last {n} weeks. Errors: boards not read to the end.",
        "수집: 게시판에 있는 공고 수. 평소: 최근 {n}주 중앙값. 오류: 끝까지 읽지 못한 게시판 수.",
    ),
    "usual_none": (
        "Read: postings on the boards. Errors: boards not read to the end.",
        "수집: 게시판에 있는 공고 수. 오류: 끝까지 읽지 못한 게시판 수.",
    ),
    "of_day": ("The {n} runs of this day together.", "이날 실행 {n}번을 합한 수입니다."),
    "not_read": ("not read", "실패"),
    "more": ("and {n} more", "외 {n}건"),
    # The end
    "schedule": ("{schedule}; next run {next}", "{schedule}, 다음 실행 {next}"),
    "file": ("Kept in the data root as {place}", "데이터 루트에 저장됨: {place}"),
    "report": ("Report", "보고서"),
    "quality": ("Quality page", "품질 페이지"),
    "diff": ("What changed since the vintage before", "직전 판과의 차이"),
    "log_file": ("Log of this run", "이 실행의 로그"),
    "log": ("Tasks and logs in Airflow", "Airflow 태스크와 로그"),
    # Retraining
    "promoted": ("{version} is the new champion, after {champion}", "새 챔피언 {version} (이전: {champion})"),
    "refused": (
        "{champion} stays the champion; {version} was refused: {why}",
        "챔피언은 그대로 {champion}. {version} 승격 안 함: {why}",
    ),
    "same": (
        "{champion} stays the champion: it was trained on just these postings",
        "챔피언은 그대로 {champion}. 학습 공고가 같음",
    ),
    "reviewed": (
        "{champion} stays the champion; its canary answers of today were read and count from now on",
        "챔피언은 그대로 {champion}. 오늘의 기준 공고 결과를 검토했고 이제부터 기준이 됨",
    ),
    "too_little": (
        "{champion} stays the champion: too little text to train another ({why})",
        "챔피언은 그대로 {champion}. 학습할 글이 부족함({why})",
    ),
    "rolled_back": ("{version} is the champion again, after {champion}", "{version} 챔피언 복귀 (이전: {champion})"),
    "rules_alone": ("the rules alone", "규칙만"),
    "trained_on": ("trained on {n} postings", "학습 공고 {n}건"),
}

ADVICE: Final[Mapping[str, tuple[str, str]]] = {
    "far fewer postings than usual: collect again, now or later; if as few come, they are believed": (
        "far fewer postings than usual: the next run reads them again; if as few come, they are believed",
        "평소보다 공고가 크게 적음: 다음 실행에서 다시 수집합니다. 또 비슷하게 적으면 그대로 인정됩니다",
    ),
    "no page of it is kept: collect without --replay first": ("no page of it is kept", "저장된 페이지 없음"),
    "no board of it is listed: name one, or add it to boards.csv in the data root": (
        "no board of it is listed: add one to boards.csv in the data root",
        "등록된 게시판 없음: 데이터 루트의 boards.csv에 게시판을 추가하세요",
    ),
    "asked too much: leave the host alone for some hours": (
        "asked too much: leave the host alone for some hours",
        "요청이 너무 많았음: 몇 시간 동안 요청하지 마세요",
    ),
    "not allowed: take the board out of your list, or ask the site's owner": (
        "not allowed: take the board out of boards.csv, or ask the site's owner",
        "수집이 허용되지 않음: boards.csv에서 빼거나 사이트 운영자에게 문의하세요",
    ),
    "refused: give --contact, and ask the site's owner; do not try to get around it": (
        "refused: set AIRFLOW_DEMAND_CONTACT, and ask the site's owner; do not try to get around it",
        "거부됨: AIRFLOW_DEMAND_CONTACT를 설정하고 사이트 운영자에게 문의하세요. 우회하지 마세요",
    ),
    "the server is in trouble: collect again later": (
        "the server is in trouble: give it some time",
        "서버 장애: 시간을 두고 기다리세요",
    ),
    "no such host: check the network and the board's name, then collect again": (
        "no such host: check the network and the board's name",
        "호스트 없음: 네트워크와 게시판 이름을 확인하세요",
    ),
    "not read without a valid certificate: tell the site's owner": (
        "not read without a valid certificate: tell the site's owner",
        "인증서가 유효하지 않아 읽지 않음: 사이트 운영자에게 알리세요",
    ),
    "not reached: check the network and the board's name, then collect again": (
        "not reached: check the network and the board's name",
        "연결 실패: 네트워크와 게시판 이름을 확인하세요",
    ),
    "too slow or too large for five minutes: collect this board alone": (
        "too slow or too large for five minutes: name this board alone in the parameter sources",
        "5분 안에 읽지 못함: 매개변수 sources에 이 게시판만 지정하세요",
    ),
    "the answer has a new shape: look at its page (zless opens it); the parser wants mending, then --replay": (
        "the answer has a new shape: look at its kept page (zless opens it); the parser wants mending",
        "응답 형식이 바뀜: 저장된 페이지를 zless로 확인하고 파서를 고치세요",
    ),
    "stopped by you while it was read: run the same command again": (
        "stopped while it was read",
        "읽는 중에 중단됨",
    ),
    "not all that there is: what came is stored and nothing was closed; collect again later": (
        "not all that there is: what came is stored and nothing was closed",
        "일부만 읽음: 읽은 것은 저장했고 종료 처리는 하지 않았습니다",
    ),
    "see the reason above; collect again later": ("see the reason", "이유를 확인하세요"),
    "gone: check the board's name; if the employer has moved, drop it": (
        "gone: check the board's name; if the employer has moved, take it out of boards.csv",
        "사라짐: 게시판 이름을 확인하고, 회사가 옮겼으면 boards.csv에서 빼세요",
    ),
}
"""What `scrapers.report.advise` says of a board to who collects by hand, in the words of who reads a message."""
NETWORK: Final = tuple(advice for advice in ADVICE if "check the network" in advice)
"""What is advised when it may be this machine that reaches nobody."""

_LATE: Final = re.compile(
    r"(?P<run>\S+) comes too late, (?P<newer>\S+) is stored already: (?:start a run of today instead|that day is still "
    r"to come \(today is (?P<today>\S+)\): set the clock right and take \S+ back, see A run of a day to come in \S+)"
)
_COUNTED: Final = re.compile(rf"(\d+) x ({'|'.join(map(re.escape, ADVICE))})")
_DAY: Final = re.compile(r"\d{4}-\d{2}(-\d{2})?")


def say(lang: str, name: str, /, **values: object) -> str:
    """Return the words of a name in "en" or "ko", its gaps filled. Raises KeyError for a name without words."""
    return _WORDS[name][LANGS.index(lang)].format(**values)


def has_words(name: str) -> bool:
    """True when there are words of this name."""
    return name in _WORDS


def advice_in(lang: str, text: str) -> str:
    """Return a line with the advice about boards or late runs that it holds in the words of a message."""
    for advice, told in ADVICE.items():
        text = text.replace(advice, told[LANGS.index(lang)])
    return _LATE.sub(lambda late: say(lang, "too_soon" if late["today"] else "too_late", **late.groupdict()), text)


def late_advice(lang: str, text: str) -> str:
    """Return what to do about the last words of a run, if it is refused because a later day is stored; else nothing."""
    late = _LATE.search(text)
    return say(lang, "do_clock" if late["today"] else "do_today", newer=late["newer"]) if late else ""


def counted_advice(text: str) -> dict[str, int]:
    """Return what the last words of a source advise, as `advise` says it, and of how many boards."""
    return {advice: int(n) for n, advice in _COUNTED.findall(text)}


def day_of(run: str) -> str:
    """Return the day or month in a run's name, or the whole name when it has none."""
    found = _DAY.search(run)
    return found[0] if found else run
