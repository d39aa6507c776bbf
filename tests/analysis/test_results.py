"""Results: no estimate is shown without its interval and n, and what it rests on stays with every part of it."""

import math
import re
from collections.abc import Hashable
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.columns import COLUMNS, ESTIMATES, bare, codebook, estimates
from analysis.draw.style import DrawError
from analysis.measure.population import Query
from analysis.measure.rates import VALUES
from analysis.measure.trend import Trend
from analysis.results import Lines, Result, result

NAN = math.nan
ATTRS: dict[Hashable | None, Any] = {
    "kind": "rates",
    "query": {
        "skill": "sourdough",
        "level": "required",
        "roles": ("data_engineer",),
        "years": (2020, 2021),
        "families": ("hn",),
        "sources": None,
        "countries": None,
        "weights": "mix",
    },
    "n_postings": 1234,
    "n_companies": 567,
    "warnings": [],
    "vintage": "2026-05-04",
    "code_version": "9.8.7",
}


def rates(**columns: Any) -> Result:
    rows = {
        "skill": "sourdough",
        "level": "required",
        "year": [2020, 2021, 2022],
        "k": [120, 1, 9],
        "n": [1200, 9, 40],
        "n_companies": [50, 9, 20],
        "n_eff": [555.25, 9.0, 35.0],
        "rate": [0.1, NAN, 0.225],
        "low": [0.08, NAN, 0.12],
        "high": [0.125, NAN, 0.38],
        "method": "m",
        "weighting": "none",
        "covered_weight": 1.0,
        "flag": ["", "withheld", "small"],
    }
    table = pd.DataFrame(rows | columns)
    table.attrs = {**ATTRS}
    return result(table)


