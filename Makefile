# Everything that a developer or operator starts from a fresh checkout. `make help` lists it.
# Each target first runs the set-up, which is quick when there is nothing to do.
.DEFAULT_GOAL := help
SHELL := /bin/bash
UV := .tools/bin/uv
RUN := $(UV) run --frozen --no-sync

.PHONY: help setup check test demo serve bench messages clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install what is missing: uv, Python packages, system packages, front-end files, catalogues
	@scripts/setup

check: setup ## lint, format, types, import directions, catalogues, migrations, unit tests (under 90 s)
	@scripts/check

test: setup ## everything: check, all tests on SQLite, on PostgreSQL, and in a real browser
	@scripts/test

demo: setup ## build the made-up community and serve it on http://127.0.0.1:8000
	@$(RUN) lianfang demo

serve: setup ## migrate, then serve on http://127.0.0.1:8000 (LIANFANG_DATA says where the data lies)
	@$(RUN) lianfang migrate
	@$(RUN) lianfang serve

bench: setup ## the benchmarks, on SQLite and on PostgreSQL with fsync on
	@scripts/bench

messages: setup ## bring the catalogues up to date with the source texts
	@$(RUN) python -m lianfang.config.catalogues update

clean: ## remove what the set-up and the checks made (never var/, where data lies)
	rm -rf .venv .tools .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist staticfiles
	rm -rf node_modules phone/node_modules
	find src tests -name '__pycache__' -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
