# Everything runs in .venv, which is built on first use from pyproject.toml and constraints.txt.
# Needs git, make and Python 3.11 or newer with its venv module (Debian: apt-get install python3-venv).

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-fast lint fmt type bench clean

demo: .venv/.ready  ## look at a fictional newspaper four times, and show what it changed
	$(BIN)/archiver demo archive/demo

test: .venv/.ready  ## all tests
	$(BIN)/python -m pytest -n auto

test-fast: .venv/.ready  ## without the slow ones
	$(BIN)/python -m pytest -n auto -m "not slow"

lint: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

fmt: .venv/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

type: .venv/.ready
	$(BIN)/mypy

bench: .venv/.ready  ## measurements; see benchmarks/
	$(BIN)/python -m benchmarks

clean:  ## the environment and the caches; archives stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "archiver needs Python 3.11 or newer; name one: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { echo "no virtual environment could be made. Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
