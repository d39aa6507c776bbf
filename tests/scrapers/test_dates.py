from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.dates import is_after, parse_date


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2023", "2023"),
        (2023, "2023"),
        (2023.0, "2023"),
        ("2023-07", "2023-07"),
        ("2023년 7월", "2023-07"),
        ("2023-07-14", "2023-07-14"),
        ("2023.07.14.", "2023-07-14"),
        ("2023/7/4", "2023-07-04"),
        ("2023년 7월 14일", "2023-07-14"),
        ("20230714", "2023-07-14"),
        ("2023-07-14T10:00:00Z", "2023-07-14T10:00:00+00:00"),
        ("2023-07-14 10:00:00 UTC", "2023-07-14T10:00:00+00:00"),
        ("2023-07-14T10:00:00.123+09:00", "2023-07-14T10:00:00+09:00"),
        ("2023-07-14 00:00:00", "2023-07-14"),
        ("1689328800", "2023-07-14T10:00:00+00:00"),
        (1689328800000, "2023-07-14T10:00:00+00:00"),
        ("Fri, 14 Jul 2023 10:00:00 +0900", "2023-07-14T10:00:00+09:00"),
        ("July 14, 2023", "2023-07-14"),
        ("14th Jul 2023", "2023-07-14"),
        ("Jul 2023", "2023-07"),
        ("14/07/2023", "2023-07-14"),
        ("07/14/2023", "2023-07-14"),
        ("05/05/2023", "2023-05-05"),
        (date(2023, 7, 14), "2023-07-14"),
        (datetime(2023, 7, 14, 10, tzinfo=UTC), "2023-07-14T10:00:00+00:00"),
        ("07/04/2023", None),
        ("3 days ago", None),
        ("Today", None),
        ("2023-02-30", None),
        ("2023-13", None),
        ("0000-00-00", None),
        ("1066", None),
        ("12", None),
        (True, None),
        (None, None),
        ("", None),
    ],
)
def test_parse_date(value: object, expected: str | None) -> None:
    assert parse_date(value) == expected


def test_later_than_a_day_at_its_own_precision() -> None:
    assert is_after("2024-05-02", "2024-05-01")
    assert not is_after("2024-05", "2024-05-01")
    assert is_after("2024-06", "2024-05-01")
    assert not is_after("2024-05-02T01:00:00+09:00", "2024-05-01")


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_days_come_back_as_they_are(day: date) -> None:
    assert parse_date(day.isoformat()) == day.isoformat() == parse_date(f"{day:%Y%m%d}")


@given(st.text(max_size=30))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or parse_date(found) == found
