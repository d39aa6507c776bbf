"""Tests of the choice of terms: how many texts and employers must stand behind each."""

from analysis.learn.terms import MIN_EMPLOYERS, MIN_TEXTS, choose_terms


def _employers(n: int) -> list[str]:
    return [f"employer {i % n}" for i in range(MIN_TEXTS)]


def test_a_term_needs_enough_texts_and_enough_employers() -> None:
    texts = ["etl spark"] * MIN_TEXTS
    kept = choose_terms(texts, _employers(MIN_EMPLOYERS))
    assert dict(kept.words) == {"etl": 0, "spark": 1}
    assert kept.pairs.tolist() == [1]
    assert len(choose_terms(texts, _employers(MIN_EMPLOYERS - 1))) == 0
    assert len(choose_terms(texts[1:], _employers(MIN_EMPLOYERS)[1:])) == 0


def test_a_word_counts_once_per_text() -> None:
    texts = ["etl " * MIN_TEXTS] + ["nothing"] * (MIN_TEXTS - 1)
    assert list(choose_terms(texts, _employers(MIN_TEXTS)).words) == []


def test_a_pair_counts_by_itself_and_unwanted_words_make_none() -> None:
    texts = ["etl spark"] * (MIN_TEXTS - 1) + ["spark etl acme"] * MIN_TEXTS
    employers = [f"employer {i}" for i in range(len(texts))]
    kept = choose_terms(texts, employers)
    assert list(kept.words) == ["acme", "etl", "spark"]
    assert [divmod(code, 3) for code in kept.pairs.tolist()] == [(1, 0), (2, 1)]
    assert list(choose_terms(texts, employers, {"acme"}).words) == ["etl", "spark"]
    without = choose_terms(texts, employers, {"spark etl", "etl unknown"})
    assert list(without.words) == ["acme", "etl", "spark"]
    assert [divmod(code, 3) for code in without.pairs.tolist()] == [(1, 0)]


def test_numbers_and_addresses_are_no_terms() -> None:
    texts = ["2024 jobs@acme.example www.acme.example"] * MIN_TEXTS
    assert len(choose_terms(texts, _employers(MIN_TEXTS))) == 0
