"""Archives: the same estimator gives the same bytes, in any process, and comes back as it was."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from skops.io import get_untrusted_types, loads

from analysis.learn.archive import to_bytes

LINES = ["load the file nightly", "sell the __id__ plan", "파이썬 데이터", "file a report"] * 5
CLASSES = ["a", "b", "a", "b"] * 5


def trained() -> Pipeline:
    return make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(LINES, CLASSES)


def test_an_estimator_comes_back_as_it_was() -> None:
    # "file" and "__id__" are also words of the vocabulary.
    content = to_bytes(trained())
    assert get_untrusted_types(data=content) == []
    back = loads(content)
    assert back[0].vocabulary_ == trained()[0].vocabulary_
    np.testing.assert_array_equal(back.predict_proba(LINES), trained().predict_proba(LINES))


def test_arrays_that_stand_twice_are_kept_once() -> None:
    shared = np.arange(5_000)
    content = to_bytes({"first": shared, "second": shared, "other": shared + 1})
    assert len(content) < 1.2 * len(to_bytes({"first": shared, "other": shared + 1}))
    back = loads(content)
    np.testing.assert_array_equal(back["second"], shared)
    np.testing.assert_array_equal(back["other"], shared + 1)


CODE = """
import hashlib, runpy, sys
junk = [object() for _ in range(int(sys.argv[2]))]
module = runpy.run_path(sys.argv[1])
print(hashlib.sha256(module["to_bytes"](module["trained"]())).hexdigest())
"""


def test_the_same_estimator_gives_the_same_bytes_in_another_process() -> None:
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    other = subprocess.run(
        [sys.executable, "-c", CODE, __file__, "5000"],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=Path(__file__).resolve().parents[3],
        check=True,
        capture_output=True,
        text=True,
    )
    assert other.stdout.strip() == hashlib.sha256(to_bytes(trained())).hexdigest()


def test_what_skops_cannot_keep_is_refused() -> None:
    with pytest.raises(TypeError):
        to_bytes({"open": (i for i in range(3))})
