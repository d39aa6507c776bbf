"""Cut texts: by their ending, by a width limit, by a batch that was never opened in full."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.truncation import BATCH_MEDIAN, SPIKE_MIN, batch_of, is_cut, is_cut_batch, width_limits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Build pipelines with ...", True),
        ("Build pipelines with…", True),
        ("Build pipelines. Show more", True),
        ("Build pipelines.\nRead More »", True),
        ("파이프라인을 만들고 더보기", True),
        ("파이프라인을 만들고 더 보기 ", True),
        ("Build pipelines.", False),
        ("Wait... and build pipelines.", False),
        ("We show more than most", False),
        ("", False),
    ],
)
def test_a_text_says_at_its_end_that_there_is_more(text: str, expected: bool) -> None:
    assert is_cut(text) is expected


def test_many_texts_of_one_length_are_a_width_limit() -> None:
    rng = random.Random(1)
    lengths = [rng.randrange(300, 4_000) for _ in range(400)] + [500] * 13
    assert width_limits(lengths, list(range(len(lengths)))) == {500}


def test_reposts_of_one_text_are_no_width_limit() -> None:
    assert width_limits([697] * 40, [1] * 40) == set()


def test_a_dense_stretch_of_lengths_is_no_width_limit() -> None:
    lengths = [n for n in range(900, 1_000) for _ in range(SPIKE_MIN + 2)]
    assert width_limits(lengths, list(range(len(lengths)))) == set()


def test_a_batch_of_short_texts_was_not_opened() -> None:
    assert is_cut_batch([BATCH_MEDIAN - 200] * 40 + [6_000] * 10)
    assert not is_cut_batch([BATCH_MEDIAN - 200] * 10)
    assert not is_cut_batch([3_500] * 40)


@pytest.mark.parametrize(("native_id", "batch"), [("5bf9d50380-12", "5bf9d50380"), ("16607", ""), ("", ""), (None, "")])
def test_numbered_ids_tell_the_file(native_id: str | None, batch: str) -> None:
    assert batch_of(native_id) == batch


@given(st.lists(st.integers(200, 5_000), max_size=60))
def test_limits_are_lengths_that_occur(lengths: list[int]) -> None:
    assert width_limits(lengths, list(range(len(lengths)))) <= set(lengths)
