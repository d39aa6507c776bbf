from pathlib import Path

import pytest

from scrapers.columns import find_columns
from scrapers.rows import ImportProblem

TABLE = Path("jobs.csv")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["Job Title", "jobDescription", "Employer"], {"title": 0, "text": 1, "company": 2}),
        (["job_title", "body", "date_posted", "job_url"], {"title": 0, "text": 1, "posted_at": 2, "url": 3}),
        (
            ["포지션", "회사명", "주요업무", "자격요건", "우대사항"],
            dict(title=0, company=1, duties=2, required=3, preferred=4),
        ),
        (["id", "native_id", "text", "created_at"], {"native_id": 1, "text": 2, "posted_at": 3}),
        (["description_html", "description"], {"text": 1}),
        (["year", "month", "year_basis", "sections_json"], dict(year=0, month=1, year_basis=2, sections=3)),
    ],
)
def test_common_names_are_guessed(columns: list[str], expected: dict[str, int]) -> None:
    assert find_columns(TABLE, columns) == {field: columns[i] for field, i in expected.items()}


def test_a_mapping_goes_before_the_guess() -> None:
    found = find_columns(TABLE, ["title", "text", "blurb"], {"text": "blurb", "company": "title"})
    assert found == {"text": "blurb", "company": "title"}


@pytest.mark.parametrize(
    ("columns", "mapping", "message"),
    [
        (["title", "firm"], None, r"jobs\.csv: no column holds the text .* 'title', 'firm'; name it with --map text="),
        (["text"], {"text": "body"}, r"there is no column 'body'; its columns are 'text'"),
        (["text"], {"jd": "text"}, "there is no field 'jd' to map; fields are dataset, "),
    ],
)
def test_what_cannot_be_mapped_is_said_in_one_line(
    columns: list[str], mapping: dict[str, str] | None, message: str
) -> None:
    with pytest.raises(ImportProblem, match=message):
        find_columns(TABLE, columns, mapping)
