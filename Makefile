# Two commands: `make demo` runs a living cooperative, `make test` proves that it works.

PORT ?= 8000
BIN := .venv/bin
# Steps that read the code only: they get a key, and the name of a database that nothing opens.
NO_DATABASE := SECRET_KEY=unused DATABASE_URL=postgres:///none
PRODUCTION := SECRET_KEY=$(shell head -c 48 /dev/urandom | base64 | tr -d '\n') DATABASE_URL=postgres:///none \
	ALLOWED_HOSTS=gestion.example.fr DEBUG=false HTTPS=true TRUST_PROXY=true
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
.DEFAULT_GOAL := help

.PHONY: help
help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

.PHONY: demo
demo: setup ## Run the demo cooperative, on http://localhost:8000 or with PORT=…
	@exec $(BIN)/python manage.py demo --port $(PORT)

.PHONY: setup
setup: ## Make .venv, system libraries, .env, the database and the static files
	@./setup.sh

.PHONY: test
test: setup ## Run the whole gate
	@./setup.sh chromium
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(NO_DATABASE) $(BIN)/mypy
	$(BIN)/lint-imports
	$(NO_DATABASE) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(NO_DATABASE) $(BIN)/python manage.py check
	@echo "manage.py check --deploy, as in production"
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/pytest --numprocesses 2 --cov

.PHONY: bench
bench: setup ## Measure issuing, PDFs, lists, members, books, FEC and contributions (a throw-away database)
	@$(BIN)/python -m tests.benchmarks

.PHONY: demo-check
demo-check: setup ## Put every document of the demo through the official validators (a throw-away database)
	@$(BIN)/python -m tests.oracles

.PHONY: format
format: ## Format the code and fix what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: lock
lock: ## Resolve the dependencies again and rewrite both lock files
	$(COMPILE) --upgrade pyproject.toml --output-file requirements.lock
	$(COMPILE) --upgrade pyproject.toml --group development --constraint requirements.lock --output-file requirements-dev.lock
