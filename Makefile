# Spaces for the LMS. `make help` lists what can be done; the two that matter are `make run` and `make test`.
SHELL := /bin/bash
# The newest Python that truly runs: a version manager's shim may stand on the PATH for a version that is not chosen.
ifndef PYTHON
PYTHON := $(shell for name in python3.13 python3.12 python3.11 python3; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$name; break; }; done)
endif
VENV := .venv
BIN := $(VENV)/bin
APT_GET := DEBIAN_FRONTEND=noninteractive apt-get

.DEFAULT_GOAL := help
.PHONY: help setup run test check unit browser requirements verdicts bench soak gate fuzz screenshots words docs guides conformance lock wheel system judges clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .make/venv .make/browser-files .make/words ## everything into .venv, nothing started

run: setup ## start the tool, its jobs and the sandbox LMS, and print the links to open
	@$(BIN)/lti-tool run

test: setup system judges ## every check and every test, on SQLite and PostgreSQL, in a real browser
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest -n $${PYTEST_WORKERS:-2} --dist loadgroup -q

check: setup ## style, types, import contracts, dependencies
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry lti_tool

unit: setup ## the fast part of the tests, on SQLite alone
	@$(BIN)/pytest -n 2 -q -m "not browser" --databases sqlite

browser: setup system ## the stories in a real browser alone
	@$(BIN)/pytest -q -m browser

requirements: setup system ## what was asked for, sentence by sentence: id, test, verdict
	@$(BIN)/python -m tests.requirements

verdicts: setup judges ## what independent validators say of our badges, whole and tampered with; written to docs/verdicts.md
	@$(BIN)/python -m tests.judges.matrix --write

bench: setup system ## how fast, beside the floor of each, as a table
	@$(BIN)/python -m tests.bench

soak: setup system ## many launches, keys that change, machines killed at every step, a day of everything (bounded, loopback only)
	@$(BIN)/python -m tests.soak campus
	@$(BIN)/python -m tests.soak rotation
	@$(BIN)/python -m tests.soak delivery
	@$(BIN)/python -m tests.soak order
	@$(BIN)/python -m tests.soak machines
	@$(BIN)/python -m tests.soak day

gate: setup ## before a release: secrets, known weaknesses of the locked packages (asks PyPI), and five minutes of fuzzing
	@$(BIN)/python -m tools.gate

fuzz: setup ## ten minutes of input of every kind for every public parser
	@$(BIN)/python -m tests.fuzz --seconds 600

screenshots: setup system ## the pages of the story (var/screenshots) and of the whole house at three widths (var/album)
	@$(BIN)/python -m tests.browser.screenshots
	@$(BIN)/python -m tests.browser.album

words: setup ## the sentences of code and pages, collected anew into translations/
	@PYTHONPATH=. $(BIN)/pybabel -q extract -F pyproject.toml -k to_say -k _l --ignore-dirs '.*' --add-location=file --sort-output \
	  --no-wrap --omit-header -o .make/messages.pot .
	@$(BIN)/pybabel -q update -i .make/messages.pot -d translations --no-wrap --no-fuzzy-matching --ignore-obsolete \
	  --ignore-pot-creation-date

docs: setup ## the documentation as a site in var/docs-site, with search; it asks no other host
	@$(BIN)/mkdocs build
	@echo "Built. To read it: $(BIN)/python -m http.server --bind 127.0.0.1 --directory var/docs-site 8080"

conformance: setup system ## a look at every page by axe, by Tab and spaced out, as a report: docs/conformance.md
	@$(BIN)/python -m tests.browser.conformance

guides: setup ## docs/guides/lms/, anew from the tool's own guides and config/platforms/
	@$(BIN)/python -m tools.lms_guides

wheel: setup ## dist/*.whl with templates, settings and browser files inside
	@rm -rf dist && $(BIN)/python -m build --wheel --no-isolation --outdir dist

lock: ## resolve pyproject.toml again into the hash-locked requirement files (needs uv)
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra objects -o requirements/app.txt -q
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra objects --extra tracing --group dev -o requirements/dev.txt -q
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 requirements/gate.in -o requirements/gate.txt -q
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --extra tracing -c requirements/app.txt -o requirements/tracing.txt -q

clean: ## remove what was set up (not var/, where data is)
	rm -rf $(VENV) .judges .make dist lti_tool/static/vendor translations/*/LC_MESSAGES/*.mo

.make/venv: requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is too old: Python 3.11 or newer is needed. Name another one: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) 2>/dev/null || { \
	  rm -rf $(VENV); echo "This Python cannot make virtual environments yet; trying Debian's python3-venv."; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then $(APT_GET) update -qq && $(APT_GET) install -y -qq python3-venv >/dev/null; \
	  else echo "Please run: sudo apt-get install python3-venv"; exit 1; fi; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the locked packages into $(VENV) (a minute or two the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p .make && touch $@

.make/browser-files: .make/venv requirements/browser.txt tools/browser_files.py
	@$(BIN)/python tools/browser_files.py
	@mkdir -p .make && touch $@

# The catalogues in the form that gettext reads; git keeps their text alone.
.make/words: .make/venv $(wildcard translations/*/LC_MESSAGES/*.po)
	@$(BIN)/pybabel -q compile -d translations
	@mkdir -p .make && touch $@

# What the tests need from the system: PostgreSQL's server programs, Redis, Chromium and fonts for several scripts.
system:
	@tools/system_packages

judges: .make/venv
	@$(BIN)/python tests/judges/install.py
