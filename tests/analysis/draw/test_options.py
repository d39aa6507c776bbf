"""Options: variants never share a file name, and a wrong value is refused in one line."""

from itertools import product
from typing import Any

import pytest

from analysis.draw.options import Options
from analysis.draw.style import DrawError


@pytest.mark.parametrize(
    ("values", "stem"),
    [
        ({}, "fig_4_1"),
        ({"lang": "ko"}, "fig_4_1"),
        ({"by": ("role",), "size": "half"}, "fig_4_1.by_role.half"),
        ({"years": (2011, 2026)}, "fig_4_1.2011-2026"),
        ({"level": "required"}, "fig_4_1.required"),
        ({"claim": 0.68}, "fig_4_1.claims"),
        ({"families": ("hn", "ats"), "theme": "dark"}, "fig_4_1.ats+hn.dark"),
    ],
)
def test_stem(values: dict[str, Any], stem: str) -> None:
    assert Options(**values).stem("fig_4_1") == stem


def test_stems_of_variants_differ() -> None:
    variants = [
        Options(size=s, theme=t, by=b, years=y, level=lv, families=f)
        for s, t, b, y, lv, f in product(
            ("slide", "half", "doc"),
            ("light", "dark", "print"),
            ((), ("role",)),
            ((2020, 2024), (2011, 2026)),
            ("any", "required", "preferred", "required_or_preferred", "mentioned"),
            ((), ("hn",), ("korean_board",)),
        )
    ]
    assert len({v.stem("fig_4_1") for v in variants}) == len(variants)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"lang": "de"}, "lang 'de' is not one of: ko, en, both"),
        ({"size": "poster"}, "size 'poster' is not one of: slide, half, doc"),
        ({"theme": "pink"}, "theme 'pink' is not one of: light, dark, print"),
        ({"by": ("country",)}, "by 'country' is not one of: role"),
        ({"level": "nice"}, "level 'nice'"),
        ({"families": ("blog",)}, "family 'blog'"),
        ({"years": (2024, 2020)}, "years 2024-2020 run backwards"),
        ({"claim": 0.68, "level": "required"}, "draw it with level any"),
        ({"claim": 68.0}, "a claim is a share in 0-1"),
    ],
)
def test_wrong_values_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(DrawError, match=message) as caught:
        Options(**values)
    assert "\n" not in str(caught.value)


def test_keep_drops_what_a_figure_does_not_take() -> None:
    asked = Options(by=("role",), level="required", size="half", theme="dark", lang="ko", years=(2021, 2023))
    assert asked.keep(frozenset({"years"})) == Options(size="half", theme="dark", lang="ko", years=(2021, 2023))
