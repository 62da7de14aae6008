# What a person types. Needs python3 (3.11 or newer) with its venv module; uses uv where it is there.
# Reviews run without JupyterLab (it makes every start slower); `make lab` has an environment of its own.
PYTHON ?= python3
DATA ?= data/sample
OUT ?= $(if $(filter data/sample,$(DATA)),sample-reviews,reviews)
VENV ?= .venv
LAB ?= .venv-lab
LAB_OPTIONS ?=
MINUTES ?= 60
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help review lab environments test deep lint format fuzz golden bench sample example picture constraints browser server clean

help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

review: $(VENV)/.review  ## review data/sample (or DATA=folder) and say where the decks are (OUT=folder)
	$(BIN)/vmo review "$(DATA)" --out "$(OUT)"

lab: $(LAB)/.lab  ## open JupyterLab on the notebooks (DATA=folder for your own portfolio)
	VMO_DATA="$(abspath $(DATA))" $(LAB)/bin/jupyter lab $(LAB_OPTIONS) notebooks

environments: $(VENV)/.dev $(LAB)/.lab  ## both virtual environments (make -j2 environments: side by side)

ifdef TOPIC
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --topic "$(TOPIC)" -m "not slow and not deep"
else
test: $(VENV)/.dev $(LAB)/.lab browser server  ## the tests (TOPIC=flow: those about flow, in under a minute)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not deep"
endif

deep: $(VENV)/.dev $(LAB)/.lab browser server  ## the tests that take minutes each: more kinds, sizes and moments of what make test looks at
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m deep

lint: $(VENV)/.dev  ## ruff, mypy, and no outputs in notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/nbstripout --verify --keep-id --drop-empty-cells notebooks/*.ipynb

format: $(VENV)/.dev  ## let ruff lay out the code, strip the notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout --keep-id --drop-empty-cells notebooks/*.ipynb

fuzz: $(VENV)/.dev  ## every deck over portfolios of every shape, for an hour (MINUTES=5: for five minutes)
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

golden: $(VENV)/.dev  ## execute the notebooks on the small portfolio again; read the diff before you commit it
	$(BIN)/python -m tests.golden

bench: $(VENV)/.dev $(LAB)/.lab  ## ratios against named references; all are measured before one that failed ends it
	@failed=; for section in speed watermelon value ahead redraw importing fleet large; do \
		$(BIN)/python benchmarks/$$section.py || failed="$$failed $$section"; done; \
	test -z "$$failed" || { echo "over a limit, missed or not measured:$$failed" >&2; exit 1; }

sample: $(VENV)/.review  ## write data/sample again, byte for byte
	$(BIN)/vmo sample --out data/sample

example: $(VENV)/.dev  ## write data/review again: the review that portfolio_review sums up when it is run alone
	$(BIN)/python -m tests.review.example

picture: $(VENV)/.dev browser  ## the README's picture, of the sample's flow deck as Chromium shows it
	rm -rf build/picture
	$(BIN)/vmo review data/sample --notebook flow_analysis --out build/picture
	$(BIN)/python -m tests.browser.picture build/picture/*/flow_analysis.html docs/deck.png

constraints: $(VENV)/.dev  ## pin what the tests ran with (needs uv)
	uv pip compile -q --universal --python-version 3.11 --all-extras --no-header --no-annotate --no-emit-index-url pyproject.toml -o constraints.txt

browser:  ## Chromium for the browser tests, where apt and the rights for it are there
	@command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || sh tests/install.sh "the browser tests" chromium fonts-liberation fonts-noto-color-emoji

server:  ## PostgreSQL for the tests of a portfolio in a server, likewise
	@command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || sh tests/install.sh "the tests of PostgreSQL" postgresql

clean:  ## remove what this file made
	rm -rf $(VENV) $(LAB) reviews sample-reviews build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.review: pyproject.toml constraints.txt
	@sh tests/environment.sh "$(PYTHON)" "$(VENV)" review,forms
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	@sh tests/environment.sh "$(PYTHON)" "$(VENV)" review,dev
	@touch $@ $(VENV)/.review

$(LAB)/.lab: pyproject.toml constraints.txt
	@sh tests/environment.sh "$(PYTHON)" "$(LAB)" review,lab
	@touch $@
