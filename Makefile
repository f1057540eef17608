PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help install
.DEFAULT_GOAL := help

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.runtime ## Make .venv with the product in it: .venv/bin/pgears

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
