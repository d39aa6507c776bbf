"""The card: everything a reader asks of a model, from its manifest and metrics alone."""

from typing import Any

from analysis.learn.model_card import card

MANIFEST: dict[str, Any] = {
    "version": "2026-01-aaaaaaaaaa",
    "seed": 7,
    "sklearn": "1.9",
    "trained_on": {
        "n_postings": 12345,
        "window": ["2011-01", "2026-01-31"],
        "data_sha": "f" * 32,
        "by_source": {"made_up": 12345},
        "by_lang": {"en": 12000, "ko": 345},
    },
    "classes": {"roles": {"data_engineer": 100}, "lines": {"native required": 50}},
}
FIGURE = {"group": "forward", "low": 0.65, "high": 0.75, "n_postings": 1234, "n_items": 1234}
METRICS: dict[str, Any] = {
    "labelled": {"n_postings": 84, "n_roles_by_model": 6, "n_levels": 462, "n_levels_by_model": 0},
    "figures": [{"name": "forward role f1", "value": 0.7, **FIGURE}, {"name": "role f1", **FIGURE, "value": None}],
}


def test_the_card_says_what_why_and_how_well() -> None:
    text = card(MANIFEST, METRICS)
    assert text.startswith("# Model 2026-01-aaaaaaaaaa\n")
    for told in ("12,345 postings, 2011-01–2026-01-31", "seed 7", "| ko | 345 |", "| roles | data_engineer | 100 |"):
        assert told in text
    assert "| forward role f1 | forward | 0.700 | 0.650–0.750 | 1,234 |" in text
    assert "| role f1 |" not in text
    assert "Of 84 postings the role model decided 6" in text
    assert "## Limits" in text


def test_the_card_of_undated_postings_says_so() -> None:
    trained = {**MANIFEST["trained_on"], "window": None}
    assert "12,345 postings, no dates" in card({**MANIFEST, "trained_on": trained}, METRICS)
