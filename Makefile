# `make help` lists what there is. Every target is one line that calls a tool or a script.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo demo-log-ins dev test test-slow lint format screenshots requirements html-checker verify-clean bench \
	verify-infrastructure terraform-validate release build push k8s-dev k8s-prod db-backup db-restore clean

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

demo-log-ins: .venv/runs ## Show the log-ins of the demo again
	@$(SERVICES) -- $(PYTHON_IN_VENV) scripts/shop log-ins

dev: .venv/develops ## The same with DEBUG and automatic reload
	@$(SERVICES) -- $(PYTHON_IN_VENV) scripts/shop dev

test: .venv/develops ## Run the tests (ARGS="-k price" for some of them)
	@$(SERVICES) --ephemeral -- $(PYTHON_IN_VENV) -m pytest $(PYTEST) -m "not slow and not containers" --durations=25 $(ARGS)

test-slow: .venv/develops ## Run the tests with full counts
	@$(SERVICES) --ephemeral -- $(PYTHON_IN_VENV) -m pytest $(PYTEST) -m slow --durations=25 $(ARGS)

lint: .venv/develops ## Check style, templates, layers, types and missing migrations
	@scripts/lint $(TEMPLATES)

format: .venv/develops ## Put Python code into the common form
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

bench: .venv/develops ## Measure what one pod can do (needs wrk and nginx; ARGS="--seconds 2 --orders 20"): JSON, tables beside it
	@$(PYTHON_IN_VENV) -m benchmarks $(ARGS)

screenshots: .venv/develops ## Photograph every page at three widths, light and dark
	@$(SERVICES) --ephemeral -- $(PYTHON_IN_VENV) scripts/screenshots $(ARGS)

release: ## Write a release's version into overlay, chart and changelog (VERSION=v1.2.3; ARGS=--check only checks)
	@scripts/release $(ARGS)

build: ## Build the image (TAG=v1.0.0, IMAGE=)
	@scripts/deploy build $(ARGS)

push: ## Build the image for amd64 and arm64 and push it (TAG=v1.0.0, IMAGE=)
	@scripts/deploy push $(ARGS)

k8s-dev: ## Deploy to development (TAG=, ARGS=--dry-run)
	@scripts/deploy development apply $(ARGS)

k8s-prod: ## Deploy to production, after a question (TAG=v1.0.0, ARGS=--dry-run or --force)
	@scripts/deploy production apply $(ARGS)

db-backup: .venv/runs ## Back up database and files (ARGS="--days 30")
	@scripts/db-backup $(ARGS)

db-restore: .venv/runs ## Put a backup back (ARGS="20261122T021500Z --force")
	@scripts/db-restore $(ARGS)

html-checker: ## Install the Nu HTML checker, which the tests use where they find it (needs npm and Java)
	@scripts/html-checker

requirements: .venv/develops ## Compile requirements/*.in (ARGS=--upgrade for newer versions)
	@scripts/requirements $(ARGS)

verify-clean: ## Prove on an empty Debian that demo and tests run (root; ARGS="--seed-size tiny")
	@scripts/verify-clean $(ARGS)

verify-infrastructure: .venv/develops .local/infrastructure/ready ## Check manifests, Terraform, workflows and scripts (ARGS=terraform for one section)
	@scripts/verify-infrastructure $(ARGS)

terraform-validate: ## Check Terraform against its providers, which it downloads
	@terraform -chdir=terraform init -backend=false -input=false && terraform -chdir=terraform validate

clean: ## Remove the virtual environment, the data and all that was made here
	@python3 scripts/services clean && python3 scripts/services clean --data .local/bench && rm -rf .venv .local .hypothesis .*_cache

.venv/runs: requirements/base.txt requirements/services.txt
	@scripts/venv base services && touch $@

.venv/develops: requirements/base.txt requirements/services.txt requirements/dev.txt
	@scripts/venv base services dev && touch $@ .venv/runs

.local/infrastructure/ready: requirements/infrastructure.txt
	@VENV=.local/infrastructure scripts/venv infrastructure && touch $@
