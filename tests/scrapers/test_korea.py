from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.dates import parse_date
from scrapers.korea import country_of, to_kst


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026.11.02 09:00", "2026-11-02T09:00:00+09:00"),
        ("2026-06-15 16:54:40", "2026-06-15T16:54:40+09:00"),
        ("2026-06-15T16:54:40.123", "2026-06-15T16:54:40+09:00"),
        ("2026-06-15 00:00:00", "2026-06-15"),
        ("2026-06-15T01:00:00Z", "2026-06-15T01:00:00Z"),
        ("2026-06-15T01:00:00+00:00", "2026-06-15T01:00:00+00:00"),
        ("2026-06-15", "2026-06-15"),
        ("상시", "상시"),
        (None, None),
        (1700000000, 1700000000),
    ],
)
def test_only_times_without_offset_become_korean(written: object, read: object) -> None:
    assert to_kst(written) == read


@given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 12, 31)))
def test_whatever_is_written_without_offset_can_be_read_as_a_date(moment: datetime) -> None:
    read = parse_date(to_kst(moment.isoformat(" ", "seconds")))
    assert read is not None
    assert read[:10] == moment.date().isoformat()
    assert len(read) == 10 or read.endswith("+09:00")


@pytest.mark.parametrize("place", ["서울특별시 성동구", "마곡 및 기타", "Seongnam, South Korea", "국내", "서울, 부산"])
def test_korean_places(place: str) -> None:
    assert country_of(place) == "KR"


@pytest.mark.parametrize("place", [None, "", "하노이", "해외(한국 파견)", "본사", 7, "Seoul, Tokyo", "서울 / 미국"])
def test_other_places_say_no_country(place: object) -> None:
    assert country_of(place) is None
