"""Korea: times without offset and places, as Korean sources write them."""

import re
from typing import Any, Final

from scrapers.places import find_places

_NAIVE: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})[T ](\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?", re.ASCII)
_PLACES: Final = re.compile(
    "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충청|충북|충남|전라|전북|전남|경상|경북|경남|제주"
    "|수원|성남|분당|판교|과천|마곡|용인|안양|화성|평택|이천|파주|천안|아산|서산|청주|오창|구미|포항|창원|여수|전주"
    "|대한민국|한국|국내"
    r"|\b(?:south korea|republic of korea|seoul|busan|pangyo|bundang|seongnam|gwacheon|magok|daejeon|jeju)\b",
    re.IGNORECASE,
)
_ABROAD: Final = re.compile("해외|국외|글로벌")


def to_kst(value: Any) -> Any:
    """Return a time without offset as ISO 8601 in Korean time, a midnight as its day; anything else as it came."""
    found = _NAIVE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        return value
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    date = f"{year}-{month:02d}-{day:02d}"
    return f"{date}T{hour:02d}:{minute:02d}:{second:02d}+09:00" if hour or minute or second else date


def country_of(place: Any) -> str | None:
    """Return KR for a place that names a Korean province or town and no other country, and None for any other."""
    if not isinstance(place, str) or not _PLACES.search(place) or _ABROAD.search(place):
        return None
    return "KR" if {"", "KR"}.issuperset(find_places(place)) else None
