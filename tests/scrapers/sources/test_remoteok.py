"""Remote OK: a legal notice among the jobs, and a code for each reader below their texts."""

from collections.abc import Callable
from typing import Any

from scrapers.fetch import Fetcher
from scrapers.posting import Posting
from scrapers.sources import Reject, remoteok

NOTICE = {"last_updated": 1791000000, "legal": "link back"}


def job(number: int, **more: Any) -> dict[str, Any]:
    base = {"id": str(number), "position": "Data Engineer", "company": "Kelp", "date": "2026-10-01T10:30:45+00:00"}
    return {**base, "description": "<p>Airflow</p>", **more}


def read(url: str) -> list[Posting | Reject]:
    return list(remoteok.read_board(Fetcher("remoteok", base_url=url), "", None))


def test_the_notice_is_no_job_and_no_reject(serve: Callable[..., str]) -> None:
    assert [record.native_id for record in read(serve(lambda _: [NOTICE, job(1)]))] == ["1"]


def test_without_the_notice_the_first_job_is_kept(serve: Callable[..., str]) -> None:
    assert [record.native_id for record in read(serve(lambda _: [job(1), job(2)]))] == ["1", "2"]


def test_a_later_entry_without_position_is_rejected(serve: Callable[..., str]) -> None:
    records = read(serve(lambda _: [NOTICE, job(1), {"id": "2"}, "x"]))
    assert [isinstance(record, Reject) for record in records] == [False, True, True]


def test_the_text_is_the_same_for_every_reader(serve: Callable[..., str]) -> None:
    codes = iter(["RMTI3", "RMTk5"])

    def answer(_: object) -> Any:
        code = next(codes)
        tail = f"<br><br>Please mention the word **BARNACLE** and tag {code} when applying to show it (#{code})."
        return [NOTICE, job(1, description="You mind Airflow.<br>Please mention your shoe size." + tail)]

    url = serve(answer)
    first, second = read(url), read(url)
    assert isinstance(first[0], Posting)
    assert isinstance(second[0], Posting)
    assert first[0].text == second[0].text == "You mind Airflow.\nPlease mention your shoe size."


def test_the_epoch_stands_in_for_a_missing_date(serve: Callable[..., str]) -> None:
    (record,) = read(serve(lambda _: [NOTICE, job(1, date=None, epoch=1790850645)]))
    assert isinstance(record, Posting)
    assert record.posted_at == "2026-10-01T10:30:45+00:00"
