"""The shapes of HTML that pages are made of: all text escaped, dates whole however narrow the page is."""

import re
from html import unescape

import pytest

from analysis.report.markup import bullets, keep_dates, paragraphs


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("As of 2026-11-23.", ["2026-11-23"]),
        ("Since 2026-11-16 (weekly-2026-11-16.2).", ["2026-11-16", "weekly-2026-11-16.2"]),
        ("2026-11-23에 보류, 자료: tag-weekly-2026-11-23", ["2026-11-23", "tag-weekly-2026-11-23"]),
        ("2020-2024, role-based <b>", []),
    ],
)
def test_dates_and_names_of_runs_are_not_broken_and_nothing_else_changes(text: str, whole: list[str]) -> None:
    made = keep_dates(text)
    assert re.findall(r'<span class="dated">(.*?)</span>', made) == whole
    assert unescape(re.sub(r"</?span[^>]*>", "", made)) == text
    assert paragraphs([text]) == f"<p>{made}</p>"
    assert bullets([text]) == f"<ul><li>{made}</li></ul>"
