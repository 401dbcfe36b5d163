# The commands a person types. `make demo` and `make test` need Python 3.11 or newer and, the first
# time, a package registry; nothing else.

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check ready vendor kernels pins clean

BIN := .venv/bin
PINS := .ci/constraints.txt
ROAD_SERVER := .ci/road-server.txt
RUNTIME := .venv/.installed-runtime
DEVELOPMENT := .venv/.installed-development
VENDOR_SOURCES := $(wildcard postal_service/web/vendor/fetch.py mobile_api/vendor/fetch.py mobile_api/*/vendor/fetch.py)

help:  ## say what there is to type
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(RUNTIME) vendor kernels  ## run the whole service with sample orders on port 8000
	$(BIN)/postal demo

test: $(DEVELOPMENT) vendor kernels  ## run every test this machine has the servers for
	$(BIN)/python -m pytest -ra --numprocesses auto --maxprocesses 4 --dist loadfile

test-long: $(DEVELOPMENT)  ## try what custody promises as often as in the long run (some hours)
	POSTAL_TESTS=long $(BIN)/python -m pytest -ra -m long --numprocesses auto --maxprocesses 4

check: ready  ## run every gate: format, lint, types, layers, migrations, audit, tests
	.ci/gates

ready: $(DEVELOPMENT) vendor kernels  ## install everything and run nothing

# The planner's search is compiled once, here, so that no first plan has to wait for it.
kernels: $(BIN)/python
	@echo "compiling the planner's search (one to four minutes the first time)"
	@$(BIN)/python -m routing.search

vendor: $(BIN)/python
	@for fetch in $(VENDOR_SOURCES); do $(BIN)/python $$fetch || exit 1; done

pins: $(DEVELOPMENT)  ## write the installed versions to the constraints file
	.ci/pins

clean:  ## remove what was installed, fetched and cached, never what was recorded
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf postal_service/web/static/vendor mobile_api/static/vendor
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for python in $(PYTHON) python3.11 python3; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "making .venv with $$("$$python" --version)"; \
	    "$$python" -m venv .venv && exit 0; rm -rf .venv; exit 1; \
	  fi; \
	done; \
	echo "Python 3.11 or newer is needed; python3 here is $$(python3 --version 2>&1). Name another: make PYTHON=python3.13 ..." >&2; \
	exit 1

$(RUNTIME): pyproject.toml $(PINS) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(PINS) --editable .
	@touch $@

$(DEVELOPMENT): pyproject.toml $(PINS) $(ROAD_SERVER) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(PINS) --editable '.[postgres,test]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target .venv/osrm --no-deps \
	  --python-version 3.12 --only-binary=:all: --requirement $(ROAD_SERVER) \
	  || echo "no road server is published for this machine; its tests are skipped"
	@touch $@ $(RUNTIME)
