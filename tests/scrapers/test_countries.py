import pytest

from scrapers.countries import to_iso2


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("US", "US"),
        ("u.s.a.", "US"),
        ("United States", "US"),
        ("UK", "GB"),
        ("DEU", "DE"),
        ("대한민국", "KR"),
        ("Korea, Republic of", "KR"),
        ("kr", "KR"),
        ("France, Metropolitan", "FR"),
        ("XX", None),
        ("EMEA remote", None),
        ("European Union", None),
        ("Anywhere", None),
        ("", None),
        (None, None),
    ],
)
def test_to_iso2(name: str | None, code: str | None) -> None:
    assert to_iso2(name) == code
