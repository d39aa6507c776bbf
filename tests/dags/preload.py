"""Preload: what takes longest to load or build, for processes that are forked from one that has imported this."""

# ruff: noqa: F401, I001
# First of all: it asks each module that is there for each name of many, and Airflow's warn of every name.
import skops.io

from functools import cache
from pathlib import Path

import airflow.api_fastapi.execution_api.app
import airflow.dag_processing.dagbag
import airflow.jobs
import pandera.strategies
import pyarrow.dataset
import pytest
import requests

import analysis.message
import analysis.publishing
import analysis.quality
import analysis.quoting
import analysis.report.build
import analysis.tag
import scrapers.preview
import scrapers.sources.greenhouse
import scrapers.sources.lever
import scrapers.staging
from analysis.classify import tagger
from analysis.classify.reading import Reader
from analysis.classify.vocabulary import Vocabulary, load_vocabulary


@cache
def _load(path: Path | None = None) -> Vocabulary:
    return load_vocabulary(path)


_readers: dict[str, Reader] = {}


def _read(vocabulary: Vocabulary) -> Reader:
    if vocabulary.sha not in _readers:
        _readers[vocabulary.sha] = Reader(vocabulary)
    return _readers[vocabulary.sha]


def share(patch: pytest.MonkeyPatch) -> None:
    """Have each tagger take the vocabulary and the reader that are there; its models it loads for itself."""
    patch.setattr(tagger, "load_vocabulary", _load)
    patch.setattr(tagger, "Reader", _read)


_read(_load(None))
analysis.quoting._headings()
