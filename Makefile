# `make help` explains the targets.
BIN := .venv/bin
export PYTHONHASHSEED := 0
SPREAD := --numprocesses auto --dist loadfile
DATE ?= $(shell date +%F)

.DEFAULT_GOAL := help
.PHONY: help setup figures all-figures report test scheduler soak refresh airflow bench spark notebooks snapshot docs lint lock

help:  ## Explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

.venv/.core: requirements/core.lock pyproject.toml
	@.ci/install core

.venv/.all: requirements/all.lock requirements/core.lock pyproject.toml
	@.ci/install all

setup: .venv/.all  ## Install everything but Spark from the hashed locks into .venv

figures: .venv/.core  ## Draw Figures 4.1 and 4.2, Korean and English, from the bundled snapshot (offline)
	$(BIN)/airflow-demand figures --only fig_4_1,fig_4_2 --only-from snapshot --lang both --out figures

all-figures: .venv/.core  ## Draw every figure, Korean and English, from the bundled snapshot (offline)
	$(BIN)/airflow-demand figures --only-from snapshot --lang both --out figures

report: .venv/.all  ## Write the report page with its explorer, from the bundled snapshot (offline)
	$(BIN)/airflow-demand report --only-from snapshot --out report

lint: .venv/.all  ## Check style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint  ## Run all checks and tests, notebooks included (under 15 minutes, no network)
	$(BIN)/pytest $(SPREAD) --nbmake tests notebooks

scheduler: .venv/.all  ## Start Airflow with all its parts on 127.0.0.1 and run DAGs through it (minutes, no network)
	$(BIN)/pytest -m scheduler tests/dags

soak: .venv/.all  ## Run the long counts: every step killed at many moments, and a year of weeks with planted faults
	AIRFLOW_DEMAND_SOAK=1 $(BIN)/pytest $(SPREAD) tests/test_kill.py tests/test_stopped_collect.py tests/test_bucket.py \
	    tests/test_killed_stage.py tests/scrapers/test_staging.py tests/analysis/publishing/test_switch.py tests/weeks
	@# On their own: their processes are forked from one that has loaded Airflow.
	AIRFLOW_DEMAND_SOAK=1 $(BIN)/pytest $(SPREAD) tests/dags/test_weekly_refresh.py tests/dags/test_killed_retraining.py

snapshot: .venv/.core  ## Rebuild data/snapshot from a folder of postings: make snapshot CORPORA=DIR
	@test -n "$(CORPORA)" || { echo "usage: make snapshot CORPORA=DIR (a folder of Parquet files with manifest.csv)"; exit 2; }
	$(BIN)/airflow-demand snapshot "$(CORPORA)"
	$(BIN)/python -m analysis.pages

docs: .venv/.core  ## Write what the code says of itself: sources, commands, figures, numbers of the method, codebook
	$(BIN)/python -m scrapers.sources_table
	$(BIN)/python -m dags.parts.pools
	$(BIN)/python -m analysis.pages

notebooks: .venv/.all  ## Run the notebooks top to bottom
	$(BIN)/pytest --nbmake notebooks

.venv-bench/.ready: requirements/bench.lock requirements/core.lock pyproject.toml
	@.ci/install bench

.venv-spark/.ready: requirements/spark.lock requirements/core.lock pyproject.toml
	@.ci/install spark

bench: .venv-bench/.ready  ## Compare the tagger's speed with its peers' on invented postings, or make bench DATA=DIR
	.venv-bench/bin/python -m benchmarks.run --date "$(DATE)" $(if $(DATA),--data "$(DATA)") $(BENCH)

spark: .venv-spark/.ready  ## Tag 20,000 postings on Spark in local mode and compare with a serial run (needs Java 17)
	@command -v java >/dev/null || { echo "java is missing: install Java 17 or newer" >&2; exit 1; }
	.venv-spark/bin/python -m pytest tests/spark $(if $(CORPORA),--corpora "$(CORPORA)")

refresh: .venv/.all  ## Run the weekly refresh once, without a scheduler: make refresh CONF='{"sources": ["lever"]}'
	@.ci/refresh $(if $(CONF),'$(CONF)')

airflow: .venv/.all  ## Start Airflow with the DAGs on 127.0.0.1, until Ctrl-C (DEMO=1 loads the talk's example, PORT=8090)
	@$(if $(PORT),AIRFLOW__API__PORT=$(PORT)) DEMO=$(DEMO) .ci/serve-airflow

COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
UNDER_LIMITS := -c requirements/limits.in
UNDER_CORE := -c requirements/core.lock

lock: .venv/.all  ## Renew requirements/*.lock
	$(COMPILE) pyproject.toml requirements/build.in $(UNDER_LIMITS) -o requirements/core.lock
	$(COMPILE) pyproject.toml requirements/build.in --extra page --extra airflow --extra s3 --group dev $(UNDER_CORE) \
	    -o requirements/all.lock
	$(COMPILE) requirements/bench.in $(UNDER_CORE) -o requirements/bench.lock
	$(COMPILE) requirements/spark.in $(UNDER_CORE) -o requirements/spark.lock
