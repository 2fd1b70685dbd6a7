# Everything that is done with this checkout. It needs Python 3.11 or newer (with venv), Node 20.19 or newer, npm and
# GNU make.
#
#   make run            set up, build the page and serve the demo on port 8000 (PORT=8080 changes it)
#   make demo-reset     the same with fresh demo data
#   make test           run every check and every test
#   make test-golden    run only the recordings of the reference server
#   make client-matrix  test every client over every transport, and rewrite the table in docs/client-matrix.md
#   make client-types   generate the page's TypeScript types from the hubs and the OpenAPI document
#   make check          check lint, formatting, types and import rules
#   make format         format the sources
#   make dev            serve, and reload the service and the page when a source changes
#   make migrate        bring the database of DATABASE_URL to the newest schema
#   make build          build the page, and wheels and source distributions of the service and of fastapi-signalr
#   make load           install the load generator of the benchmarks
#   make lock           update the locked Python dependencies
#   make tools          check that the tools above are there and new enough
#   make clean          remove what was built or installed; keep the data in var/

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

# An environment that is there already is used with the Python that made it.
CHECK_TOOLS = PYTHON="$(or $(wildcard $(BIN)/python),$(PYTHON))" MAKE_VERSION="$(MAKE_VERSION)" sh scripts/check-tools.sh

# Directories are listed too: when a file is removed, only the time of its directory changes.
PAGE_SOURCES := $(wildcard frontend/*.*) $(shell find frontend/src frontend/public)
BIOME := frontend/node_modules/.bin/biome check --config-path=frontend
NPM_CI := npm ci --silent --no-fund --no-audit --update-notifier=false

.PHONY: help run demo-reset test test-golden client-matrix client-types check format dev migrate build lock clean page npm peers load \
	tools python-tool

help:
	@sed -n 's/^#   //p' Makefile

# Every tool that is missing or too old is reported first, before minutes go by.
tools:
	@$(CHECK_TOOLS)

python-tool:
	@$(CHECK_TOOLS) python make

run: tools $(BIN)/.run $(PAGE)
	@exec $(BIN)/waybill demo

demo-reset: tools $(BIN)/.run $(PAGE)
	@exec $(BIN)/waybill demo --reset

# pytest comes last, so that its summary is the last line.
test: tools check npm peers load $(PAGE)
	@echo "==> Tests of the page"
	@cd frontend && npm test --silent
	@echo "==> Tests of the service"
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q

test-golden: python-tool $(BIN)/.dev
	@$(BIN)/python -m pytest tests/signalr/golden -n 2 --dist worksteal -q

client-matrix: tools $(BIN)/.dev npm peers
	@$(BIN)/python -m pytest tests/matrix/test_scenarios.py tests/matrix/test_cutting.py -n 2 --dist worksteal -q \
		--junit-xml=var/client-matrix.xml || true
	@$(BIN)/python -m tests.matrix.table var/client-matrix.xml

client-types: tools $(BIN)/.run frontend/node_modules/.installed
	@$(BIN)/waybill hubs --typescript > frontend/src/live/hubs.generated.ts
	@$(BIN)/waybill openapi | npm --prefix frontend run --silent types -- --output src/api/openapi.generated.ts

check: tools $(BIN)/.dev frontend/node_modules/.installed
	@echo "==> Lint, formatting, types and import rules"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@cd frontend && npm run --silent check
	@$(BIOME) tests/npm/*.mjs benchmarks/load/*.mjs

format: tools $(BIN)/.dev frontend/node_modules/.installed
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@cd frontend && npm run --silent format
	@$(BIOME) --write tests/npm/*.mjs benchmarks/load/*.mjs

dev: tools $(BIN)/.dev frontend/node_modules/.installed
	@$(BIN)/waybill migrate
	@trap 'kill $$(jobs -p)' EXIT; (cd frontend && exec npm run --silent dev) & \
	$(BIN)/uvicorn app.main:app --reload --reload-dir app --port $(PORT)

migrate: python-tool $(BIN)/.run
	@$(BIN)/waybill migrate

build: tools $(BIN)/.dev $(PAGE)
	@$(BIN)/python -m hatchling build
	@cd packages/fastapi-signalr && $(CURDIR)/$(BIN)/python -m hatchling build --directory $(CURDIR)/dist

page: $(PAGE)

npm: tests/npm/node_modules/.installed

load: benchmarks/load/node_modules/.installed

peers: $(PEERS)/.installed

lock: python-tool $(BIN)/.dev
	@$(LOCK) pyproject.toml --extra postgres --extra speed --group build --output-file requirements.lock
	@$(LOCK) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(LOCK) --group peers --output-file requirements-peers.lock

LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean:
	@rm -rf $(VENV) $(PEERS) app/static/dist dist frontend/node_modules tests/npm/node_modules benchmarks/load/node_modules

$(BIN)/python:
	@echo "==> Making $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)

# These files remember what was installed last: $(BIN)/.run for running, $(BIN)/.dev for everything else.
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

benchmarks/load/node_modules/.installed: benchmarks/load/package.json benchmarks/load/package-lock.json
	@echo "==> Installing the load generator"
	@cd benchmarks/load && $(NPM_CI)
	@touch $@

# Python clients by other people have an environment of their own: they need older packages than the service.
$(PEERS)/.installed: requirements-peers.lock | $(BIN)/python
	@echo "==> Installing Python clients by other people"
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip --disable-pip-version-check --no-input -qq install --require-hashes -r $<
	@touch $@
