import json
from typing import Any

import pytest

from scrapers.posting import Section
from scrapers.records import Recorder, guess_family, is_null, read_sections, to_line, to_name
from scrapers.rows import RowProblem


def record(recorder: Recorder | None = None, **given: Any) -> Any:
    return (recorder or Recorder("jobs", "job_board")).record({"text": "Run Airflow.", **given})


@pytest.mark.parametrize("value", [None, float("nan"), "", " ", "nan", "NaN", "None", "null", "NaT", [], {}])
def test_nulls_are_null_in_every_column(value: object) -> None:
    assert is_null(value)
    fields = ("company", "location", "country", "native_id", "posted_at", "url", "remote", "sections", "year", "lang")
    given: dict[str, Any] = dict.fromkeys(fields, value)
    posting = record(title="Engineer", **given)
    assert posting == record(title="Engineer")


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (" R&amp;D\n team ", "R&D team"),
        (12.0, "12"),
        (["Seoul", None, "Busan"], "Seoul, Busan"),
        ({"name": "Acme", "id": 3}, "Acme"),
        ({"id": 3}, None),
    ],
)
def test_to_line(value: object, line: str | None) -> None:
    assert to_line(value) == line


@pytest.mark.parametrize(
    ("given", "date"),
    [
        ({"posted_at": "2023-07-14", "year": 2022, "year_basis": "posted"}, ("2023-07-14", "published")),
        ({"posted_at": "2023-07-14"}, ("2023-07-14", "published")),
        ({"year": 2023, "year_basis": "posted"}, ("2023", "published")),
        ({"year": "2023", "year_basis": "scraped"}, ("2023", "scraped")),
        ({"year": 2018.0, "year_basis": "dataset period"}, ("2018", "dataset_period")),
        ({"year": 2018}, ("2018", "dataset_period")),
        ({"year": 2018, "month": 3}, ("2018-03", "dataset_period")),
        ({"month": "2018-03"}, ("2018-03", "dataset_period")),
        ({"posted_at": "nan", "year": 2025, "year_basis": "scraped"}, ("2025", "scraped")),
        ({"scraped_at": "2024-01-02"}, ("2024-01-02", "scraped")),
        ({"posted_at": "03/04/2023"}, (None, "seen")),
        ({}, (None, "seen")),
    ],
)
def test_dates_are_as_precise_as_given_and_say_their_kind(given: dict[str, Any], date: tuple[str | None, str]) -> None:
    posting = record(**given)
    assert (posting.posted_at, posting.posted_at_kind) == date


def test_unclear_and_future_dates_are_counted() -> None:
    recorder = Recorder("jobs", "job_board", latest="2024-05-31")
    assert record(recorder, posted_at="2024-06-01").posted_at is None
    assert record(recorder, posted_at="2024-05-31").posted_at == "2024-05-31"
    assert record(recorder, posted_at="03/04/2024").posted_at_kind == "seen"
    assert (recorder.n_future, recorder.n_unread_dates) == (1, 1)


