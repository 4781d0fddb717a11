# Freightbooks. `make help` lists what there is to make.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DATA ?= examples/month_end
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check format lock bench chaos laws way-back browser clients clean

help:  ## Say what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say where: make demo PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python could not make a virtual environment (on Debian: apt install python3-venv)"; exit 1; }
	@touch $@

$(VENV)/run: $(VENV)/python requirements/run.txt pyproject.toml
	@echo "Installing what Freightbooks needs ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/run  ## Run everything on this machine, on a month of example paperwork (ARGS="--fresh" starts over)
	@$(BIN)/freightbooks demo --data $(DATA) $(ARGS)

browser: $(VENV)/dev
	@$(BIN)/python tests/install_browser.py

clients: $(VENV)/dev
	@$(BIN)/python tests/install_node_clients.py

test: $(VENV)/dev browser clients  ## Run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(VENV)/dev  ## Hold the code to its style, its types and the arrows of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/dev  ## Put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(VENV)/dev  ## Lock the newest versions of what we depend on, with hashes
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--upgrade pyproject.toml -o requirements/run.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--upgrade --extra dev pyproject.toml -o requirements/dev.txt

bench: $(VENV)/dev  ## Measure on this machine: the main job, the sandbox, the way back (ONLY=sandbox_speed ARGS="..." for one of them)
	@for each in $(or $(ONLY),main_job engine sandbox_speed reports_speed mapping_save why_speed way_back); do echo "== $$each"; $(BIN)/python benchmarks/$$each.py $(ARGS) || exit 1; done

chaos: $(VENV)/dev  ## Post small months through storms of faults (SEEDS=100 FROM=1; SEED=7 replays one alone)
	@cd tests && PYTHONPATH=../src nice ../$(BIN)/python -m chaos.run $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),100) --from $(or $(FROM),1)) $(ARGS)
	@$(if $(SEED)$(SEEDS)$(FROM),:,$(BIN)/python -m pytest -n 0 tests/chaos -m chaos)

laws: $(VENV)/dev  ## Hold the laws of the sandbox's books to thousands of random sequences (LIVES=20 times as many as usual)
	@SANDBOX_LIVES=$(or $(LIVES),20) $(BIN)/python -m pytest -n 2 tests/sandbox -k "laws or cdc_law" $(ARGS)

way-back: $(VENV)/dev  ## Hold both sides of the way back to random lives (LIVES=2000), or live one again (SEED=17)
	@WAY_BACK_LIVES=$(or $(LIVES),200) WAY_BACK_SEED=$(SEED) $(BIN)/python -m pytest -n 0 tests/settlement/test_both_sides_agree.py $(ARGS)

clean:  ## Remove what was made here: environment, demo data, caches
	@rm -rf $(VENV) .freightbooks .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
