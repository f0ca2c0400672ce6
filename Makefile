# Two commands for a fresh machine with Python 3.11 or later and make: `make run` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA_DIR ?= data
PORT ?= 8000

.PHONY: run test test-fast check contracts bench lock clean

$(VENV)/ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("salesapi needs Python 3.11 or later; run make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	touch $@

run: $(VENV)/ready  ## Starts the engines, loads the demo company once, serves everything.
	$(BIN)/salesapi dev --data-dir $(DATA_DIR) --port $(PORT)

test: $(VENV)/ready  ## Runs all tests on real engines, spread over up to four processes with engines of their own.
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

test-fast: $(VENV)/ready  ## Runs the tests that need nothing but Python, in under a minute; laws on a tenth of their cases.
	$(BIN)/python -m pytest -m pure --numprocesses auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

check: $(VENV)/ready  ## Static: format, lint, types, imports, contracts, and the rules of the house.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/salesapi contracts --check
	$(BIN)/python -m pytest --quiet tests/architecture tests/cli tests/test_architecture.py
	$(BIN)/python -m pytest --quiet -m complete tests/api tests/projections tests/queries

contracts: $(VENV)/ready  ## Writes openapi/ anew from the catalogue and the doors.
	$(BIN)/salesapi contracts

bench: $(VENV)/ready  ## Measures against baselines in the same run.
	$(BIN)/python -m bench

lock: $(VENV)/ready  ## Pins all dependencies with hashes, without any address.
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --all-extras \
		--python-version 3.11 pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 pyproject.toml --output-file requirements-serve.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
