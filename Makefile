.DEFAULT_GOAL := help
.PHONY: help run curation flow test test-fast accuracy floors lint docs screenshots bench model scorer corpus lock clean

# Python 3.11 or 3.12: scispaCy has no wheels for later ones.
PYTHON ?= $(shell for p in python3.11 python3.12 python3; do $$p --version >/dev/null 2>&1 && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/runs
READY := $(VENV)/ready
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

$(RUNS): pyproject.toml requirements-setup.lock requirements-run.lock
	@echo "setting up $(VENV): what running needs (once; again only when the requirements change)"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || { echo "coatmine needs Python 3.11 or 3.12; name one: make PYTHON=/path/to/python3.12"; exit 2; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-run.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(READY): $(RUNS) requirements.lock
	@echo "setting up $(VENV): what tests and flows need as well"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

run: $(RUNS) ## mine the sample papers: records, scores, report (in out/sample)
	@$(BIN)/coatmine extract corpus/sample --out out/sample
	@$(BIN)/coatmine evaluate --gold gold/lin2023 --predictions out/sample --out out/sample/scores/lin2023
	@$(BIN)/coatmine evaluate --gold gold/sample --predictions out/sample --out out/sample/scores/sample --show
	@$(BIN)/coatmine load out/sample --to sqlite:///out/sample/coatmine.db
	@echo "open out/sample/report.html"

curation: $(RUNS) ## add the curation app and PostgreSQL to what running needs
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --constraint requirements.lock --editable '.[review,postgres]'
	@echo "now: $(BIN)/coatmine review DIR, $(BIN)/coatmine load DIR --to postgresql:///NAME"

flow: $(READY) ## the same as a Prefect flow
	@$(BIN)/python flows.py mine corpus/sample --out out/sample --gold gold/lin2023 --gold gold/sample

test: $(READY) ## run the tests
	@$(BIN)/python -m pytest -n auto

test-fast: $(READY) ## run those that take no more than a second or so each, in about a minute
	@$(BIN)/python -m pytest -n auto -m 'not slow'

accuracy: $(READY) ## are recognition and records as good as they were? (.ci/floors.toml)
	@$(BIN)/python scripts/accuracy.py check

floors: $(READY) ## write down how good they are now, as what the next change has to reach
	@$(BIN)/python scripts/accuracy.py write

lint: $(READY) ## style, types, import layers and the examples of rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/coatmine roles check

bench: $(READY) ## time reading, recognition, whole runs and loading, beside what others need
	@$(BIN)/python benchmarks/reading.py speed
	@$(BIN)/python benchmarks/reading.py memory
	@$(BIN)/python benchmarks/recognition.py
	@$(BIN)/python benchmarks/throughput.py
	@$(BIN)/python benchmarks/loading.py

model: $(READY) ## assemble models/coatmine from its components
	@$(BIN)/python scripts/build_model.py

scorer: $(READY) ## learn roles and values anew (models/roles/tagger.json, models/scorer), from corpus/ and gold/
	@$(BIN)/python scripts/train_scorer.py

corpus: $(READY) ## typeset the sample papers from their sources
	@$(BIN)/python scripts/build_corpus.py

docs: $(READY) ## the pages in docs/ as a site (in out/docs)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "open out/docs/index.html; with search: $(BIN)/mkdocs serve"

screenshots: $(READY) ## take the pictures in docs/images anew (needs Chromium)
	@$(BIN)/python scripts/build_screenshots.py

lock: $(READY) ## pin all requirements anew, with hashes: for setting up, for running, for everything
	@$(COMPILE) --all-extras --group dev pyproject.toml -o requirements.lock
	@$(COMPILE) --constraint requirements.lock pyproject.toml -o requirements-run.lock
	@$(COMPILE) --constraint requirements.lock --group setup -o requirements-setup.lock

clean: ## remove the environment and all outputs
	rm -rf $(VENV) out