def test_ids_are_the_sources_own_or_made_of_the_content() -> None:
    assert record(native_id="7").posting_id == record(native_id=7, text="Other.").posting_id
    assert record().posting_id != record(text="Other.").posting_id
    assert record(native_id="7").native_id == "7"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"text": " ", "title": "nan"}, "no text and no title"),
        ({"text": 5}, "the text is int, not text"),
        ({"text": {"html": "x"}}, "the text is dict, not text"),
        ({"title": b"\xff"}, "a value is binary data"),
        ({"sections": "{cut"}, "sections are not JSON"),
        ({"sections": 3}, "sections are neither an object nor a list of objects"),
        ({"sections": ["Airflow"]}, "sections are neither an object nor a list of objects"),
        ({"sections": {"tasks": {"a": 1}}}, "section 1: the text is dict, not text"),
        ({"sections": '[{"text": "a"}, {"heading": 2, "text": "b"}]'}, "section 2: the heading is int, not text"),
    ],
)
def test_what_cannot_be_read_is_refused(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(RowProblem, match=reason):
        record(**given)


def test_a_title_alone_is_kept() -> None:
    assert record(text=None, title="Data Engineer").text == ""


def test_sections_of_either_shape() -> None:
    by_kind = {
        "intro": "a",
        "tasks": "b",
        "required": "c",
        "preferred": "d",
        "skills": "e",
        "benefits": "f",
        "process": "",
    }
    kinds = ["company", "duties", "required", "preferred", "stack", "benefits"]
    assert [s.kind for s in read_sections(json.dumps(by_kind))] == kinds
    listed = [{"heading": "자격요건", "kind": "required", "text": "<p>c</p>"}, {"kind": "odd", "text": "x"}]
    assert read_sections(listed) == (Section("자격요건", "required", "c"), Section("", "unknown", "x"))
    assert record(text=None, sections=by_kind).text == "a\n\nb\n\nc\n\nd\n\ne\n\nf"
    lines = {"requirements": ["- <b>SQL</b>", "- dbt"], "자격요건": "c", "tasks": float("nan")}
    assert read_sections(lines) == (Section("", "required", "- SQL\n- dbt"), Section("자격요건", "unknown", "c"))


def test_section_columns_join_the_text_and_keep_the_description() -> None:
    recorder = Recorder("jobs", "job_board", headings={"required": "자격요건", "preferred": "우대사항"})
    posting = record(recorder, required="- SQL", preferred="Airflow")
    assert posting.text == "Run Airflow.\n\n자격요건\n- SQL"
    assert [(s.heading, s.kind) for s in posting.sections] == [
        ("", "unknown"),
        ("자격요건", "required"),
        ("우대사항", "preferred"),
    ]


def test_what_the_importer_is_told_holds_where_the_row_is_silent() -> None:
    recorder = Recorder("jobs", "ats", company="Acme", country="KR", is_truncated=True)
    assert (record(recorder).company, record(recorder).country) == ("Acme", "KR")
    posting = record(recorder, company="Other", country="EMEA remote")
    assert (posting.company, posting.country, posting.family, posting.is_truncated) == ("Other", None, "ats", True)


@pytest.mark.parametrize(
    ("value", "remote"), [(True, True), ("1", True), ("No", False), ("onsite", False), ("?", None)]
)
def test_remote(value: object, remote: bool | None) -> None:
    assert record(remote=value).remote is remote


def test_lang_is_told_or_detected() -> None:
    assert record(text="데이터 엔지니어를 찾습니다").lang == "ko"
    assert record(lang="de-DE").lang == "de"


@pytest.mark.parametrize(
    ("dataset", "rows", "family"),
    [
        ("hn_threads", [], "hn"),
        ("acme_ats_2025", [], "ats"),
        ("jobs", [{"country": "KR"}, {"country": "KR"}, {"country": "US"}], "korean_board"),
        ("jobs", [{"text": "데이터 엔지니어를 찾습니다"}], "korean_board"),
        ("jobs", [{"text": "We hire"}], "job_board"),
        ("jobs", [], "job_board"),
    ],
)
def test_guess_family(dataset: str, rows: list[dict[str, Any]], family: str) -> None:
    assert guess_family(dataset, rows) == family


@pytest.mark.parametrize(
    ("text", "name"), [("my jobs/2024", "my_jobs_2024"), ("../..", ""), ("채용 공고", "채용_공고"), ("a.b-c", "a.b-c")]
)
def test_to_name(text: str, name: str) -> None:
    assert to_name(text) == name


def test_a_place_that_leaves_no_doubt_tells_the_country() -> None:
    recorder = Recorder("jobs", "ats")
    assert record(recorder, location="Austin, TX").country == "US"
    assert record(recorder, location="Remote (United States | Canada)").country is None
    assert record(recorder, location="Remote").country is None
