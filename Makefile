# make run: everything from a fresh clone to a listening assistant. make test: what .ci/run demands, as far as this
# machine can. An environment is made once in .venv; packages are installed again only when pyproject.toml changed.

VENV ?= .venv
BIN := $(VENV)/bin
# The newest that all dependencies have wheels for. pyenv's shims exist for versions that do not start: try each.
PYTHON ?= $(shell for v in 3.13 3.12 3.11; do for p in python$$v $$HOME/.pyenv/versions/$$v.*/bin/python; do \
	$$p -c 'import venv, ensurepip' 2>/dev/null && echo $$p && exit; done; done; \
	python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo python3)

.PHONY: run test lint clean install install-dev

run: install
	@$(BIN)/assistant run $(ARGS)

test: install-dev
	@$(BIN)/ruff check assistant skills tests
	@$(BIN)/mypy
	@$(BIN)/pytest $(ARGS)

lint: install-dev
	@$(BIN)/ruff check assistant skills tests
	@$(BIN)/mypy

install: $(BIN)/python
	@cmp -s pyproject.toml $(VENV)/.installed || cmp -s pyproject.toml $(VENV)/.installed-dev || { \
		echo "Installing (once, a few minutes) ..."; \
		$(BIN)/pip install --quiet --disable-pip-version-check --editable . && cp pyproject.toml $(VENV)/.installed; }

install-dev: $(BIN)/python
	@cmp -s pyproject.toml $(VENV)/.installed-dev || { \
		echo "Installing what the tests need (once) ..."; \
		$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]' && cp pyproject.toml $(VENV)/.installed-dev; }

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python >= 3.11 with venv here. On Debian: apt install python3 python3-venv" >&2; exit 1; }
	@echo "Making an environment with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find assistant skills tests -name __pycache__ -prune -exec rm -rf {} +
