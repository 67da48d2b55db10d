# Two commands for a stranger: `make up` and `make test`. Each sets up what it needs, once.

# An empty HOME would put data and caches into the root folder; without one the system's own answer is used.
ifeq ($(strip $(HOME)),)
unexport HOME
endif

PORT ?=
ARGS ?=
T ?= tests
WORKERS ?= auto
RUN = .venv/bin/python -m

# The environment's own Python says whether all is done; else any Python from 3.11 on that can make environments does it.
define SETUP
if .venv/bin/python -I setup_environment.py --ready $(1) 2>/dev/null; then exit 0; fi; \
for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
  if "$$python" -I -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
    exec "$$python" -I setup_environment.py $(1); \
  fi; \
done; \
echo "discoveries needs Python 3.11 or newer with its venv module, and found none that has both." >&2; \
for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$python" -I -c 'import sys; print("  found", sys.executable, sys.version.split()[0])' 2>/dev/null >&2 && \
  { "$$python" -I -c 'import venv, ensurepip' 2>/dev/null || echo "    without venv (Debian, Ubuntu: apt install python3-venv)" >&2; }; \
done; \
echo "Install one, or name it: make PYTHON=/path/to/python3.11 up" >&2; exit 1
endef

.DEFAULT_GOAL := help
.PHONY: help up setup setup-dev test soak lint format bench lock

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup:
	@$(call SETUP)

setup-dev:
	@$(call SETUP,--dev)

up: setup ## Start everything and print the address (PORT=8000 changes the port, ARGS= adds options of `discoveries up`)
	@DISCOVERIES_STOP_WITH_PARENT=1 exec .venv/bin/discoveries up $(if $(PORT),--port "$(PORT)") $(ARGS)

test: setup-dev ## Run the whole suite (T=tests/unit runs a part, WORKERS=0 runs it in one process)
	@$(RUN) pytest -n $(WORKERS) --dist worksteal -m "not soak" $(T)

soak: setup-dev ## Run the long campaigns of the suite, of which `make test` runs a sample
	@$(RUN) pytest -n $(WORKERS) --dist worksteal -m soak --timeout 3600 $(T)

lint: setup-dev ## Check style, formatting, types and which room imports which
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@.venv/bin/lint-imports

format: setup-dev ## Put the code into the house's form
	@$(RUN) ruff check --fix-only --exit-zero .
	@$(RUN) ruff format .

bench: setup-dev ## Measure speed and size on a seeded corpus (some minutes)
	@$(RUN) benchmarks $(ARGS)

LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

lock: ## Write the lock files anew from pyproject.toml (needs uv)
	@$(LOCK) pyproject.toml -o requirements.txt
	@$(LOCK) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt
	@echo 'hatchling>=1.28' | $(LOCK) - -o requirements-build.txt
