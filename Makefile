# make run: everything from a fresh clone to a listening assistant. make test: what .ci/run demands, as far as this
# machine can. An environment is made once in .venv; packages are installed again only when pyproject.toml changed.
# make test-backends: the backends that need torch, 6 GB in an environment of its own, so that nothing else has to.
# make test-rasa: understanding by a real Rasa, 2 GB in an environment of the last Python that it runs on.

VENV ?= .venv
BIN := $(VENV)/bin
# The newest that all dependencies have wheels for. pyenv's shims exist for versions that do not start: try each.
PYTHON ?= $(shell for v in 3.13 3.12 3.11; do for p in python$$v $$HOME/.pyenv/versions/$$v.*/bin/python; do \
	$$p -c 'import venv, ensurepip' 2>/dev/null && echo $$p && exit; done; done; \
	python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo python3)

BACKENDS_VENV ?= .venv-backends
# The oldest that the assistant runs on: libraries around torch are the last to have wheels for a new Python.
BACKENDS_PYTHON ?= $(shell for v in 3.11 3.12 3.13; do for p in python$$v $$HOME/.pyenv/versions/$$v.*/bin/python; do \
	$$p -c 'import venv, ensurepip' 2>/dev/null && echo $$p && exit; done; done)

RASA_VENV ?= .venv-rasa
RASA_PYTHON ?= $(shell for v in 3.10 3.9; do for p in python$$v $$HOME/.pyenv/versions/$$v.*/bin/python; do \
	$$p -c 'import venv, ensurepip' 2>/dev/null && echo $$p && exit; done; done)
RASA_VERSION := 3.6.21

# Tests run side by side, a file at a time so that what a file starts is started once. Files that start whole assistants
# come first in the alphabet: the short ones fill up the end. More at once would make those wait that keep live time.
WORKERS ?= $(shell nproc 2>/dev/null | awk '{print ($$1 > 4) ? 4 : $$1}')
SIDE_BY_SIDE = --numprocesses $(or $(WORKERS),2) --dist loadfile --no-loadscope-reorder

.PHONY: run test test-backends test-rasa lint clean install install-dev install-backends install-rasa

run: install
	@$(BIN)/assistant run $(ARGS)

test: install-dev
	@$(BIN)/ruff check assistant skills tests
	@$(BIN)/mypy
	@$(BIN)/pytest $(SIDE_BY_SIDE) $(ARGS)

test-backends: install-backends
	@CI_BACKENDS=true $(BACKENDS_VENV)/bin/pytest tests/backends $(ARGS)

test-rasa: install-dev install-rasa
	@RASA=$(RASA_VENV)/bin/rasa $(BIN)/pytest tests/rasa $(ARGS)

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

install-backends: $(BACKENDS_VENV)/bin/python
	@cmp -s pyproject.toml $(BACKENDS_VENV)/.installed || { \
		echo "Installing torch and what needs it (once, 6 GB) ..."; \
		$(BACKENDS_VENV)/bin/pip install --quiet --disable-pip-version-check --editable '.[backends]' && \
		cp pyproject.toml $(BACKENDS_VENV)/.installed; }

install-rasa: $(RASA_VENV)/bin/python
	@$(RASA_VENV)/bin/pip show --quiet rasa 2>/dev/null || { \
		echo "Installing rasa (once, 2 GB) ..."; \
		$(RASA_VENV)/bin/pip install --quiet --disable-pip-version-check rasa==$(RASA_VERSION); }

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python >= 3.11 with venv here. On Debian: apt install python3 python3-venv" >&2; exit 1; }
	@echo "Making an environment with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)

$(BACKENDS_VENV)/bin/python:
	@test -n "$(BACKENDS_PYTHON)" || { echo "No Python 3.11 to 3.13 with venv here, and torch has wheels for no other" >&2; exit 1; }
	@$(BACKENDS_PYTHON) -m venv $(BACKENDS_VENV)

$(RASA_VENV)/bin/python:
	@test -n "$(RASA_PYTHON)" || { echo "No Python 3.9 or 3.10 with venv here, and rasa runs on no later one" >&2; exit 1; }
	@$(RASA_PYTHON) -m venv $(RASA_VENV)

clean:
	rm -rf $(VENV) $(BACKENDS_VENV) $(RASA_VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find assistant skills tests -name __pycache__ -prune -exec rm -rf {} +
