# `make help` lists what there is. Everything works as root and as an ordinary user, on Python 3.11 or later.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Compiling all modules anew costs each process two seconds of its start.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
FLASK := UPGUIDE_DEVELOPMENT=1 $(BIN)/flask --app wsgi
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

.PHONY: help run test check bench audit clauses lock browser

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: $(READY) ## serve all portals on port 8000 (or PORT), with database, demo world and worker
	@exec env UPGUIDE_DEVELOPMENT=1 $(BIN)/flask --app wsgi serve

# One process drives browsers, or runs event loops of its own, never both: hence three rounds.
test: $(READY) browser ## everything that CI runs
	@$(BIN)/pytest -n 2 --dist worksteal -m "not browser and not audit"
	@$(BIN)/pytest -n 2 --dist worksteal -m "browser and not audit" tests/browser
	@$(BIN)/pytest -n 2 --dist worksteal -m "browser and not audit" --ignore tests/browser

check: $(READY) ## lint, format, types, layers, templates, catalogues, clauses, drift of migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config setup.cfg
	@$(BIN)/djlint templates --lint --quiet --profile jinja
	@$(FLASK) translations check
	@$(FLASK) privacy clauses
	@$(BIN)/pytest -q -n 0 tests/database/test_migrations.py -k drift

bench: $(READY) ## the benchmarks, as ratios
	@$(BIN)/python -m bench

audit: $(READY) browser ## every page in every theme, language, light and width, with axe, going on where it was broken off; jobs killed at random points
	@$(BIN)/pytest tests/browser -m audit -n 2 --dist worksteal -v
	@$(BIN)/pytest tests -m audit -n 2 --dist worksteal -v --ignore tests/browser

clauses: $(READY) ## each clause of the privacy statement, with the tests that prove it
	@$(FLASK) privacy clauses --json

lock: $(READY) ## write requirements.txt anew from setup.cfg
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --extra test --extra dev --extra bench \
		--generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host \
		--no-emit-find-links --output-file requirements.txt setup.cfg

# Made again when the locked packages change; an unchanged environment costs nothing. Python compiles what it
# needs when it needs it: compiling all of it at once would take longer than the rest.
$(READY): requirements.txt
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		if command -v $$python > /dev/null && $$python -c '$(ENOUGH)'; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then echo "UpGuide needs Python 3.11 or later." >&2; exit 1; fi; \
	if ! { [ -x $(BIN)/python ] && $(BIN)/python -c '$(ENOUGH)'; } 2> /dev/null; then \
		echo "Making $(VENV) with $$($$found --version)"; \
		$$found -m venv --clear $(VENV); \
	fi; \
	echo "Installing the locked packages"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.txt
	@touch $@

browser:
	@if command -v chromium > /dev/null || command -v chromium-browser > /dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installing Chromium for the browser tests"; \
		apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium > /dev/null; \
	else \
		echo "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium)." >&2; exit 1; \
	fi
