# Every target sets up its own virtual environment; Python, pip and make are all it needs.
PYTHON ?= python3
RUN := .venv
DEV := .venv-dev
PEERS := .venv-peers
UV := .venv-uv
LOWEST := .venv-lowest
NEWEST := .venv-newest
BENCH ?=
OUTPUT ?= results/zhang2024
STUDIES := $(patsubst studies/%.toml,%,$(wildcard studies/*.toml))

.PHONY: help reproduce studies test test-blas smoke smoke-lowest smoke-newest check lint format bench clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

reproduce: $(RUN)/ready  ## Reproduce PRA 110, 032211: data, figures, verdicts, report
	$(RUN)/bin/qubatt reproduce zhang2024 --output $(OUTPUT)

studies: $(RUN)/ready  ## Run the studies in studies/ and draw their figures (docs/studies.md)
	for study in $(STUDIES); do \
	  $(RUN)/bin/qubatt sweep studies/$$study.toml --output results/studies/$$study --no-keep || exit 1; done
	$(RUN)/bin/python -m studies.figures results/studies --output docs

test: $(DEV)/ready  ## Run all tests
	$(DEV)/bin/python -m pytest -n 2

test-blas: $(DEV)/ready  ## Run the bitwise tests with the BLAS kernels of other processors
	$(DEV)/bin/python -m tests.kernels -n 2

smoke: smoke-lowest smoke-newest  ## Run every feature once with the lowest versions, and on the newest Python

smoke-lowest: $(UV)/ready
	@.ci/smoke lowest $(UV)/bin/uv $(LOWEST) 3.11

smoke-newest: $(UV)/ready
	@.ci/smoke highest $(UV)/bin/uv $(NEWEST) "$$(.ci/newest-python)"

check: lint smoke test test-blas  ## Run what CI runs: formatter, linter, types, import contracts, tests

lint: $(DEV)/ready  ## Run formatter, linter, type checker and import contracts
	$(DEV)/bin/ruff format --check src tests bench studies docs/merits.py
	$(DEV)/bin/ruff check src tests bench studies docs/merits.py
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports

format: $(DEV)/ready  ## Format the code and sort the imports
	$(DEV)/bin/ruff format src tests bench studies docs/merits.py
	$(DEV)/bin/ruff check --fix src tests bench studies docs/merits.py

bench: $(RUN)/ready $(PEERS)/ready  ## Compare with QuTiP and dynamiqs (hours; BENCH=--quick: minutes)
	$(RUN)/bin/python -m bench.run --docs docs/benchmarks.md $(BENCH)
	$(RUN)/bin/python -m bench.sweeps --docs docs/benchmarks.md $(BENCH)

clean:  ## Remove virtual environments and caches, but not results
	rm -rf $(RUN) $(DEV) $(PEERS) $(UV) $(LOWEST) $(NEWEST) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(RUN)/ready: pyproject.toml
	$(PYTHON) -m venv $(RUN)
	$(RUN)/bin/python -m pip install --quiet --editable .
	@touch $@

$(DEV)/ready: pyproject.toml
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(UV)/ready:
	$(PYTHON) -m venv $(UV)
	$(UV)/bin/python -m pip install --quiet uv
	@touch $@

$(PEERS)/ready: bench/requirements-peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --requirement $<
	@touch $@
