"""The versions of the models on the quality page: what became of each, and no figure without its interval."""

from dataclasses import replace
from typing import Any

from lxml import html

from analysis.draw.options import LANGS
from analysis.report.evidence import Evidence
from analysis.report.model_table import model_versions
from analysis.report.quality import quality_html

FIGURES = {"forward role f1": {"value": 0.7, "low": 0.65, "high": 0.75, "n_postings": 900}}
VERSIONS: list[dict[str, Any]] = [
    {
        **{"version": "2026-11-bbbbbbbbbb", "is_champion": True, "is_bundled": False, "problem": ""},
        **{"n_postings": 1234, "window": ["2024-01", "2026-11-01"], "steps": [], "figures": FIGURES},
        "fates": [{"kind": "promoted", "on": "2026-11-01"}, {"kind": "rolled_back", "on": "2026-12-03"}],
    },
    {
        **{"version": "2026-12-cccccccccc", "is_champion": False, "is_bundled": False, "problem": ""},
        **{"n_postings": 9, "window": None, "steps": [], "figures": {}},
        "fates": [{"kind": "refused", "on": "2026-12-01"}],
    },
    {
        **{"version": "2026-10-aaaaaaaaaa", "is_champion": False, "is_bundled": False, "problem": "<b> is damaged"},
        **{"n_postings": 0, "window": None, "steps": [], "fates": [], "figures": {}},
    },
]


def rows(lang: str = "en") -> list[list[str]]:
    found = html.fragment_fromstring(model_versions(VERSIONS, lang), create_parent="div")
    return [[cell.text_content() for cell in row] for row in found.xpath(".//tr")]


def test_each_version_tells_what_became_of_it_and_how_good_it_is() -> None:
    head, champion, refused, damaged = rows()
    assert champion[:4] == [
        "2026-11-bbbbbbbbbb (champion)",
        "promoted 2026-11-01, gone back to 2026-12-03",
        "1,234 postings, 2024-01 to 2026-11-01",
        "70.0% (65.0–75.0%)",
    ]
    assert refused == ["2026-12-cccccccccc", "refused 2026-12-01", *["–"] * (len(head) - 2)]
    assert damaged[:2] == ["2026-10-aaaaaaaaaa", "<b> is damaged"]


def test_both_languages_tell_it_and_a_store_without_versions_nothing(evidence: Evidence) -> None:
    assert "승격 2026-11-01, 되돌려 다시 사용 2026-12-03" in rows("ko")[1]
    page = html.document_fromstring(quality_html(replace(evidence, models=VERSIONS)))
    assert page.xpath("//section/@aria-labelledby").count("models-ko") == 1
    assert [model_versions([], lang) for lang in LANGS] == ["", ""]
