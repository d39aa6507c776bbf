"""Quick pictures: laid out without overlap in both languages and every size, with extreme rows."""

import math
from typing import Any

import matplotlib.image
import pandas as pd
import pytest

from analysis.draw.fonts import drawing
from analysis.draw.layout import check_layout
from analysis.draw.quick import MAX_ROWS, Picture, draw
from analysis.draw.style import SIZES, DrawError

ATTRS: dict[str, Any] = {"kind": "rates", "n_postings": 9, "n_companies": 4, "vintage": "2026-01-01"}


def yearly() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "year": [2019, 2020, 2022],
            "n": [10, 20000, 3],
            "rate": [0.0, 1.0, math.nan],
            "low": [0.0, 0.9, math.nan],
            "high": [0.3, 1.0, math.nan],
            "flag": ["small", "", "withheld"],
            "covered_weight": 1.0,
        }
    )


def by_role(n: int) -> pd.DataFrame:
    rows = pd.concat([yearly()] * 10, ignore_index=True).head(n)
    return rows.assign(role="analytics_engineer", source=[f"a_source_with_a_rather_long_name_{i}" for i in range(n)])


def ratios() -> pd.DataFrame:
    rows = {"skill": ["rye", "spelt"], "n": 90, "odds_ratio": [1.0, 300.0], "low": [0.01, 9.0], "high": [100.0, 9e3]}
    return pd.DataFrame(rows)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("table", [yearly(), by_role(MAX_ROWS), ratios()], ids=["years", "30", "odds"])
def test_nothing_overlaps(table: pd.DataFrame, size: str, lang: str) -> None:
    with drawing():
        assert check_layout(draw(table, ATTRS, lang, size, "light")) == []


def test_one_series_over_years_is_a_line_and_several_are_rows() -> None:
    def words(picture: Picture) -> list[str]:
        return [text.get_text() for text in picture.texts]

    assert not [w for w in words(draw(yearly(), ATTRS, "en", "half", "light")) if "n=20,000" in w and "%" in w]
    assert [w for w in words(draw(by_role(3), ATTRS, "en", "slide", "light")) if w == "100.0% (90.0%–100.0%)  n=20,000"]


def test_a_picture_shows_and_saves_itself(tmp_path: Any) -> None:
    picture = draw(yearly(), ATTRS, "en", "half", "dark")
    assert picture._repr_png_().startswith(b"\x89PNG")
    picture.savefig(tmp_path / "a.png")
    assert matplotlib.image.imread(tmp_path / "a.png").shape[:2] == (1120, 1280)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (by_role(30).head(0), "no estimate with its interval to draw$"),
        (pd.concat([by_role(30)] * 2), "60 rows are too many"),
        (yearly().drop(columns="n"), "rate: shown only beside"),
    ],
)
def test_what_cannot_be_read_is_not_drawn(table: pd.DataFrame, said: str) -> None:
    with pytest.raises(DrawError, match=said):
        draw(table, ATTRS, "en", "half", "light")


def test_unknown_options_are_refused() -> None:
    with pytest.raises(DrawError):
        draw(yearly(), ATTRS, "fr", "half", "light")
    with pytest.raises(DrawError):
        draw(yearly(), ATTRS, "en", "poster", "light")
