# Everything that is done with this checkout. It takes Python 3.11 or newer (with venv), Node 20.19 or newer, npm and make.
#
#   make run         set up, build the page and serve the demo on port 8000 (PORT=8080 changes it)
#   make demo-reset  the same with fresh demo data
#   make test        every check and every test
#   make test-golden  the recordings of the reference server alone
#   make client-matrix  every client over every transport, and their table in docs/client-matrix.md anew
#   make hubs        write the TypeScript declarations of the hubs anew
#   make check       lint, formatting, types, import rules
#   make format      rewrite the sources in the one format
#   make dev         serve with reload, and the page with hot reload by Vite
#   make migrate     bring the database of DATABASE_URL to the newest schema
#   make build       the page, and the wheels and source distributions of the service and of fastapi-signalr, into dist/
#   make lock        resolve the locked Python dependencies anew
#   make clean       remove what was built or installed; the data in var/ stays

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
PORT ?= 8000
PAGE := app/static/dist/index.html
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; \
	done)

# Directories too: theirs is the only time that changes when a file is removed.
PAGE_SOURCES := $(wildcard frontend/*.*) $(shell find frontend/src frontend/public)
BIOME := frontend/node_modules/.bin/biome check --config-path=frontend
NPM_CI := npm ci --silent --no-fund --no-audit --update-notifier=false

.PHONY: help run demo-reset test test-golden client-matrix hubs check format dev migrate build lock clean page npm peers

help:
	@sed -n 's/^#   //p' Makefile

run: $(BIN)/.run $(PAGE)
	@exec $(BIN)/waybill demo

demo-reset: $(BIN)/.run $(PAGE)
	@exec $(BIN)/waybill demo --reset

# Each step runs what the steps after it lean on; pytest comes last, so that its summary is the last line.
test: check npm peers $(PAGE)
	@echo "==> Tests of the page"
	@cd frontend && npm test --silent
	@echo "==> Tests of the service"
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q

test-golden: $(BIN)/.dev
	@$(BIN)/python -m pytest tests/signalr/golden -n 2 --dist worksteal -q

client-matrix: $(BIN)/.dev npm peers
	@$(BIN)/python -m pytest tests/matrix/test_scenarios.py tests/matrix/test_cutting.py -n 2 --dist worksteal -q \
		--junit-xml=var/client-matrix.xml || true
	@$(BIN)/python -m tests.matrix.table var/client-matrix.xml

hubs: $(BIN)/.run
	@$(BIN)/waybill hubs --typescript > frontend/src/live/hubs.generated.ts

check: $(BIN)/.dev frontend/node_modules/.installed
	@echo "==> Lint, formatting, types and import rules"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@cd frontend && npm run --silent check
	@$(BIOME) tests/npm/*.mjs

format: $(BIN)/.dev frontend/node_modules/.installed
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@cd frontend && npm run --silent format
	@$(BIOME) --write tests/npm/*.mjs

dev: $(BIN)/.dev frontend/node_modules/.installed
	@$(BIN)/waybill migrate
	@trap 'kill $$(jobs -p)' EXIT; (cd frontend && exec npm run --silent dev) & \
	$(BIN)/uvicorn app.main:app --reload --reload-dir app --port $(PORT)

migrate: $(BIN)/.run
	@$(BIN)/waybill migrate

build: $(BIN)/.dev $(PAGE)
	@$(BIN)/python -m hatchling build
	@cd packages/fastapi-signalr && $(CURDIR)/$(BIN)/python -m hatchling build --directory $(CURDIR)/dist

page: $(PAGE)

npm: tests/npm/node_modules/.installed

peers: $(PEERS)/.installed

lock: $(BIN)/.dev
	@$(LOCK) pyproject.toml --extra postgres --extra speed --group build --output-file requirements.lock
	@$(LOCK) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(LOCK) --group peers --output-file requirements-peers.lock

LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean:
	@rm -rf $(VENV) $(PEERS) app/static/dist dist frontend/node_modules tests/npm/node_modules

$(BIN)/python:
	@echo "==> Making $(VENV)"
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with venv was found; name one with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)

# The marks say what was installed last: $(BIN)/.run for running, $(BIN)/.dev for everything else.
$(BIN)/.run: requirements.lock pyproject.toml hatch_build.py | $(BIN)/python
	@echo "==> Installing the locked Python packages"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.dev: requirements-dev.lock pyproject.toml hatch_build.py | $(BIN)/python
	@echo "==> Installing the locked Python packages for development"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(BIN)/.run

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	@echo "==> Installing the npm packages of the page"
	@cd frontend && $(NPM_CI)
	@touch $@

$(PAGE): frontend/node_modules/.installed $(PAGE_SOURCES)
	@echo "==> Building the page"
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch $@

tests/npm/node_modules/.installed: tests/npm/package.json tests/npm/package-lock.json tests/npm/chromium.mjs
	@echo "==> Installing the official clients and the browser"
	@cd tests/npm && $(NPM_CI) && npm run --silent browser
	@touch $@

# Other people's clients in Python, in an environment of their own: they want older packages than the service has.
$(PEERS)/.installed: requirements-peers.lock | $(BIN)/python
	@echo "==> Installing the Python clients of others"
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip --disable-pip-version-check --no-input -qq install --require-hashes -r $<
	@touch $@