class Tags(HTMLParser):
    """The tags still open, and the words read; a page is well formed when nothing stays open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_rate_is_shown_with_interval_and_n_in_a_notebook_and_a_terminal() -> None:
    for shown in (rates()._repr_html_(), repr(rates())):
        assert "10.0% (8.0%–12.5%)" in shown
        assert "1,200" in shown
        assert "1,234 postings of 567 companies" in shown
        assert "data of 2026-05-04" in shown
        assert "sourdough, required, Data engineer, 2020–2021, Hacker News, role and source type held fixed" in shown


def test_a_withheld_rate_is_a_word_and_its_n_stays() -> None:
    words = Tags(rates()._repr_html_()).words
    assert "withheld" in words
    assert "withheld, too few" in words
    assert "9" in words
    assert not [w for w in words if "nan" in w.lower()]


def test_a_table_of_withheld_rates_still_has_its_rates() -> None:
    page = rates(rate=NAN, low=NAN, high=NAN, flag="withheld")._repr_html_()
    assert page.count(">withheld<") == 3
    assert "<svg" not in page


def test_korean_words_are_korean() -> None:
    page = rates().in_lang("ko")._repr_html_()
    assert 'lang="ko"' in page
    for words in ("비율 (95% 신뢰구간)", "공고 1,234건, 회사 567곳", "표본 부족으로 보류", "작은 표본", "필수"):
        assert words in page
    with pytest.raises(DrawError, match="ko, en"):
        rates().in_lang("fr")


@pytest.mark.parametrize("gone", ["low", "high", "n"])
def test_a_rate_that_lost_its_interval_or_its_n_is_not_shown(gone: str) -> None:
    cut = rates().drop(columns=gone)
    for shown in (cut._repr_html_(), repr(cut)):
        assert "10.0%" not in shown
        assert "0.1\n" not in shown
        assert "rate: shown only beside its n, low and high" in shown
    with pytest.raises(DrawError, match="shown only beside"):
        cut.plot()


def test_a_single_column_says_that_it_stands_alone() -> None:
    assert "rate alone: read it with its n, low and high" in repr(rates()["rate"])
    assert "alone" not in repr(rates()["n"])
    assert rates()["rate"].sum() == pytest.approx(0.325)


def test_what_a_result_rests_on_stays_with_its_parts() -> None:
    table = rates()
    parts = (table[table["year"] > 2020], table.head(1), table[["year", "rate"]], table.sort_values("n"), table.copy())
    for part in (*parts, table.assign(more=1), table.reset_index(drop=True), table.iloc[:2], table.query("n > 10")):
        assert isinstance(part, Result)
        assert part.attrs == table.attrs


def test_marked_words_are_marked_and_nothing_in_them_is_obeyed() -> None:
    told = Lines([("we <b>run\x1b[2J</b> it", [(6, 9)]), ("두 번째 줄", [])])
    assert repr(told) == "we <b>«run»[2J</b> it\n두 번째 줄"
    assert str(told) == "we <b>run[2J</b> it\n두 번째 줄"
    page = told._repr_html_()
    assert "we &lt;b&gt;<mark>run</mark>" in page
    assert "<b>" not in page


def test_to_csv_is_that_of_pandas() -> None:
    assert rates().to_csv(index=False) == pd.DataFrame(rates()).to_csv(index=False)


@given(st.text(max_size=40))
def test_words_of_the_data_cannot_become_markup(word: str) -> None:
    page = rates(role=word, flag=word)._repr_html_()
    tags = Tags(page)
    assert tags.open == []
    assert set(tags.seen) <= {*("div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p", "br")} | {
        *("svg", "line", "circle")
    }


def test_bars_share_one_scale_and_lie_inside_it() -> None:
    page = rates()._repr_html_()
    spans = re.findall(r'<line x1="([\d.]+)" x2="([\d.]+)" y1="7"', page)
    dots = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', page)]
    assert len(spans) == len(dots) == 2
    for (low, high), dot in zip(spans, dots, strict=True):
        assert 4 <= float(low) <= dot <= float(high) <= 116
    assert float(spans[1][1]) == 116
    # 0 to .38 lies on 112 pixels.
    assert dots[0] == pytest.approx(4 + 112 * 0.1 / 0.38, abs=0.1)
    assert page.count('fill="none"') == 1
    assert page.count('aria-hidden="true"') == 2


def test_changes_carry_their_sign_and_ratios_their_cross() -> None:
    changes = result(pd.DataFrame({"part": ["raw_first", "within"], "points": [3.0, -1.5], "low": [2.0, -2.5]}))
    changes = result(changes.assign(high=[4.0, -0.25], n=100))
    assert "3.00 (2.00–4.00)" in repr(changes)
    assert "−1.50 (−2.50 … −0.25)" in repr(changes)
    ratios = result(pd.DataFrame({"skill": ["rye"], "n": 9, "odds_ratio": [2.0], "low": [0.5], "high": [8.0]}))
    assert "×2.00 (0.50–8.00)" in repr(ratios)
    # 1 lies in the middle between a half and 2 on a logarithmic scale, at a third between a half and 4.
    assert 'x1="41.3" x2="41.3"' in ratios.assign(high=4.0)._repr_html_()


def test_a_claim_is_shown_in_the_words_of_one_language() -> None:
    rows = {
        "claim": ["share", "growth"],
        "ko": "빵집 공고",
        "en": "bakers' adverts",
        "said_ko": ["절반", "꾸준한 증가"],
        "said_en": ["half", "steady growth"],
        "unit": ["share", "points per year"],
        "n": [400, 400],
        "measured": [0.25, -0.5],
        "low": [0.2, -1.0],
        "high": [0.3, 0.25],
        "flag": "",
        "verdict": ["measured lower", "cannot be judged"],
    }
    judged = result(pd.DataFrame(rows), kind="claims")
    for words in ("bakers&#x27; adverts", "half", "25.0% (20.0%–30.0%)", "−0.50 (−1.00 … +0.25)", "measured lower"):
        assert words in judged._repr_html_()
    assert not re.search("[가-힣]", judged._repr_html_())
    korean = judged.in_lang("ko")._repr_html_()
    assert "측정값이 더 낮음" in korean
    assert "steady growth" not in korean


def test_a_long_table_says_how_much_is_left_out() -> None:
    rows = pd.concat([rates()] * 40, ignore_index=True)
    assert "60 more rows" in rows._repr_html_()
    assert "60 more rows" in repr(rows)
    assert rows._repr_html_().count("<tr>") == 61


def test_an_empty_result_is_shown_without_an_error() -> None:
    for shown in (repr(rates().head(0)), rates().head(0)._repr_html_()):
        assert "data of 2026-05-04" in shown


def test_it_is_cited_with_question_state_of_the_data_and_version() -> None:
    line, _, entry = rates().cite().partition("\n\n")
    for words in ("(2026)", "airflow-demand 9.8.7", "data of 2026-05-04", "sourdough, required", "CC BY 4.0"):
        assert words in line
        assert words.strip("()") in entry
    assert entry.startswith("@misc{")
    assert entry.count("{") == entry.count("}")
    assert "2026-05-04 기준 자료" in rates().cite("ko")
    assert "not stated" in result(pd.DataFrame({"n": [1]})).cite()


def test_the_first_estimate_that_fits_is_taken() -> None:
    names = ["odds_ratio", "odds_low", "odds_high", "points_per_year", "low", "high", "n_postings"]
    assert [(e.value, e.low) for e in estimates(names)] == [("points_per_year", "low"), ("odds_ratio", "odds_low")]
    assert bare([*names, "rate_corrected"]) == ["rate_corrected"]


def test_every_column_of_a_table_of_rates_and_of_trends_is_in_the_codebook() -> None:
    fields = set(Trend.__dataclass_fields__) - {"odds_low", "odds_high"}
    assert {*VALUES, *fields, *Query.__dataclass_fields__} - set(COLUMNS) <= {
        *("roles", "years", "families", "sources", "countries", "by", "weights"),
        *("with_vendors", "with_survivors", "date_kinds"),
    }
    assert {e.value for e in ESTIMATES} <= set(COLUMNS)
    assert codebook().count("\n") == len(COLUMNS) + 1
