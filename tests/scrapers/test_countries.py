import pytest

from scrapers.countries import to_iso2
from scrapers.places import COUNTRIES, find_places


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("US", "US"),
        ("u.s.a.", "US"),
        ("United States", "US"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("UAE", "AE"),
        ("ARE", "AE"),
        ("swiss", "CH"),
        ("DEU", "DE"),
        ("대한민국", "KR"),
        ("Korea, Republic of", "KR"),
        ("kr", "KR"),
        ("France, Metropolitan", "FR"),
        ("France, Germany", None),
        ("Germany, Europe", "DE"),
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


def test_headers_and_columns_mean_the_same_country() -> None:
    assert {name: to_iso2(name) for name in COUNTRIES} == COUNTRIES
    assert find_places("Kampala, Uganda / UAE / Swiss / U.K. / 대한민국") == ["UG", "AE", "CH", "GB", "KR"]


def test_words_that_are_also_codes_are_no_places_in_a_header() -> None:
    assert find_places("We can, you are, in, it, no, is") == []
    assert find_places("Georgia, North America") == ["", ""]
