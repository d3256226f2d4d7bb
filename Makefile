# What people type. Everything is done by the modules that are called here; `make` alone explains.
PYTHON ?= python3
PY := .venv/bin/python
NODE_PATH_FIRST := PATH="$(CURDIR)/.venv/bin:$$PATH"

.DEFAULT_GOAL := help
.PHONY: help setup run test lint axe simulate bench clean

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1	\2/' | expand -t 18
	@echo
	@echo "  DEMO=0 make run starts an empty instance. All settings: docs/settings.md"

setup: ## what run and test do first: .venv, Node, the client
	@$(PYTHON) -m deploy.setup

run: setup ## Guildway on this machine, with a demo association to look at
	@exec $(PY) -m deploy.local

lint: setup ## style and types of everything
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	cd web && $(NODE_PATH_FIRST) npm run --silent check

test: lint ## everything CI runs, but load tests
	$(PY) -m pytest

axe: setup ## accessibility of every screen in every theme, width and language
	$(PY) -m pytest tests/browser -m "axe or not axe"

simulate: setup ## live a cohort of 150 people through six months, in minutes
	@$(PY) -m deploy.simulate

bench: setup ## measure, and write docs/benchmarks.md
	@$(PY) -m benchmarks

clean: ## remove what was set up and built; data (var/) stays
	rm -rf .venv web/node_modules web/dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
