# Everything a developer types. `make help` lists it.

VENV ?= .venv
PORT ?= 8000
WORKERS ?= 2
BIN := $(VENV)/bin
PY := $(BIN)/python
# The first Python on the path that is new enough.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
PIP := $(PY) -m pip --disable-pip-version-check --no-input
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header $(UPGRADE)
PYTEST := $(PY) -m pytest -n $(WORKERS) --dist loadfile

export PORT

.DEFAULT_GOAL := help
.PHONY: help run reset test test-fast check bench year races pictures lock

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.local ## the whole demo on http://localhost:8000 (PORT=… for another); Ctrl-C stops it
	@exec $(PY) -m backend run

reset: $(VENV)/.local ## forget the demo's data; refused while it runs
	@exec $(PY) -m backend reset

test: $(VENV)/.dev ## every test, in a browser too; installs Chromium where it may
	@$(PY) -m tests.chromium
	$(PYTEST)

test-fast: $(VENV)/.dev ## the tests without a browser, without kills and floods
	$(PYTEST) -m "not browser and not slow"

check: $(VENV)/.dev ## lint, format, types, the rules of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(PY) -m pytest tests/house

bench: $(VENV)/.dev ## speed beside its floors and peers, in turns; writes docs/performance.md
	@$(PY) -m tests.bench

races: $(VENV)/.dev ## two hundred after one place, fifty times, and what else may collide; writes docs/races.md
	@$(PY) -m tests.races

year: $(VENV)/.dev ## a simulated year: gaps, refilled places, learnt lengths; writes docs/figures.md
	@$(PY) -m tests.year

pictures: $(VENV)/.dev ## a picture of every screen at both sizes, in pictures/
	@$(PY) -m tests.chromium
	$(PY) -m tests.pictures

lock: $(VENV)/.dev ## write the hashed requirements again (UPGRADE=--upgrade for newer versions)
	$(PIP) install --quiet uv
	$(COMPILE) --extra local --extra dev pyproject.toml -o requirements-dev.txt
	$(COMPILE) --constraint requirements-dev.txt --extra local pyproject.toml -o requirements-local.txt
	$(COMPILE) --constraint requirements-dev.txt pyproject.toml -o requirements.txt

# The development set holds the local one: once it is there, it is what is kept up to date.
$(VENV)/.local: requirements-local.txt
	@$(MAKE) --no-print-directory install SET=$$([ -e $(VENV)/.dev ] && echo dev || echo local)
	@touch $@

$(VENV)/.dev: requirements-dev.txt
	@$(MAKE) --no-print-directory install SET=dev
	@touch $@ $(VENV)/.local

.PHONY: install
install:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Quenotte needs Python 3.11 or newer; this machine has $$(python3 --version 2>&1)." \
			"Install one, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@echo "Installing into $(VENV): once, half a minute."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install -qq --require-hashes -r requirements-$(SET).txt
	@if [ -w . ]; then $(PIP) install -qq --no-deps --no-build-isolation -e .; fi
