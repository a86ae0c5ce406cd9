# `make help` lists what there is. Every target is one line that calls a tool or a script.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo dev test test-slow lint format screenshots requirements html-checker verify-clean \
	verify-infrastructure clean

PORT ?= 8000
SEED_SIZE ?= default
PYTEST ?= -n 2 --dist loadgroup
export PORT SEED_SIZE

PYTHON_IN_VENV := .venv/bin/python
SERVICES := $(PYTHON_IN_VENV) scripts/services run
TEMPLATES := $(wildcard themes/*/templates site/*/templates */templates */*/templates)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-21s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/runs ## Run the whole shop on http://localhost:8000 with demo data (PORT=, SEED_SIZE=tiny|default|large)
	@$(SERVICES) -- $(PYTHON_IN_VENV) scripts/shop demo

dev: .venv/develops ## The same with DEBUG and automatic reload
	@$(SERVICES) -- $(PYTHON_IN_VENV) scripts/shop dev

test: .venv/develops ## Run the tests (ARGS="-k price" for some of them)
	@$(SERVICES) --ephemeral -- $(PYTHON_IN_VENV) -m pytest $(PYTEST) -m "not slow" $(ARGS)

test-slow: .venv/develops ## Run the tests with full counts
	@$(SERVICES) --ephemeral -- $(PYTHON_IN_VENV) -m pytest $(PYTEST) -m slow $(ARGS)

lint: .venv/develops ## Check style, templates, layers, types and missing migrations
	@scripts/lint $(TEMPLATES)

format: .venv/develops ## Put Python code into the common form
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

screenshots: .venv/develops ## Photograph every page at three widths, light and dark
	@$(SERVICES) --ephemeral -- $(PYTHON_IN_VENV) scripts/screenshots $(ARGS)

html-checker: ## Install the Nu HTML checker, which the tests use where they find it (needs npm and Java)
	@scripts/html-checker

requirements: .venv/develops ## Compile requirements/*.in (ARGS=--upgrade for newer versions)
	@scripts/requirements $(ARGS)

verify-clean: ## Prove on an empty Debian that demo and tests run (root; ARGS="--seed-size tiny")
	@scripts/verify-clean $(ARGS)

verify-infrastructure: .local/infrastructure/ready ## Check manifests, Terraform, workflows and scripts (ARGS=terraform for one section)
	@scripts/verify-infrastructure $(ARGS)

clean: ## Remove the virtual environment, the data and all that was made here
	@python3 scripts/services clean && rm -rf .venv .local .hypothesis .*_cache

.venv/runs: requirements/base.txt requirements/services.txt
	@scripts/venv base services && touch $@

.venv/develops: requirements/base.txt requirements/services.txt requirements/dev.txt
	@scripts/venv base services dev && touch $@ .venv/runs

.local/infrastructure/ready: requirements/infrastructure.txt
	@VENV=.local/infrastructure scripts/venv infrastructure && touch $@
