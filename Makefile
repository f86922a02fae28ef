# Everything runs in a private environment, .venv/, made on first use.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
UV := .venv/uv/bin/uv
LOCK := $(UV) pip compile -q --universal --generate-hashes --no-emit-index-url \
	--python-version 3.11 pyproject.toml --group build

# Bytecode is kept, whatever the environment asks for: a process that compiles its
# libraries anew starts seconds later, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

LINTS := lint-format lint-code lint-types lint-layers lint-sql

TEST_OPTIONS ?=

# Generated warehouses of benchmarks are built once and kept here.
bench-night: export GUIJI_BENCH_DATA ?= $(CURDIR)/.bench

.PHONY: night test check check-all bench bench-night up clean lock $(LINTS)

night: .venv/.ready  ## the nightly DAG on generated drops of a whole jurisdiction
	@$(BIN)/python scripts/night.py

test: .venv/.dev  ## all tests, and what they need of the system
	@scripts/system_packages.sh
	@$(BIN)/pytest -n 3 --dist loadgroup $(TEST_OPTIONS)

check: .venv/.dev  ## lint, types, layers, SQL, tests
	@$(MAKE) --no-print-directory -j2 -Otarget $(LINTS)
	@$(MAKE) --no-print-directory test

check-all:  ## the same with nothing sampled; see CONTRIBUTING.md
	@$(MAKE) --no-print-directory check TEST_OPTIONS=--complete

lint-format:
	$(BIN)/ruff format --check .

lint-code:
	$(BIN)/ruff check .

lint-types:
	$(BIN)/mypy

lint-layers:
	$(BIN)/lint-imports

lint-sql:
	$(BIN)/sqlfluff lint sql

bench: .venv/.dev  ## the figures of docs/benchmarks.md
	@$(BIN)/python -m benchmarks

bench-night: .venv/.dev  ## P10: a night of 1 M rows to 45 M records, whole and through Airflow
	@$(BIN)/python -m benchmarks.p10_night 1000000 --records 45000000

up: .venv/.ready  ## Airflow with its pages, to look around
	@scripts/airflow_up.sh

lock:  ## new locks from pyproject.toml
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev --group bench -o requirements-dev.lock

clean:  ## forget the environment and all data
	rm -rf .venv .airflow data .mypy_cache .ruff_cache .pytest_cache

$(UV):
	@$(PYTHON) -m venv .venv
	@$(PYTHON) -m venv .venv/uv
	@.venv/uv/bin/pip install -q --disable-pip-version-check "uv>=0.9"

.venv/.ready: requirements.lock pyproject.toml | $(UV)
	@if [ -e .venv/.dev ]; then $(MAKE) -s .venv/.dev; else \
	  $(UV) pip sync -q --python $(BIN)/python --require-hashes requirements.lock && \
	  $(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .; fi
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml | $(UV)
	@$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements-dev.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@ .venv/.ready
