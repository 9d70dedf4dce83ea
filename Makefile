# make demo: a sweep of your own, end to end, on this machine, with no account.
# make test: lint, types, import rules and every test but the long ones, as CI runs them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin

# Any Python from 3.11 on; say PYTHON=/path/to/python to choose one.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)

.PHONY: help
help:
	@sed -n 's/^# \(make [a-z]*:\)/\1/p' Makefile

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "No Python 3.11 or newer found: install one, or say PYTHON=/path/to/python."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian: apt-get install python3-venv)."; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

$(VENV)/.user: pyproject.toml $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[local]'
	@touch $@

$(VENV)/.dev: $(VENV)/.user
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

.PHONY: demo
demo: $(VENV)/.user
	@set -e; \
	project=$$(mktemp -d)/quickstart; \
	echo "== A project from the quickstart starter"; \
	$(BIN)/wandb-flyte new quickstart --output "$$project" --defaults --trials 8 --agents 2; \
	cd "$$project"; \
	echo "== Its sweep: 8 trials by 2 agents on the local backend"; \
	"$(CURDIR)/$(BIN)/wandb-flyte" run --backend local --trials 8 --agents 2; \
	echo "== The pages stay up until: $(BIN)/wandb-flyte local stop"

.PHONY: lint
lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: test
test: lint
# As pip does with what it installs: where Python writes no bytecode, each process would compile anew.
	$(BIN)/python -m compileall -q scaffold
	$(BIN)/pytest -n 4 --dist worksteal

# make bench: speed, as ratios measured side by side in one run.
.PHONY: bench
bench: $(VENV)/.dev
	$(BIN)/python tests/benchmarks

# make engine: asks W&B's own search engine, in an environment of its own, what the tests expect of it.
.PHONY: engine
engine:
	"$(or $(ENGINE_PYTHON),$(PYTHON))" tests/engine

# make starters: every starter's training and tests, PyTorch's too, in an environment with all their packages.
.PHONY: starters
starters:
	@"$(MAKE)" VENV=.venv-starters .venv-starters/.dev
	.venv-starters/bin/python -m pip install --quiet --disable-pip-version-check 'torch>=2.6'
	.venv-starters/bin/pytest -m "long or not long" tests/generate/test_starters.py

# make clients: the backend's and the runtime's tests with the oldest wandb supported, one between, the newest.
.PHONY: clients
clients: $(VENV)/.dev
	$(BIN)/python tests/clients.py

# make soak: long random tests, from seeds, and what is marked long; COUNT=20 START=100 says how many, and from which.
.PHONY: soak
soak: $(VENV)/.dev
	$(BIN)/python tests/soak $(COUNT) $(if $(COUNT),$(START))

.PHONY: clean
clean:
	rm -rf $(VENV) .venv-starters build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
